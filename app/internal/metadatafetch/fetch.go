package metadatafetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Limits of one fetch.
const (
	MaxBytes     = 512 << 10
	Patience     = 10 * time.Second
	maxRedirects = 3
	maxAddress   = 2048
)

// Fetcher fetches. The zero value is ready and lets nothing private be reached.
type Fetcher struct {
	// Local lets addresses on this machine be fetched, by plain http too.
	Local bool

	roots     *x509.CertPool        // nil: the system's
	forbidden func(netip.Addr) bool // nil: private
	resolver  *net.Resolver         // nil: the system's
}

// Known is what is remembered of an earlier fetch, so that an unchanged document
// need not travel again.
type Known struct{ ETag, LastModified string }

// Document is what was found.
type Document struct {
	Body []byte
	// Address is where it lay in the end, after redirects.
	Address string
	Known   Known
	// Unchanged says that it is what Known named; Body is empty then.
	Unchanged bool
}

// Fetch brings what lies at an address. It refuses with a *Refusal.
func (f *Fetcher) Fetch(ctx context.Context, address string, known Known) (*Document, error) {
	u, err := f.permit(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &Refusal{Why: BadAddress, Detail: clip(err.Error())}
	}
	request.Header.Set("Accept", "application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.8")
	request.Header.Set("User-Agent", "oneid metadata")
	setIf(request.Header, "If-None-Match", known.ETag)
	setIf(request.Header, "If-Modified-Since", known.LastModified)
	response, err := f.client().Do(request)
	if err != nil {
		return nil, unreached(ctx, err)
	}
	defer response.Body.Close()
	found := &Document{
		Address: response.Request.URL.String(),
		Known:   Known{ETag: clip(response.Header.Get("ETag")), LastModified: clip(response.Header.Get("Last-Modified"))},
	}
	switch {
	case response.StatusCode == http.StatusNotModified && known != (Known{}):
		found.Unchanged, found.Known = true, known
		return found, nil
	case response.StatusCode != http.StatusOK:
		return nil, &Refusal{Why: Answered, Detail: clip(response.Status)}
	}
	found.Body, err = io.ReadAll(io.LimitReader(response.Body, MaxBytes+1))
	switch {
	case err != nil:
		return nil, unreached(ctx, err)
	case len(found.Body) > MaxBytes:
		return nil, &Refusal{Why: TooLarge, Detail: fmt.Sprintf("more than %d bytes", MaxBytes)}
	}
	return found, nil
}

// Permit tells whether an address may be fetched at all, as far as its text says.
func (f *Fetcher) Permit(address string) error {
	_, err := f.permit(address)
	return err
}

// permit judges the text of an address; what it leads to is judged when the
// connection is made.
func (f *Fetcher) permit(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > maxAddress || strings.TrimSpace(address) != address || strings.ContainsAny(address, "\\\t\r\n"):
		return nil, &Refusal{Why: BadAddress, Detail: "not an address"}
	case u.Scheme == "http" && f.Local && local(u.Hostname()):
	case u.Scheme != "https":
		return nil, &Refusal{Why: BadAddress, Detail: "not https"}
	}
	switch {
	case u.Hostname() == "" || u.Opaque != "":
		return nil, &Refusal{Why: BadAddress, Detail: "no host"}
	case u.User != nil:
		return nil, &Refusal{Why: BadAddress, Detail: "holds a user name"}
	case u.Fragment != "":
		return nil, &Refusal{Why: BadAddress, Detail: "has a fragment"}
	}
	return u, nil
}

func (f *Fetcher) client() *http.Client {
	dialer := &net.Dialer{Timeout: Patience, Resolver: f.resolver}
	dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return f.connectable(address)
	}
	return &http.Client{
		// A transport of its own, used once: nothing is shared with other fetches.
		Transport: &http.Transport{
			DisableKeepAlives:      true,
			DialContext:            f.dial(dialer),
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: f.roots},
			MaxResponseHeaderBytes: 32 << 10,
		},
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			if len(before) > maxRedirects {
				return &Refusal{Why: Redirected, Detail: fmt.Sprintf("more than %d times", maxRedirects)}
			}
			if before[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
				return &Refusal{Why: Redirected, Detail: "from https to " + clip(next.URL.Scheme)}
			}
			if _, err := f.permit(next.URL.String()); err != nil {
				return &Refusal{Why: Redirected, Detail: "to an address that can't be fetched"}
			}
			return nil
		},
	}
}

// dial reaches names below localhost, which not every resolver knows, on this
// machine.
func (f *Fetcher) dial(d *net.Dialer) func(context.Context, string, string) (net.Conn, error) {
	if !f.Local {
		return d.DialContext
	}
	plain := &net.Dialer{Timeout: Patience}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && local(host) {
			return plain.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		}
		return d.DialContext(ctx, network, address)
	}
}

// connectable judges the number that a connection is about to be made to.
func (f *Fetcher) connectable(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &Refusal{Why: Private, Detail: "not an internet address"}
	}
	forbidden := f.forbidden
	if forbidden == nil {
		forbidden = private
	}
	if forbidden(at.Addr()) {
		return &Refusal{Why: Private, Detail: at.Addr().String()}
	}
	return nil
}

func setIf(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

func local(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
}

// unreached explains why no answer came.
func unreached(ctx context.Context, err error) error {
	var (
		refusal  *Refusal
		verify   *tls.CertificateVerificationError
		lookup   *net.DNSError
		hostname x509.HostnameError
	)
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Refusal{Why: TooSlow, Detail: Patience.String()}
	case errors.As(err, &verify) || errors.As(err, &hostname):
		return &Refusal{Why: Untrusted, Detail: clip(err.Error())}
	case errors.As(err, &lookup):
		return &Refusal{Why: Unreachable, Detail: "the name can't be resolved"}
	}
	return &Refusal{Why: Unreachable, Detail: clip(err.Error())}
}
