package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// browser asks the product as signed-in browsers do: with a cookie, over a
// connection that stays open.
type browser struct {
	base   string
	client *http.Client
}

func newBrowser(base string) *browser {
	var dialer net.Dialer
	return &browser{base: base, client: &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			MaxIdleConnsPerHost: 256, // more than are ever in flight
			// Browsers take compressed pages: what that costs counts.
			DisableCompression: true,
			// Names under .localhost are ours, whatever the machine's resolver says.
			DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(to)
				if err != nil {
					return nil, err
				}
				return dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
			},
		},
	}}
}

// answer is a page that posts to the service, and after how many requests.
type answer struct {
	page  string
	hops  int
	bytes int
}

// open brings a request and follows to the page that posts the answer.
func (b *browser) open(path, cookie string) (answer, error) {
	var a answer
	for a.hops < 5 {
		status, to, page, err := b.get(path, cookie)
		if err != nil {
			return a, err
		}
		a.hops++
		a.bytes += len(page)
		if status == http.StatusSeeOther || status == http.StatusFound {
			path = to
			continue
		}
		a.page = page
		if status != http.StatusOK || !strings.Contains(page, `name="SAMLResponse"`) {
			return a, fmt.Errorf("GET %.60s answered %d without a form: %.400s", path, status, page)
		}
		return a, nil
	}
	return a, fmt.Errorf("led on and on, at last to %s", path)
}

func (b *browser) get(path, cookie string) (status int, to, page string, err error) {
	req, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		return 0, "", "", err
	}
	req.Header.Set("Cookie", cookie)
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	req.Header.Set("Accept-Language", "en-CA,en;q=0.9")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := b.client.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer res.Body.Close()
	body, err := read(res)
	if err != nil {
		return 0, "", "", err
	}
	return res.StatusCode, local(res.Header.Get("Location")), body, nil
}

// local is the part of an address that follows the origin.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

func read(res *http.Response) (string, error) {
	body := io.Reader(res.Body)
	if res.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(res.Body)
		if err != nil {
			return "", err
		}
		body = unpacked
	}
	text, err := io.ReadAll(body)
	return string(text), err
}

var response = regexp.MustCompile(`name="SAMLResponse" value="([^"]*)"`)

// message is what the page posts.
func (a answer) message() string {
	found := response.FindStringSubmatch(a.page)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}
