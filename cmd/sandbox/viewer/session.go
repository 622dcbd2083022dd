package viewer

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

const maxLogout = 64 << 10

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

// postSignOut ends the session here and, where the product can, everywhere.
func (v *Viewer) postSignOut(w http.ResponseWriter, r *http.Request) {
	received, ok := v.session(r)
	if c, err := r.Cookie(sessionCookie); err == nil {
		v.end(func(cookie string, _ Received) bool { return cookie == c.Value })
	}
	to := "/?out=local"
	if sp, err := v.party(r, false); ok && err == nil && r.PostFormValue("only") == "" {
		if target := sp.GetSLOBindingLocation(saml.HTTPRedirectBinding); target != "" {
			request, err := sp.MakeLogoutRequest(target, received.NameID)
			if err == nil {
				id := received.full
				request.NameID, request.Signature = &id, nil
				if received.SessionIndex != "" {
					request.SessionIndex = &saml.SessionIndex{Value: received.SessionIndex}
				}
				if signed, err := signedQuery(sp, target, "SAMLRequest", request.Element(), ""); err == nil {
					to = signed
				}
			}
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// signedQuery writes a message for the HTTP-Redirect binding. The library
// signs only its AuthnRequests in the query (SAML Bindings 3.4.4.1).
func signedQuery(sp *saml.ServiceProvider, target, kind string, el *etree.Element, relay string) (string, error) {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	message, err := doc.WriteToBytes()
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return "", err
	}
	if _, err := deflate.Write(message); err != nil {
		return "", err
	}
	if err := deflate.Close(); err != nil {
		return "", err
	}
	query := kind + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if relay != "" {
		query += "&RelayState=" + url.QueryEscape(relay)
	}
	query += "&SigAlg=" + url.QueryEscape(sp.SignatureMethod)
	signing, err := saml.GetSigningContext(sp)
	if err != nil {
		return "", err
	}
	signature, err := signing.SignString(query)
	if err != nil {
		return "", err
	}
	join := "?"
	if strings.Contains(target, "?") {
		join = "&"
	}
	return target + join + query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature)), nil
}

// getLogout receives the product's answer to a sign-out, or its request to end
// a session because the person signed out elsewhere.
func (v *Viewer) getLogout(w http.ResponseWriter, r *http.Request) {
	sp, err := v.party(r, false)
	if err == nil {
		err = verifyQuery(sp.IDPMetadata, r.URL.RawQuery)
	}
	if err != nil {
		v.fail(w, r, http.StatusBadRequest, refusedReason{Key: "problem.logout", Reason: err.Error()})
		return
	}
	query := r.URL.Query()
	if query.Has("SAMLResponse") {
		var answer saml.LogoutResponse
		if err := unpack(query.Get("SAMLResponse"), &answer); err != nil || answer.Issuer == nil || answer.Issuer.Value != sp.IDPMetadata.EntityID {
			v.fail(w, r, http.StatusBadRequest, refusedReason{Key: "problem.logout", Reason: "the answer is not the product's"})
			return
		}
		out := "partial"
		if code := answer.Status.StatusCode; code.Value == saml.StatusSuccess && code.StatusCode == nil {
			out = "all"
		}
		http.Redirect(w, r, "/?out="+out, http.StatusSeeOther)
		return
	}
	var request saml.LogoutRequest
	if err := unpack(query.Get("SAMLRequest"), &request); err != nil || request.NameID == nil || request.Issuer == nil || request.Issuer.Value != sp.IDPMetadata.EntityID {
		v.fail(w, r, http.StatusBadRequest, refusedReason{Key: "problem.logout", Reason: "the request is not the product's"})
		return
	}
	v.end(func(_ string, received Received) bool {
		return received.NameID == request.NameID.Value && (request.SessionIndex == nil || received.SessionIndex == request.SessionIndex.Value)
	})
	target := sp.GetSLOBindingLocation(saml.HTTPRedirectBinding)
	answer, err := sp.MakeLogoutResponse(target, request.ID)
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.logout", Reason: err.Error()})
		return
	}
	answer.Signature = nil
	to, err := signedQuery(sp, target, "SAMLResponse", answer.Element(), query.Get("RelayState"))
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.logout", Reason: err.Error()})
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func unpack(encoded string, into any) error {
	packed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	message, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxLogout+1))
	if err != nil {
		return err
	}
	if len(message) > maxLogout {
		return errors.New("too large")
	}
	return xml.Unmarshal(message, into)
}
