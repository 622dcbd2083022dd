package apptest

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// Statements counts what the product asks of its database. It stands between
// the two and reads the wire, so that nothing escapes it.
type Statements struct{ n atomic.Int64 }

// Count runs do and returns how many statements it took.
func (s *Statements) Count(do func()) int {
	before := s.n.Load()
	do()
	return int(s.n.Load() - before)
}

// count listens before a database and returns the address to use instead.
func count(t testing.TB, address string) (*Statements, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("apptest: %v", err)
	}
	network, target := "tcp", u.Host
	if host := u.Query().Get("host"); host != "" {
		port := u.Query().Get("port")
		if port == "" {
			port = u.Port()
		}
		if port == "" {
			port = "5432"
		}
		network, target = "unix", host+"/.s.PGSQL."+port
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("apptest: %v", err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // ends the loop below
	s := &Statements{}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go s.relay(client, network, target)
		}
	}()
	q := u.Query()
	q.Del("host")
	q.Del("port")
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = listener.Addr().String(), q.Encode()
	return s, u.String()
}

func (s *Statements) relay(client net.Conn, network, target string) {
	defer client.Close()
	server, err := net.Dial(network, target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer client.Close()
		_, _ = io.Copy(client, server) // either end may go first
	}()
	s.read(client, server)
}

// What is not counted, because whether it is done depends on how busy the machine
// is: how the pool tries a connection that was idle for a second, and how the job
// queue wakes its workers, at most once in a while.
const (
	ping = "-- ping\x00"
	wake = "PGNotifyMany"
)

// read passes messages on and counts those that run something: Query and
// Execute. The first message of a connection has no type.
func (s *Statements) read(client io.Reader, server io.Writer) {
	waking := map[string]bool{} // prepared statements that wake
	wakes := false              // whether one is bound
	for typed := false; ; typed = true {
		head := make([]byte, 5)
		if !typed {
			head = head[1:]
		}
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		if typed {
			names := strings.SplitN(string(body), "\x00", 3)
			switch kind := head[0]; {
			case kind == 'P':
				waking[names[0]] = strings.Contains(names[1], wake)
			case kind == 'B':
				wakes = waking[names[1]]
			case kind == 'E' && !wakes, kind == 'Q' && string(body) != ping:
				s.n.Add(1)
			}
		}
		if _, err := server.Write(append(head, body...)); err != nil {
			return
		}
	}
}
