package metadatafetch

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// open is a fetcher for which one server on this machine counts as public.
func open(t *testing.T, handler http.HandlerFunc) (*Fetcher, *httptest.Server) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &Fetcher{roots: roots, forbidden: func(netip.Addr) bool { return false }}, server
}

func wantRefused(t *testing.T, err error, want Why) {
	t.Helper()
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Why != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestADocumentIsFetchedWithItsMarks(t *testing.T) {
	t.Parallel()
	f, server := open(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"a1"`)
		if r.Header.Get("If-None-Match") == `"a1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" {
			t.Error("something of ours went along")
		}
		_, _ = w.Write([]byte("<metadata/>"))
	})
	got, err := f.Fetch(t.Context(), server.URL, Known{})
	if err != nil || string(got.Body) != "<metadata/>" || got.Known.ETag != `"a1"` || got.Unchanged {
		t.Fatalf("got %+v, %v", got, err)
	}
	again, err := f.Fetch(t.Context(), server.URL, got.Known)
	if err != nil || !again.Unchanged || again.Known != got.Known || len(again.Body) != 0 {
		t.Errorf("the second time: %+v, %v", again, err)
	}
}

func TestAddressesThatAreNeverFetched(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", "viewer.example", "/etc/passwd", "file:///etc/passwd", "ftp://viewer.example/", "gopher://viewer.example/", "http://viewer.example/",
		"https://", "https://user@viewer.example/", "https://user:pass@viewer.example/", "https://viewer.example/#x", "https:viewer.example",
		" https://viewer.example/", "https://viewer.example\\@evil.example/", "https://viewer.example/\n", "javascript:alert(1)",
		"http://localhost:8080/", "http://127.0.0.1/", "https://" + strings.Repeat("a", 2100) + ".example/",
	} {
		_, err := new(Fetcher).Fetch(t.Context(), address, Known{})
		wantRefused(t, err, BadAddress)
	}
	// On a developer's machine only names of that machine are excepted.
	for _, address := range []string{"http://viewer.example/", "http://localhost.evil.example/", "http://127.0.0.1.evil.example/", "http://10.0.0.1/"} {
		_, err := (&Fetcher{Local: true}).Fetch(t.Context(), address, Known{})
		wantRefused(t, err, BadAddress)
	}
}

func TestNothingBehindWallsIsReached(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"https://127.0.0.1/", "https://127.1.2.3/", "https://[::1]/", "https://0.0.0.0/", "https://[::]/", "https://10.0.0.1/", "https://172.16.0.1/",
		"https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://[fe80::1]/", "https://[fd00::1]/", "https://100.64.0.1/",
		"https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "https://224.0.0.1/",
		"https://255.255.255.255/", "https://localhost/", "https://[::127.0.0.1]/", "https://198.18.0.1/", "https://192.0.0.192/",
	} {
		_, err := new(Fetcher).Fetch(t.Context(), address, Known{})
		wantRefused(t, err, Private)
	}
	for _, public := range []string{"8.8.8.8", "142.250.80.46", "2607:f8b0:4006:80e::200e", "1.1.1.1"} {
		if private(netip.MustParseAddr(public)) {
			t.Errorf("%s counts as private", public)
		}
	}
}

// TestANameThatChangesItsMindGainsNothing has a name resolve to a public address
// when it is looked at and to this machine when it is used.
func TestANameThatChangesItsMindGainsNothing(t *testing.T) {
	t.Parallel()
	reached := false
	f, server := open(t, func(http.ResponseWriter, *http.Request) { reached = true })
	f.forbidden = nil
	asked := 0
	f.resolver = resolver(t, func() [4]byte {
		asked++
		return [4]byte{127, 0, 0, 1}
	})
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	_, err := f.Fetch(t.Context(), "https://rebinding.example:"+port+"/", Known{})
	wantRefused(t, err, Private)
	if reached || asked == 0 {
		t.Errorf("reached %t, asked %d times", reached, asked)
	}
}

// resolver answers every question for an IPv4 address by answer.
func resolver(t *testing.T, answer func() [4]byte) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		for buffer := make([]byte, 1500); ; {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Header.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0},
					Body:   &dnsmessage.AResource{A: answer()},
				}}
			}
			if packed, err := m.Pack(); err == nil {
				_, _ = server.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func TestRedirectsAreFewAndJudged(t *testing.T) {
	t.Parallel()
	f, server := open(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/once":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/plain":
			http.Redirect(w, r, "http://viewer.example/", http.StatusFound)
		case "/file":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			_, _ = w.Write([]byte("x"))
		}
	})
	if got, err := f.Fetch(t.Context(), server.URL+"/once", Known{}); err != nil || got.Address != server.URL+"/here" {
		t.Errorf("one redirect: %+v, %v", got, err)
	}
	for _, path := range []string{"/plain", "/file", "/round"} {
		_, err := f.Fetch(t.Context(), server.URL+path, Known{})
		wantRefused(t, err, Redirected)
	}
	inward, outside := open(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://10.0.0.1/", http.StatusFound)
	})
	inward.forbidden = func(a netip.Addr) bool { return a.IsPrivate() }
	_, err := inward.Fetch(t.Context(), outside.URL, Known{})
	wantRefused(t, err, Private)
}

func TestAnAnswerHasLimits(t *testing.T) {
	t.Parallel()
	f, server := open(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			_, _ = w.Write(make([]byte, MaxBytes+1))
		case "/full":
			_, _ = w.Write(make([]byte, MaxBytes))
		case "/hangs":
			<-r.Context().Done()
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	})
	for path, want := range map[string]Why{"/large": TooLarge, "/nothing": Answered} {
		_, err := f.Fetch(t.Context(), server.URL+path, Known{})
		wantRefused(t, err, want)
	}
	if got, err := f.Fetch(t.Context(), server.URL+"/full", Known{}); err != nil || len(got.Body) != MaxBytes {
		t.Errorf("a document of just the size: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := f.Fetch(ctx, server.URL+"/hangs", Known{})
	if err == nil {
		t.Error("an answer that never ends came to an end")
	}
	f.roots = nil
	_, err = f.Fetch(t.Context(), server.URL+"/full", Known{})
	wantRefused(t, err, Untrusted)
	server.Close()
	_, err = f.Fetch(t.Context(), server.URL+"/full", Known{})
	wantRefused(t, err, Unreachable)
}

func TestADevelopersMachineMayAskItself(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.Host)) }))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	got, err := (&Fetcher{Local: true}).Fetch(t.Context(), "http://viewer.localhost:"+port+"/", Known{})
	if err != nil || string(got.Body) != "viewer.localhost:"+port {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = (&Fetcher{Local: true}).Fetch(t.Context(), "https://10.0.0.1/", Known{})
	wantRefused(t, err, Private)
}
