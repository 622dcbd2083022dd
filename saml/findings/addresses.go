package findings

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"oneid/saml"
)

// replies judges the reply addresses.
func (j *judge) replies(role *element) {
	list := role.all(metadataNS, "AssertionConsumerService")
	if len(list) == 0 {
		j.add(Refused, NoReply, role.line, "")
		return
	}
	post, defaults := 0, 0
	seen := map[int]bool{}
	hosts := map[string]bool{}
	for _, e := range list {
		binding, _ := e.attr("Binding")
		switch binding {
		case saml.BindingPost:
			post++
		case saml.BindingRedirect:
			j.add(Warning, RedirectReply, e.line, location(e))
		}
		j.address(e, "Location")
		j.address(e, "ResponseLocation")
		if u, err := url.Parse(location(e)); err == nil && u.Host != "" {
			hosts[strings.ToLower(u.Host)] = true
		}
		raw, ok := e.attr("index")
		index, err := strconv.ParseUint(raw, 10, 16)
		switch {
		case !ok:
			j.add(Advice, NoIndex, e.line, location(e))
		case err != nil:
			j.add(Refused, BadIndex, e.line, raw)
		case seen[int(index)]:
			j.add(Refused, TwiceIndex, e.line, raw)
		default:
			seen[int(index)] = true
		}
		switch raw, ok := e.attr("isDefault"); {
		case !ok, raw == "false", raw == "0":
		case raw == "true", raw == "1":
			if binding != saml.BindingPost && defaults == 0 {
				j.add(Warning, DefaultNotPost, e.line, location(e))
			}
			if defaults++; defaults == 2 {
				j.add(Advice, TwoDefaults, e.line, location(e))
			}
		default:
			j.add(Refused, NotAFlag, e.line, "isDefault=\""+raw+"\"")
		}
	}
	if post == 0 {
		j.add(Refused, NoPostReply, list[0].line, "")
	}
	if len(hosts) > 1 {
		j.counted(Advice, SeveralHosts, list[0].line, "", len(hosts))
	}
}

func (j *judge) logout(role *element) {
	list := role.all(metadataNS, "SingleLogoutService")
	if len(list) == 0 {
		j.add(Advice, NoLogout, role.line, "")
	}
	spoken := false
	for _, e := range list {
		binding, _ := e.attr("Binding")
		spoken = spoken || slices.Contains([]string{saml.BindingRedirect, saml.BindingPost, saml.BindingSOAP}, binding)
		j.address(e, "Location")
		j.address(e, "ResponseLocation")
	}
	if len(list) > 0 && !spoken {
		j.add(Warning, LogoutBinding, list[0].line, location(list[0]))
	}
}

func location(e *element) string {
	raw, _ := e.attr("Location")
	return raw
}

// address judges one address that a browser would be sent to.
func (j *judge) address(e *element, name string) {
	raw, ok := e.attr(name)
	if !ok && name == "ResponseLocation" || name == "ResponseLocation" && raw == "" {
		return
	}
	refuse := func(code Code) { j.add(Refused, code, e.line, raw) }
	u, err := url.Parse(raw)
	switch {
	case len(raw) > 2048:
		j.counted(Refused, LongAddress, e.line, raw, len(raw))
		return
	case err != nil || strings.TrimSpace(raw) != raw || strings.ContainsAny(raw, "\\\t\r\n"):
		refuse(NoHost)
		return
	case u.Scheme == "http" && loopback(u.Hostname()):
		if !j.opts.AllowLoopbackHTTP {
			refuse(LocalHTTP)
		}
	case u.Scheme == "http":
		refuse(PlainHTTP)
	case u.Scheme == "":
		refuse(NoHost)
		return
	case u.Scheme != "https":
		refuse(BadScheme)
		return
	}
	switch {
	case u.Hostname() == "" || u.Opaque != "":
		refuse(NoHost)
	case u.User != nil:
		j.add(Refused, UserInfo, e.line, u.Redacted())
	case strings.Contains(raw, "#"):
		refuse(Fragment)
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > 0x7e || r <= ' ' }):
		refuse(OddHost)
	case u.Scheme == "https":
		j.host(e.line, raw, u.Hostname())
	}
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
}
