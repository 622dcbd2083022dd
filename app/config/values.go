package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Mode says what kind of place this process runs in.
type Mode string

// The modes, from the strictest.
const (
	Production  Mode = "production"
	Development Mode = "development"
	Sandbox     Mode = "sandbox"
)

// UnmarshalText refuses anything but a mode.
func (m *Mode) UnmarshalText(text []byte) error {
	switch Mode(text) {
	case Production, Development, Sandbox:
		*m = Mode(text)
		return nil
	}
	return fmt.Errorf("want %s, %s or %s", Production, Development, Sandbox)
}

// SMTPTLS says how mail is protected on its way to the server.
type SMTPTLS string

// The ways to protect mail.
const (
	StartTLS    SMTPTLS = "starttls"
	ImplicitTLS SMTPTLS = "implicit"
	NoTLS       SMTPTLS = "none"
)

// UnmarshalText refuses anything but one of the ways.
func (t *SMTPTLS) UnmarshalText(text []byte) error {
	switch SMTPTLS(text) {
	case StartTLS, ImplicitTLS, NoTLS:
		*t = SMTPTLS(text)
		return nil
	}
	return fmt.Errorf("want %s, %s or %s", StartTLS, ImplicitTLS, NoTLS)
}

// Secret prints as [redacted] in every formatter. Reveal gives the text to the
// one place that needs it.
type Secret struct{ text string }

// NewSecret wraps a secret that comes from elsewhere, such as a test.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal is the secret itself.
func (s Secret) Reveal() string { return s.text }

// String hides the secret.
func (s Secret) String() string { return "[redacted]" }

// GoString hides it from %#v.
func (s Secret) GoString() string { return "[redacted]" }

// MarshalText hides it from JSON and structured logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// AllowsPlainHTTP reports whether an http address is acceptable: only outside
// production, and only toward this machine.
func (c Config) AllowsPlainHTTP(u *url.URL) bool {
	return c.Mode != Production && loopback(u.Hostname())
}

// Secure reports whether people reach the product through https, and so whether
// cookies are marked Secure and HSTS is sent.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Host is the base URL's host without its port: the passkeys' relying party.
func (c Config) Host() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// loopback knows the names that by RFC 6761 never leave the machine.
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// PoolURL is URL with what a pool of page-serving connections is limited to.
// It suits db.Open and nothing else: single connections do not know the pool's
// size, and migrations may take longer.
func (d Database) PoolURL() string {
	u, err := url.Parse(d.URL)
	if err != nil {
		return d.URL // refused by Load
	}
	q := u.Query()
	q.Set("pool_max_conns", fmt.Sprint(d.Pool))
	q.Set("statement_timeout", fmt.Sprint(d.StatementTimeout.Milliseconds()))
	q.Set("lock_timeout", fmt.Sprint(d.LockTimeout.Milliseconds()))
	u.RawQuery = q.Encode()
	return u.String()
}

// Address is the server as host:port.
func (s SMTP) Address() string { return net.JoinHostPort(s.Host, fmt.Sprint(s.Port)) }

// given reports whether any part of a carrier is set.
func (c Carrier) given() bool {
	return c.Name+c.URL+c.Account+c.TokenFile+c.From != ""
}
