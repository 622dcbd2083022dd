package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"net/netip"
	"strings"
)

type requestKey struct{}

// request is what is known about a request before any handler runs.
type request struct {
	id      string
	address string
	agent   string
}

// RequestID names the request in logs and audit events.
func RequestID(ctx context.Context) string { return of(ctx).id }

// Address is the network address the request came from, past trusted proxies.
func Address(ctx context.Context) string { return of(ctx).address }

// Network is Address as a number; false when there is none to count by.
func Network(ctx context.Context) (netip.Addr, bool) {
	a, err := netip.ParseAddr(of(ctx).address)
	return a, err == nil
}

// Agent is the browser's own description, shortened.
func Agent(ctx context.Context) string { return of(ctx).agent }

func of(ctx context.Context) request {
	r, _ := ctx.Value(requestKey{}).(request)
	return r
}

// maxAgent bounds what is kept of a browser's description.
const maxAgent = 200

func newRequestID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
