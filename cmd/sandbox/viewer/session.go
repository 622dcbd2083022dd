package viewer

import (
	"net/http"
	"strings"

	"github.com/crewjam/saml"
)

// statuses are the second-level codes that have words of their own.
var statuses = []string{
	"AuthnFailed", "RequestDenied", "NoPassive", "NoAuthnContext", "InvalidNameIDPolicy", "RequestUnsupported", "UnknownPrincipal",
}

// statusKey picks the words for a status, the most particular code first.
func statusKey(codes []string) string {
	if len(codes) == 0 || codes[0] == saml.StatusSuccess {
		return ""
	}
	last := codes[len(codes)-1]
	for _, known := range statuses {
		if strings.HasSuffix(last, ":"+known) {
			return "status." + known
		}
	}
	return "status.other"
}

type attribute struct {
	Name   string
	Values []string
}

type startPage struct {
	Received   *Received
	Attributes []attribute
	Name       string
	Notice     string
}

// shownName are the attributes that may hold a person's name, best first.
var shownName = []string{"displayname", "userloginname", "firstname"}

func (v *Viewer) getStart(w http.ResponseWriter, r *http.Request) {
	received, ok := v.session(r)
	page := startPage{Notice: map[string]string{"local": "out.local", "all": "out.all", "partial": "out.partial"}[r.URL.Query().Get("out")]}
	if !ok {
		v.show(w, r, http.StatusOK, "start", page)
		return
	}
	page.Received, page.Name = &received, received.NameID
	for _, name := range received.names {
		page.Attributes = append(page.Attributes, attribute{name, received.Attributes[name]})
	}
	for i := len(shownName) - 1; i >= 0; i-- {
		for name, values := range received.Attributes {
			if strings.HasSuffix(strings.ToLower(name), ":"+shownName[i]) && len(values) > 0 {
				page.Name = values[0]
			}
		}
	}
	v.show(w, r, http.StatusOK, "session", page)
}

func (v *Viewer) session(r *http.Request) (Received, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return Received{}, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	received, ok := v.sessions[c.Value]
	if ok && v.now().Sub(received.At) > sessionLife {
		delete(v.sessions, c.Value)
		ok = false
	}
	return received, ok
}

// end closes the sessions for which which holds, and tells how many.
func (v *Viewer) end(which func(cookie string, received Received) bool) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	ended := 0
	for cookie, received := range v.sessions {
		if which(cookie, received) {
			delete(v.sessions, cookie)
			ended++
		}
	}
	return ended
}
