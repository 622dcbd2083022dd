package sso

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"oneid/saml"
)

// mostAnswered bounds what a service may answer.
const mostAnswered = 64 << 10

// Poster sends envelopes to services. The addresses come from metadata that was
// approved, and may lie within a hospital's network; it follows no redirect away
// from them. loopback lets names under .localhost mean this machine, whatever its
// resolver says: for development only.
func Poster(loopback bool) func(ctx context.Context, address string, envelope []byte) ([]byte, error) {
	dialer := &net.Dialer{Timeout: directPatience / 2}
	client := &http.Client{
		Timeout:       directPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSHandshakeTimeout: directPatience / 2, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if host, port, err := net.SplitHostPort(address); err == nil && loopback && strings.HasSuffix(host, ".localhost") {
					address = net.JoinHostPort("127.0.0.1", port)
				}
				return dialer.DialContext(ctx, network, address)
			},
		},
	}
	return func(ctx context.Context, address string, envelope []byte) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(envelope))
		if err != nil {
			return nil, fmt.Errorf("post to service: %w", err)
		}
		req.Header.Set("Content-Type", saml.SOAPType)
		req.Header.Set("SOAPAction", saml.SOAPAction)
		res, err := client.Do(req)
		if err != nil {
			return nil, fmt.Errorf("post to service: %w", err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("post to service: %s", res.Status)
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, mostAnswered+1))
		if err != nil {
			return nil, fmt.Errorf("post to service: %w", err)
		}
		if len(body) > mostAnswered {
			return nil, fmt.Errorf("post to service: an answer of more than %d bytes", mostAnswered)
		}
		return body, nil
	}
}
