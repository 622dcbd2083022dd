package world

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// patience is longer than the product may take for any answer.
const patience = 30 * time.Second

// Person is somebody's browser, at a loopback address of their own.
type Person struct {
	client *http.Client
	base   string
}

// Person returns a browser that asks from an address.
func (w *World) Person(address string) *Person {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: patience}
	jar, _ := cookiejar.New(nil) // fails only for options that are not given
	return &Person{base: w.Product, client: &http.Client{
		Jar: jar, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
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

// At is the same browser, asking from another address.
func (w *World) At(p *Person, address string) *Person {
	moved := w.Person(address)
	moved.client.Jar = p.client.Jar
	return moved
}

// Address is the nth of many loopback addresses, each in a network (/24) of its
// own.
func Address(n int) string { return fmt.Sprintf("127.%d.%d.7", 1+n/250%250, 1+n%250) }

// Answer is what came back, and after how long.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	Took   time.Duration
}

// To is the path that a redirect leads to.
func (a Answer) To() string { return a.Header.Get("Location") }

// Get asks for a page.
func (p *Person) Get(path string) (Answer, error) {
	req, err := http.NewRequest(http.MethodGet, p.base+path, nil)
	if err != nil {
		return Answer{}, err
	}
	return p.do(req)
}

// Post sends a form as the product's own pages do.
func (p *Person) Post(path string, fields ...string) (Answer, error) {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.base)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.do(req)
}

func (p *Person) do(req *http.Request) (Answer, error) {
	began := time.Now()
	res, err := p.client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(body), Took: time.Since(began)}, err
}

// Leave closes the connections.
func (p *Person) Leave() { p.client.CloseIdleConnections() }
