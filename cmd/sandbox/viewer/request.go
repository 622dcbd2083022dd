package viewer

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"

	"oneid/cmd/sandbox/site"
)

const (
	browserCookie = "browser"
	requestLife   = time.Hour
)

// pending is a request under way. The browser that began it is known by a
// cookie; only that one gets the session.
type pending struct {
	browser string
	relay   string
	at      time.Time
}

// party is the service provider with the product's metadata in it.
func (v *Viewer) party(r *http.Request, fresh bool) (*saml.ServiceProvider, error) {
	entity, err := v.idp.current(r.Context(), fresh)
	if err != nil {
		return nil, err
	}
	sp := v.sp
	sp.IDPMetadata = entity
	return &sp, nil
}

// browser names this browser, giving it a name if it has none.
func (v *Viewer) browser(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(browserCookie); err == nil && c.Value != "" {
		return c.Value
	}
	name := site.Token()
	http.SetCookie(w, &http.Cookie{Name: browserCookie, Value: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return name
}

type postPage struct{ Address, Field, Message, Relay string }

// getSignIn asks the product to sign someone in. By default the request goes
// by redirect; binding=post posts it. force, passive and context ask for a
// fresh sign-in, for one without a screen, and for a context class.
func (v *Viewer) getSignIn(w http.ResponseWriter, r *http.Request) {
	sp, err := v.party(r, false)
	if err != nil {
		v.fail(w, r, http.StatusBadGateway, refusedReason{Key: "problem.product", Reason: err.Error()})
		return
	}
	query := r.URL.Query()
	binding := saml.HTTPRedirectBinding
	if query.Get("binding") == "post" {
		binding = saml.HTTPPostBinding
	}
	unsigned := *sp
	unsigned.SignatureMethod = ""
	req, err := unsigned.MakeAuthenticationRequest(sp.GetSSOBindingLocation(binding), binding, saml.HTTPPostBinding)
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.request", Reason: err.Error()})
		return
	}
	yes := true
	if query.Has("force") {
		req.ForceAuthn = &yes
	}
	if query.Has("passive") {
		req.IsPassive = &yes
	}
	if class := query.Get("context"); class != "" {
		req.RequestedAuthnContext = &saml.RequestedAuthnContext{Comparison: "exact", AuthnContextClassRef: class}
	}
	relay := site.Token()
	v.keep(req.ID, pending{browser: v.browser(w, r), relay: relay, at: v.now()})
	if binding == saml.HTTPRedirectBinding {
		to, err := req.Redirect(relay, sp)
		if err != nil {
			v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.request", Reason: err.Error()})
			return
		}
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
		return
	}
	if err := sp.SignAuthnRequest(req); err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.request", Reason: err.Error()})
		return
	}
	doc := etree.NewDocument()
	doc.SetRoot(req.Element())
	out, err := doc.WriteToBytes()
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.request", Reason: err.Error()})
		return
	}
	v.show(w, r, http.StatusOK, "post", postPage{req.Destination, "SAMLRequest", base64.StdEncoding.EncodeToString(out), relay})
}

// keep remembers a request and forgets those that nobody came back from.
func (v *Viewer) keep(id string, p pending) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for old, was := range v.asked {
		if v.now().Sub(was.at) > requestLife {
			delete(v.asked, old)
		}
	}
	v.asked[id] = p
}

// logoutAt is where sign-outs arrive by a binding.
func (v *Viewer) logoutAt(binding string) string {
	if binding == saml.SOAPBinding {
		return v.sp.SloURL.String() + "/soap"
	}
	return v.sp.SloURL.String()
}

// getMetadata leaves out what the library would promise and this viewer does
// not do: artifacts, and decryption, which the library cannot do safely.
func (v *Viewer) getMetadata(w http.ResponseWriter, r *http.Request) {
	entity := v.sp.Metadata()
	entity.ValidUntil = v.now().UTC().Add(14 * 24 * time.Hour)
	role := &entity.SPSSODescriptors[0]
	role.ValidUntil = nil
	var keys []saml.KeyDescriptor
	for _, key := range role.KeyDescriptors {
		if key.Use == "signing" {
			keys = append(keys, key)
		}
	}
	role.KeyDescriptors = keys
	first := true
	role.AssertionConsumerServices = []saml.IndexedEndpoint{{Binding: saml.HTTPPostBinding, Location: v.sp.AcsURL.String(), Index: 1, IsDefault: &first}}
	role.SingleLogoutServices = nil
	for _, binding := range v.logout {
		role.SingleLogoutServices = append(role.SingleLogoutServices, saml.Endpoint{Binding: binding, Location: v.logoutAt(binding)})
	}
	out, err := xml.MarshalIndent(entity, "", "  ")
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.request", Reason: err.Error()})
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	w.Write([]byte(xml.Header + strings.TrimSpace(string(out)) + "\n"))
}
