package throttle

import "net/netip"

// networks lists what an address is counted as: itself, or, as one customer
// has billions of IPv6 addresses, the /56 and the /48 around it.
func networks(a netip.Addr) []string {
	a = a.Unmap().WithZone("")
	if a.Is4() || !a.IsValid() {
		return []string{a.String()}
	}
	return []string{prefix(a, 56), prefix(a, 48)}
}

// neighbourhood is the range that spraying is watched in: a /24, or a /48.
func neighbourhood(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	switch {
	case !a.IsValid():
		return a.String()
	case a.Is4():
		return prefix(a, 24)
	}
	return prefix(a, 48)
}

func prefix(a netip.Addr, bits int) string {
	// Both lengths fit their family, the only thing Prefix can object to.
	p, _ := a.Prefix(bits)
	return p.String()
}

// perNetwork is a use of the limit for each network of the address.
func perNetwork(l Limit, a netip.Addr) []Use {
	var uses []Use
	for _, n := range networks(a) {
		uses = append(uses, Use{l, n})
	}
	return uses
}
