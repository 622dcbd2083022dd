package samltest

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/xmlsig"
)

func (v Viewer) logoutServices() string {
	var list string
	for _, e := range v.Logout {
		list += fmt.Sprintf(`<md:SingleLogoutService Binding="%s" Location="%s"`, e.Binding, escape(e.URL))
		if e.Response != "" {
			list += fmt.Sprintf(` ResponseLocation="%s"`, escape(e.Response))
		}
		list += `/>`
	}
	return list
}

// Goodbye is one logout message of a viewer. Zero fields take honest values;
// Edit works on the message before it is signed.
type Goodbye struct {
	ID             string
	Destination    string // the product's logout address
	IssuedAt       time.Time
	NameID         string
	Name           string // instead of NameID: the whole element
	SessionIndexes []string
	Asynchronous   bool
	// InResponseTo makes it an answer, with Status and Substatus.
	InResponseTo      string
	Status, Substatus string
	RelayState        string
	Unsigned          bool
	Edit              func(message *etree.Element)
}

// Message returns the message as an unsigned document.
func (v Viewer) Message(g Goodbye) []byte {
	if g.IssuedAt.IsZero() {
		g.IssuedAt = v.Now()
	}
	kind, attribute, content := "LogoutRequest", "", g.Name
	if content == "" {
		content = `<saml:NameID Format="` + saml.NameIDPersistent + `">` + escape(g.NameID) + `</saml:NameID>`
	}
	for _, index := range g.SessionIndexes {
		content += `<samlp:SessionIndex>` + escape(index) + `</samlp:SessionIndex>`
	}
	if g.Asynchronous {
		content = `<samlp:Extensions><aslo:Asynchronous xmlns:aslo="urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo"/></samlp:Extensions>` + content
	}
	if g.InResponseTo != "" {
		kind, attribute, content = "LogoutResponse", ` InResponseTo="`+escape(g.InResponseTo)+`"`, ""
		if g.Substatus != "" {
			content = `<samlp:StatusCode Value="` + escape(g.Substatus) + `"/>`
		}
		content = `<samlp:Status><samlp:StatusCode Value="` + escape(or(g.Status, saml.StatusSuccess)) + `">` + content + `</samlp:StatusCode></samlp:Status>`
	}
	tree := Tree([]byte(fmt.Sprintf(`<samlp:%s xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" IssueInstant="%s" Destination="%s"%s><saml:Issuer>%s</saml:Issuer>%s</samlp:%s>`,
		kind, or(g.ID, saml.NewID()), stamp(g.IssuedAt), escape(g.Destination), attribute, escape(v.EntityID), content, kind)))
	if g.Edit != nil {
		g.Edit(tree.Root())
	}
	return Bytes(tree)
}

// Field is the parameter that carries the message.
func (g Goodbye) Field() string {
	if g.InResponseTo != "" {
		return "SAMLResponse"
	}
	return "SAMLRequest"
}

// LogoutRedirect returns the raw query string of a message by redirect.
func (v Viewer) LogoutRedirect(g Goodbye) string {
	query := g.Field() + "=" + url.QueryEscape(Deflate(v.Message(g)))
	if g.RelayState != "" {
		query += "&RelayState=" + url.QueryEscape(g.RelayState)
	}
	if g.Unsigned {
		return query
	}
	query += "&SigAlg=" + url.QueryEscape(xmlsig.RSASHA256)
	return query + "&Signature=" + url.QueryEscape(SignOctets(query, v.Key, crypto.SHA256))
}

// LogoutPost returns the form parameter of a message by POST.
func (v Viewer) LogoutPost(g Goodbye) string {
	tree := Tree(v.Message(g))
	if !g.Unsigned {
		SignElement(tree.Root(), v.Key, "")
	}
	return Encode(Bytes(tree))
}

// LogoutSOAP returns the envelope of a message by SOAP.
func (v Viewer) LogoutSOAP(g Goodbye) []byte {
	message := Decode(v.LogoutPost(g))
	return []byte(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header/><S:Body>` + string(message) + `</S:Body></S:Envelope>`)
}

// Farewell is what a viewer read in a logout message of the product, from
// signed bytes.
type Farewell struct {
	ID, InResponseTo  string
	Issuer            string
	Destination       string
	NameID            saml.NameID
	SessionIndexes    []string
	Reason            string
	Status, Substatus string
	RelayState        string
	XML               []byte
}

// ReadLogoutRedirect verifies a message in an address and returns what it says.
func (v Viewer) ReadLogoutRedirect(address string, product *x509.Certificate) (*Farewell, error) {
	_, raw, _ := strings.Cut(address, "?")
	query, err := xmlsig.ReadQuery(raw)
	if err != nil {
		return nil, err
	}
	if _, _, err := query.Verify([]*x509.Certificate{product}); err != nil {
		return nil, err
	}
	packed, _ := query.Message()
	deflated, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, err
	}
	doc, err := io.ReadAll(flate.NewReader(bytes.NewReader(deflated)))
	if err != nil {
		return nil, err
	}
	f := farewell(Tree(doc).Root())
	f.RelayState, f.XML = query.RelayState, doc
	return f, nil
}

// ReadLogoutPost verifies a posted message and returns what it says.
func (v Viewer) ReadLogoutPost(message string, product *x509.Certificate) (*Farewell, error) {
	return v.readLogout(Decode(message), Tree(Decode(message)).Root(), product)
}

// ReadLogoutSOAP verifies a message in an envelope and returns what it says.
func (v Viewer) ReadLogoutSOAP(envelope []byte, product *x509.Certificate) (*Farewell, error) {
	body := Tree(envelope).FindElement("/Envelope/Body")
	if body == nil || len(body.ChildElements()) != 1 {
		return nil, fmt.Errorf("no message in %s", envelope)
	}
	return v.readLogout(envelope, body.ChildElements()[0], product)
}

func (v Viewer) readLogout(doc []byte, el *etree.Element, product *x509.Certificate) (*Farewell, error) {
	verified, err := xmlsig.VerifyEnveloped(el, []*x509.Certificate{product})
	if err != nil {
		return nil, err
	}
	f := farewell(verified.Element)
	f.XML = doc
	return f, nil
}

func farewell(root *etree.Element) *Farewell {
	f := &Farewell{
		ID: root.SelectAttrValue("ID", ""), InResponseTo: root.SelectAttrValue("InResponseTo", ""),
		Issuer: textAt(root, "./Issuer"), Destination: root.SelectAttrValue("Destination", ""), Reason: root.SelectAttrValue("Reason", ""),
		Status: attrAt(root, "./Status/StatusCode", "Value"), Substatus: attrAt(root, "./Status/StatusCode/StatusCode", "Value"),
		NameID: saml.NameID{
			Format: attrAt(root, "./NameID", "Format"), Value: textAt(root, "./NameID"),
			NameQualifier: attrAt(root, "./NameID", "NameQualifier"), SPNameQualifier: attrAt(root, "./NameID", "SPNameQualifier"),
		},
	}
	for _, index := range root.SelectElements("SessionIndex") {
		f.SessionIndexes = append(f.SessionIndexes, index.Text())
	}
	return f
}
