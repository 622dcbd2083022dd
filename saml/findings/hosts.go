package findings

import (
	"net/netip"
	"slices"
	"strings"
)

// host says what is unwise about where an address leads. All of it works for
// somebody, so none of it keeps the metadata out.
func (j *judge) host(line int, raw, host string) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip, err := netip.ParseAddr(host)
	number := err == nil
	private := number && (ip.Unmap().IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()) || !number && homely(host)
	switch {
	case strings.Contains(host, "*"):
		j.add(Warning, Wildcard, line, raw)
	case loopback(host) || number && ip.Unmap().IsLoopback():
		if !j.opts.AllowLoopbackHTTP {
			j.add(Warning, LoopbackHost, line, raw)
		}
	case private:
		if !j.opts.AllowLoopbackHTTP {
			j.add(Warning, PrivateHost, line, raw)
		}
	case number:
		j.add(Warning, IPAddress, line, raw)
	}
}

// homely tells a name that only one network knows: of one word, or below a word
// that is kept for such names (RFC 6761, 6762, 8375; ICANN for internal).
func homely(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	kept := []string{"local", "internal", "lan", "home", "corp", "intranet", "private", "arpa"}
	return host != "" && (last == host || slices.Contains(kept, last))
}
