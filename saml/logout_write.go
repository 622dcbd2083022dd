package saml

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"oneid/saml/xmlenc"
	"oneid/saml/xmlsig"
)

// Why we ask a service to log a person out (SAML Core 3.7.3).
const (
	LogoutByUser  = "urn:oasis:names:tc:SAML:2.0:logout:user"
	LogoutByAdmin = "urn:oasis:names:tc:SAML:2.0:logout:admin"
)

// LogoutOptions is how one service is written to. The zero value signs with
// the identity provider's own key and names the person in clear.
type LogoutOptions struct {
	Key       SigningKey
	Algorithm string // the SignatureMethod; "" is chosen by the key
	// Encrypt hides the person's name from all but the service.
	Encrypt *xmlenc.Recipient
}

// LogoutAsk is a request of ours to a service.
type LogoutAsk struct {
	Service        string   // its entity ID
	To             Endpoint // of its metadata
	NameID         NameID   // whole, as it was given
	SessionIndexes []string
	Reason         string        // LogoutByUser or LogoutByAdmin
	Life           time.Duration // how long the request may be acted upon; 0 is MaxRequestAge
	RelayState     string        // at most 80 bytes; comes back with the answer
}

// LogoutSent is a message of ours on its way. By redirect Address is all there
// is; by POST, Field with Message (and RelayState when there is one) is posted
// there; by SOAP, Envelope is.
type LogoutSent struct {
	ID         string
	Binding    string
	Address    string
	Field      string // SAMLRequest or SAMLResponse
	Message    string
	RelayState string
	Envelope   []byte
	XML        []byte
}

// AskLogout writes a signed LogoutRequest for a service.
func (p IDP) AskLogout(a LogoutAsk, o LogoutOptions) (*LogoutSent, error) {
	w := p.logoutWriter(a.To, o)
	switch {
	case a.NameID.Value == "":
		return nil, fmt.Errorf("ask %s to log out: no name for the person", a.Service)
	case !expressible(a.NameID.Value) || !expressible(a.NameID.NameQualifier) || !expressible(a.NameID.SPNameQualifier):
		return nil, fmt.Errorf("ask %s to log out: a name with characters that XML cannot hold", a.Service)
	}
	if a.Life == 0 {
		a.Life = MaxRequestAge
	}
	err := w.write("LogoutRequest", func(doc []byte) []byte {
		return appendTime(doc, "NotOnOrAfter", w.now.Add(a.Life))
	}, func(doc []byte) []byte {
		return appendOptional(doc, "Reason", a.Reason)
	}, func(doc []byte) ([]byte, error) {
		doc, err := appendName(doc, a.NameID, o.Encrypt)
		for _, index := range a.SessionIndexes {
			doc = append(doc, `<samlp:SessionIndex>`...)
			doc = appendText(doc, index)
			doc = append(doc, `</samlp:SessionIndex>`...)
		}
		return doc, err
	})
	if err != nil {
		return nil, fmt.Errorf("ask %s to log out: %w", a.Service, err)
	}
	return w.send("SAMLRequest", a.RelayState)
}

// AnswerLogout writes the signed answer to a service's request: Success says
// that our own session is over, with StatusPartialLogout below it when not all
// other services confirmed. A request by SOAP is answered in its own envelope.
func (p IDP) AnswerLogout(r LogoutRequest, status, substatus, text string, o LogoutOptions) (*LogoutSent, error) {
	to := r.Reply
	if r.Binding == BindingSOAP {
		to = Endpoint{Binding: BindingSOAP}
	}
	w := p.logoutWriter(to, o)
	err := w.write("LogoutResponse", func(doc []byte) []byte {
		return appendAttr(doc, "InResponseTo", r.ID)
	}, nil, func(doc []byte) ([]byte, error) {
		m := message{status: status, substatus: substatus, text: text}
		return m.appendStatus(doc), nil
	})
	if err != nil {
		return nil, fmt.Errorf("answer the logout of %s: %w", r.Service, err)
	}
	return w.send("SAMLResponse", r.RelayState)
}

// logoutWriter is one message in the making.
type logoutWriter struct {
	IDP
	to     Endpoint
	opts   LogoutOptions
	id     string
	now    time.Time
	signer xmlsig.Signer
	doc    []byte
}

func (p IDP) logoutWriter(to Endpoint, o LogoutOptions) *logoutWriter {
	if o.Key.Signer == nil {
		o.Key = p.Key
	}
	return &logoutWriter{IDP: p, to: to, opts: o, id: p.newID(), now: instant(p.Now())}
}

// write writes the message in canonical form. The attributes stand in the order
// of their names, so those of the kind come before or after the common ones. By
// redirect the query is signed instead of the element (SAML Bindings 3.4.4.1).
func (w *logoutWriter) write(kind string, inOrder, last func([]byte) []byte, content func([]byte) ([]byte, error)) error {
	var err error
	if w.opts.Key.Certificate == nil {
		return errors.New("the key has no certificate")
	}
	if w.signer, err = xmlsig.NewSigner(w.opts.Key.Signer, w.opts.Algorithm); err != nil {
		return err
	}
	if !expressible(w.to.URL) || !expressible(w.EntityID) {
		return errors.New("a name with characters that XML cannot hold")
	}
	doc := append([]byte(nil), `<samlp:`+kind+` xmlns:samlp="`+protocolNS+`"`...)
	doc = appendOptional(doc, "Destination", w.to.URL)
	doc = appendAttr(doc, "ID", w.id)
	if kind == "LogoutResponse" {
		doc = appendTime(inOrder(doc), "IssueInstant", w.now)
	} else {
		doc = inOrder(appendTime(doc, "IssueInstant", w.now))
	}
	if last != nil {
		doc = last(doc)
	}
	doc = append(doc, ` Version="2.0"><saml:Issuer xmlns:saml="`+assertionNS+`">`...)
	doc = appendText(doc, w.EntityID)
	doc = append(doc, `</saml:Issuer>`...)
	var place xmlsig.Place
	enveloped := w.to.Binding != BindingRedirect
	if enveloped {
		if doc, place, err = w.signer.Reserve(doc, w.id, w.opts.Key.Certificate); err != nil {
			return err
		}
	}
	if doc, err = content(doc); err != nil {
		return err
	}
	doc = append(doc, `</samlp:`+kind+`>`...)
	if enveloped {
		err = place.Fill(doc, 0, len(doc))
	}
	w.doc = doc
	return err
}

func appendName(doc []byte, name NameID, encrypt *xmlenc.Recipient) ([]byte, error) {
	plain := append([]byte(nil), `<saml:NameID xmlns:saml="`+assertionNS+`"`...)
	plain = appendOptional(plain, "Format", name.Format)
	plain = appendOptional(plain, "NameQualifier", name.NameQualifier)
	plain = appendOptional(plain, "SPNameQualifier", name.SPNameQualifier)
	plain = append(plain, '>')
	plain = appendText(plain, name.Value)
	plain = append(plain, `</saml:NameID>`...)
	if encrypt == nil {
		return append(doc, plain...), nil
	}
	doc = append(doc, `<saml:EncryptedID xmlns:saml="`+assertionNS+`">`...)
	doc, err := xmlenc.Encrypt(doc, plain, *encrypt)
	return append(doc, `</saml:EncryptedID>`...), err
}

// send puts the message into the form that its binding wants.
func (w *logoutWriter) send(field, relayState string) (*LogoutSent, error) {
	sent := &LogoutSent{ID: w.id, Binding: w.to.Binding, Address: w.to.URL, Field: field, RelayState: relayState, XML: w.doc}
	switch w.to.Binding {
	case BindingRedirect:
		packed, err := deflate(w.doc)
		if err != nil {
			return nil, fmt.Errorf("pack a logout message: %w", err)
		}
		query, err := w.signer.Query(field, packed, relayState)
		if err != nil {
			return nil, fmt.Errorf("sign a logout message: %w", err)
		}
		join := "?"
		if strings.Contains(sent.Address, "?") {
			join = "&"
		}
		sent.Address += join + query
	case BindingPost:
		sent.Message = base64.StdEncoding.EncodeToString(w.doc)
	case BindingSOAP:
		sent.Envelope = envelope(w.doc)
	default:
		return nil, fmt.Errorf("send a logout message: binding %q", w.to.Binding)
	}
	return sent, nil
}
