package access

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// mostDevices is how many accounts one browser is remembered for.
const mostDevices = 3

var deviceToken = regexp.MustCompile(`^[A-Za-z0-9_-]{20,100}$`)

// Devices returns the tokens by which this browser may be recognised: one for
// each account that chose so. They are worth nothing by themselves.
func (m *Manager) Devices(r *http.Request) []string {
	c, err := r.Cookie(m.deviceCookie())
	if err != nil {
		return nil
	}
	var tokens []string
	for _, t := range strings.Split(c.Value, ".") {
		if deviceToken.MatchString(t) && len(tokens) < mostDevices {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// KeepDevices gives the browser these tokens for so long; none take the cookie
// away. Call it after the commit, before the answer.
func (m *Manager) KeepDevices(w http.ResponseWriter, tokens []string, life time.Duration) {
	age := int(life / time.Second)
	if len(tokens) == 0 {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: m.deviceCookie(), Value: strings.Join(tokens[:min(len(tokens), mostDevices)], "."), Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: m.settings.Secure,
	})
}

func (m *Manager) deviceCookie() string {
	if m.settings.Secure {
		return "__Host-dev"
	}
	return "dev"
}
