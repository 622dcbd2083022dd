package saml

import (
	"net/url"
	"strings"
)

// Endpoint is one address of a provider, as its metadata lists it.
type Endpoint struct {
	Binding  string
	URL      string
	Response string // another address for responses, "" when the same
	Index    int    // of reply addresses; -1 when none is given
	Default  *bool  // isDefault, nil when not said
}

// ReadOptions says what metadata may contain beyond the ordinary.
type ReadOptions struct {
	// AllowLoopbackHTTP lets addresses on this machine use plain http:
	// localhost, names below it, 127.0.0.1 and [::1]. For development only.
	AllowLoopbackHTTP bool
}

// checkURL accepts an address a browser may be sent to with a person's data.
func (o ReadOptions) checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > 2048 || strings.TrimSpace(raw) != raw || strings.ContainsAny(raw, "\\\t\r\n") {
		return refuse(MetadataEndpoint, "the address %.80q cannot be read", raw)
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && o.AllowLoopbackHTTP && loopback(u.Hostname()):
	default:
		return refuse(MetadataEndpoint, "the address %.80q is not https", raw)
	}
	switch {
	case u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return refuse(MetadataEndpoint, "the address %.80q has no host", raw)
	case u.User != nil:
		return refuse(MetadataEndpoint, "the address %.80q holds a user name", raw)
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return refuse(MetadataEndpoint, "the address %.80q has a fragment", raw)
	}
	for _, r := range u.Host {
		if r > 0x7e || r <= ' ' {
			return refuse(MetadataEndpoint, "the host of %.80q is not ASCII", raw)
		}
	}
	return nil
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
}
