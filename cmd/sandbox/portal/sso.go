package portal

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
)

// forceFresh is how recent a password must be for a request that asks for a
// fresh sign-in. The consent given in the same visit is the rest of the proof
// that the member is there; the response states the true time of the password.
const forceFresh = 15 * time.Minute

var (
	refusalCancelled = refusal(saml.StatusRequestDenied, "The member cancelled.")
	refusalPassive   = refusal(saml.StatusNoPassive, "The member must be asked first.")
)

func (p *Portal) getMetadata(w http.ResponseWriter, r *http.Request) {
	signed := true
	cert := base64.StdEncoding.EncodeToString(p.identity.Cert.Raw)
	entity := saml.EntityDescriptor{
		EntityID: p.EntityID(), ValidUntil: p.now().UTC().Add(7 * 24 * time.Hour),
		IDPSSODescriptors: []saml.IDPSSODescriptor{{
			SSODescriptor: saml.SSODescriptor{
				RoleDescriptor: saml.RoleDescriptor{
					ProtocolSupportEnumeration: "urn:oasis:names:tc:SAML:2.0:protocol",
					KeyDescriptors: []saml.KeyDescriptor{{
						Use:     "signing",
						KeyInfo: saml.KeyInfo{X509Data: saml.X509Data{X509Certificates: []saml.X509Certificate{{Data: cert}}}},
					}},
				},
				NameIDFormats: []saml.NameIDFormat{saml.PersistentNameIDFormat},
			},
			WantAuthnRequestsSigned: &signed,
			SingleSignOnServices:    []saml.Endpoint{{Binding: saml.HTTPRedirectBinding, Location: p.ssoURL()}},
		}},
	}
	out, err := xml.MarshalIndent(entity, "", "  ")
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, "problem.request", err)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	w.Write(append([]byte(xml.Header), out...))
}

// getSSO receives the product's question. What it asks is judged once, here,
// and kept while its member is asked to sign in or to consent.
func (p *Portal) getSSO(w http.ResponseWriter, r *http.Request) {
	known, err := p.trust.current(r.Context(), false)
	if err != nil {
		p.fail(w, r, http.StatusBadGateway, "problem.product", err)
		return
	}
	req, err := readRequest(r.URL.RawQuery, p.ssoURL(), known, p.now())
	if err != nil {
		// The product may have changed its keys since we last looked.
		if known, fresh := p.trust.current(r.Context(), true); fresh == nil {
			req, err = readRequest(r.URL.RawQuery, p.ssoURL(), known, p.now())
		}
	}
	if err != nil {
		p.fail(w, r, http.StatusBadRequest, "problem.request", err)
		return
	}
	p.proceed(w, r, req, "")
}

func (p *Portal) getContinue(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("p")
	req, ok := p.visits.held(r, id)
	if !ok {
		p.fail(w, r, http.StatusGone, "problem.gone", errors.New("no such request waits in this browser"))
		return
	}
	p.proceed(w, r, req, id)
}

// proceed answers a request, or asks the member for what is missing first. id
// is the name under which the request is held, if it is held already.
func (p *Portal) proceed(w http.ResponseWriter, r *http.Request, req request, id string) {
	own, now := p.visits.of(r), p.now()
	m, signedIn := p.book.member(own.member)
	if req.Force && now.Sub(own.signedIn) > forceFresh {
		signedIn = false
	}
	consented := signedIn && now.Sub(own.consented) <= consentFresh
	if signedIn && consented {
		p.visits.release(r, id)
		p.answer(w, r, req, m, own)
		return
	}
	if req.Passive {
		p.refuse(w, r, req, refusalPassive)
		return
	}
	if id == "" {
		id = p.visits.hold(w, r, req)
	}
	if !signedIn {
		http.Redirect(w, r, "/signin?next="+url.QueryEscape("/saml/continue?p="+id), http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, "/oneid?p="+id, http.StatusSeeOther)
}

func (p *Portal) statement(req request) statement {
	return statement{
		issuer: p.EntityID(), destination: req.ACS, recipient: req.ACS, audience: req.Audience,
		inResponseTo: req.ID, now: p.now(), signer: p.identity, method: dsig.RSASHA256SignatureMethod,
	}
}

// answer hands the member over, in the variant chosen in the lab, if any.
func (p *Portal) answer(w http.ResponseWriter, r *http.Request, req request, m Member, own session) {
	s := p.statement(req)
	s.nameID, s.authn, s.attributes = opaque(p.book.secret(), m.Number), own.signedIn, attributesOf(m, own.consented)
	variant, previous := p.draw(m.Number)
	message, err := s.make(variant, previous)
	if err != nil {
		p.fail(w, r, http.StatusConflict, "problem.variant", err)
		return
	}
	if variant == Good {
		p.mu.Lock()
		p.previous[m.Number] = message
		p.mu.Unlock()
	}
	p.post(w, r, req, message)
}

func (p *Portal) refuse(w http.ResponseWriter, r *http.Request, req request, status saml.Status) {
	el, err := p.statement(req).response(status, false)
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, "problem.request", err)
		return
	}
	message, err := written(el)
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, "problem.request", err)
		return
	}
	p.post(w, r, req, message)
}

type postPage struct{ Address, Response, Relay string }

// post carries a response to the product through the browser.
func (p *Portal) post(w http.ResponseWriter, r *http.Request, req request, message []byte) {
	p.mu.Lock()
	p.last = message
	p.mu.Unlock()
	p.show(w, r, http.StatusOK, "post", postPage{
		Address: req.ACS, Response: base64.StdEncoding.EncodeToString(message), Relay: req.Relay,
	})
}
