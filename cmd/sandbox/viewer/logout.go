package viewer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

const (
	maxLogout = 256 << 10
	hangLimit = time.Minute
)

// How a viewer takes a request to sign somebody out.
const (
	Confirm = "confirm" // does it and says so
	Refuse  = "refuse"  // says no
	Hang    = "hang"    // never answers
	Fail    = "fail"    // shows an error page
)

var manners = []string{Confirm, Refuse, Hang, Fail}

// postManner chooses how sign-outs are taken from now on.
func (v *Viewer) postManner(w http.ResponseWriter, r *http.Request) {
	how := r.PostFormValue("how")
	if !slices.Contains(manners, how) {
		http.Error(w, fmt.Sprintf("how is one of %v", manners), http.StatusBadRequest)
		return
	}
	v.mu.Lock()
	v.manner = how
	v.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// postSignOut ends the session here and, where the product can, everywhere.
func (v *Viewer) postSignOut(w http.ResponseWriter, r *http.Request) {
	received, ok := v.session(r)
	if c, err := r.Cookie(sessionCookie); err == nil {
		v.end(func(cookie string, _ Received) bool { return cookie == c.Value })
	}
	sp, err := v.party(r, false)
	if !ok || err != nil || r.PostFormValue("only") != "" {
		http.Redirect(w, r, "/?out=local", http.StatusSeeOther)
		return
	}
	binding := v.front()
	if binding == "" {
		binding = saml.HTTPRedirectBinding // no answer can come back, which the product sees in our metadata
	}
	target := sp.GetSLOBindingLocation(binding)
	request, err := sp.MakeLogoutRequest(target, received.NameID)
	if target == "" || err != nil {
		http.Redirect(w, r, "/?out=local", http.StatusSeeOther)
		return
	}
	id := received.full
	request.NameID, request.Signature = &id, nil
	if received.SessionIndex != "" {
		request.SessionIndex = &saml.SessionIndex{Value: received.SessionIndex}
	}
	if binding == saml.HTTPPostBinding {
		err = sp.SignLogoutRequest(request)
	}
	if err == nil {
		err = v.carry(w, r, sp, envoy{binding, target, "SAMLRequest", request.Element(), ""})
	}
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.logout", Reason: err.Error()})
	}
}

// front is the binding by which the browser carries sign-outs here; empty for
// none.
func (v *Viewer) front() string {
	for _, binding := range v.logout {
		if binding != saml.SOAPBinding {
			return binding
		}
	}
	return ""
}

// envoy is a message that the browser carries to the product.
type envoy struct {
	binding, target, field string
	el                     *etree.Element
	relay                  string
}

func (v *Viewer) carry(w http.ResponseWriter, r *http.Request, sp *saml.ServiceProvider, e envoy) error {
	if e.binding == saml.HTTPRedirectBinding {
		to, err := signedQuery(sp, e.target, e.field, e.el, e.relay)
		if err == nil {
			http.Redirect(w, r, to, http.StatusSeeOther)
		}
		return err
	}
	doc := etree.NewDocument()
	doc.SetRoot(e.el)
	out, err := doc.WriteToBytes()
	if err == nil {
		v.show(w, r, http.StatusOK, "post", postPage{e.target, e.field, base64.StdEncoding.EncodeToString(out), e.relay})
	}
	return err
}

// getLogout and postLogout receive the product's answer to a sign-out, or its
// request to end a session because the person signed out elsewhere.
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
	el, err := unpack(query.Get("SAMLRequest") + query.Get("SAMLResponse"))
	v.hear(w, r, sp, el, query.Get("RelayState"), err)
}

func (v *Viewer) postLogout(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLogout)
	sp, err := v.party(r, false)
	var el *etree.Element
	if err == nil {
		el, err = signedElement(sp.IDPMetadata, r.PostFormValue("SAMLRequest")+r.PostFormValue("SAMLResponse"))
	}
	v.hear(w, r, sp, el, r.PostFormValue("RelayState"), err)
}

// hear takes a verified message.
func (v *Viewer) hear(w http.ResponseWriter, r *http.Request, sp *saml.ServiceProvider, el *etree.Element, relay string, err error) {
	if err == nil {
		err = fromProduct(sp, el)
	}
	if err != nil {
		v.fail(w, r, http.StatusBadRequest, refusedReason{Key: "problem.logout", Reason: err.Error()})
		return
	}
	if el.Tag == "LogoutResponse" {
		out := "partial"
		if code := el.FindElement("./Status/StatusCode"); code != nil && code.SelectAttrValue("Value", "") == saml.StatusSuccess && len(code.ChildElements()) == 0 {
			out = "all"
		}
		http.Redirect(w, r, "/?out="+out, http.StatusSeeOther)
		return
	}
	manner := v.signOut(r, el)
	if manner == Hang || manner == Fail {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.logout", Reason: "this viewer was told to " + manner})
		return
	}
	binding := v.front()
	answer, err := v.answer(sp, sp.GetSLOBindingLocation(binding), el, manner, binding == saml.HTTPPostBinding)
	if err == nil {
		err = v.carry(w, r, sp, envoy{binding, answer.Destination, "SAMLResponse", answer.Element(), relay})
	}
	if err != nil {
		v.fail(w, r, http.StatusInternalServerError, refusedReason{Key: "problem.logout", Reason: err.Error()})
	}
}

// postEnvelope ends sessions server to server, by SOAP.
func (v *Viewer) postEnvelope(w http.ResponseWriter, r *http.Request) {
	el, sp, err := v.opened(r)
	if err == nil {
		err = fromProduct(sp, el)
	}
	if err == nil && el.Tag != "LogoutRequest" {
		err = errors.New("not a request")
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	manner := v.signOut(r, el)
	if manner == Hang || manner == Fail {
		http.Error(w, "this viewer was told to "+manner, http.StatusInternalServerError)
		return
	}
	answer, err := v.answer(sp, "", el, manner, true)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	doc := etree.NewDocument()
	body := doc.CreateElement("S:Envelope")
	body.CreateAttr("xmlns:S", soapNamespace)
	body.CreateElement("S:Body").AddChild(answer.Element())
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	doc.WriteTo(w)
}

func (v *Viewer) opened(r *http.Request) (*etree.Element, *saml.ServiceProvider, error) {
	sp, err := v.party(r, false)
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, maxLogout))
	if err != nil {
		return nil, nil, err
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		return nil, nil, err
	}
	body := doc.FindElement("/Envelope/Body")
	if body == nil || len(body.ChildElements()) != 1 {
		return nil, nil, errors.New("no message in the envelope")
	}
	el, err := verifyElement(sp.IDPMetadata, body.ChildElements()[0])
	return el, sp, err
}

func fromProduct(sp *saml.ServiceProvider, el *etree.Element) error {
	issuer := el.SelectElement("Issuer")
	if issuer == nil || issuer.Text() != sp.IDPMetadata.EntityID || el.Tag != "LogoutRequest" && el.Tag != "LogoutResponse" {
		return errors.New("the message is not the product's")
	}
	return nil
}

// signOut does what a request asks, in the manner chosen, which it returns.
func (v *Viewer) signOut(r *http.Request, request *etree.Element) string {
	v.mu.Lock()
	manner := v.manner
	v.mu.Unlock()
	switch manner {
	case Hang:
		select {
		case <-r.Context().Done():
		case <-time.After(hangLimit):
		}
	case Confirm:
		name := request.SelectElement("NameID")
		var indexes []string
		for _, index := range request.SelectElements("SessionIndex") {
			indexes = append(indexes, index.Text())
		}
		v.end(func(_ string, received Received) bool {
			return name != nil && received.NameID == name.Text() && (len(indexes) == 0 || slices.Contains(indexes, received.SessionIndex))
		})
	}
	return manner
}

func (v *Viewer) answer(sp *saml.ServiceProvider, target string, request *etree.Element, manner string, sign bool) (*saml.LogoutResponse, error) {
	unsigned := *sp
	unsigned.SignatureMethod = ""
	answer, err := unsigned.MakeLogoutResponse(target, request.SelectAttrValue("ID", ""))
	if err != nil {
		return nil, err
	}
	if manner == Refuse {
		answer.Status.StatusCode = saml.StatusCode{Value: saml.StatusResponder, StatusCode: &saml.StatusCode{Value: saml.StatusRequestDenied}}
	}
	if sign {
		err = sp.SignLogoutResponse(answer)
	}
	return answer, err
}
