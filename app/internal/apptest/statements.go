package apptest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
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

// ping is how the pool tries a connection that was idle for a second. Whether it
// does depends on how busy the machine is, so it is not counted.
const ping = "-- ping\x00"

// read passes messages on and counts those that run something: Query and
// Execute. The first message of a connection has no type.
func (s *Statements) read(client io.Reader, server io.Writer) {
	for typed := false; ; typed = true {
		var kind [1]byte
		if typed {
			if _, err := io.ReadFull(client, kind[:]); err != nil {
				return
			}
			if _, err := server.Write(kind[:]); err != nil {
				return
			}
		}
		var length [4]byte
		if _, err := io.ReadFull(client, length[:]); err != nil {
			return
		}
		if _, err := server.Write(length[:]); err != nil {
			return
		}
		body := io.LimitReader(client, int64(binary.BigEndian.Uint32(length[:]))-4)
		switch kind[0] {
		case 'E':
			s.n.Add(1)
		case 'Q':
			text, err := io.ReadAll(body)
			if err != nil {
				return
			}
			if string(text) != ping {
				s.n.Add(1)
			}
			body = bytes.NewReader(text)
		}
		if _, err := io.Copy(server, body); err != nil {
			return
		}
	}
}
