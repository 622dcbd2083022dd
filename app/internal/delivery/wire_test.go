package delivery_test

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"oneid/app/internal/delivery"
)

// carrier is a carrier's API on the wire.
type carrier struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []url.Values
	paths  []string
	answer func(w http.ResponseWriter, form url.Values)
}

func newCarrier(t *testing.T) *carrier {
	c := &carrier{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if err := r.ParseForm(); err != nil || user != "AC1" || password != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		c.mu.Lock()
		c.posts = append(c.posts, r.PostForm)
		c.paths = append(c.paths, r.URL.Path)
		answer, n := c.answer, len(c.posts)
		c.mu.Unlock()
		if answer != nil {
			answer(w, r.PostForm)
			return
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"sid":"SM%d"}`, n)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *carrier) got() []url.Values {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]url.Values(nil), c.posts...)
}

func (c *carrier) answers(fn func(w http.ResponseWriter, form url.Values)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = fn
}

// mailServer is an SMTP server that keeps what it gets.
type mailServer struct {
	host string
	port int
	mu   sync.Mutex
	got  []received
	// refuse is what it says to RCPT instead of "250 ok".
	refuse string
}

type received struct {
	header     mail.Header
	text, html string
	raw        string
}

func newMailServer(t *testing.T) *mailServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &mailServer{}
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s.host = host
	if s.port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(t, conn)
		}
	}()
	return s
}

func (s *mailServer) carrier() *delivery.SMTP {
	return &delivery.SMTP{
		Host: s.host, Port: s.port, TLS: delivery.NoTLS, From: "no-reply@oneid.example.ca", Brand: "ONE ID", Domain: "oneid.example.ca",
	}
}

func (s *mailServer) serve(t *testing.T, conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 sink")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "DATA":
			say("354 go on")
			s.keep(t, readData(in))
			say("250 kept")
		case "RCPT":
			s.mu.Lock()
			refuse := s.refuse
			s.mu.Unlock()
			if refuse != "" {
				say(refuse)
				continue
			}
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func readData(in *bufio.Reader) string {
	var raw strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return raw.String()
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
}

func (s *mailServer) keep(t *testing.T, raw string) {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Errorf("a mail can't be read: %v", err)
		return
	}
	got := received{header: m.Header, raw: raw}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Errorf("content type: %v", err)
		return
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Errorf("read part: %v", err)
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			got.html = text
		} else {
			got.text = text
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, got)
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s *mailServer) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}
