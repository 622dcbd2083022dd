package saml

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// PostForm is what the browser carries to the service: an address, and the two
// fields to post there. RelayState is left out of the form when it is empty.
type PostForm struct {
	URL          string
	SAMLResponse string
	RelayState   string
}

// Issued is what the ledger keeps of an answer.
type Issued struct {
	ResponseID  string
	AssertionID string
	// IssuedAt is the moment itself, so that answers of one second keep their
	// order; the message states it in whole seconds.
	IssuedAt       time.Time
	Expires        time.Time
	Digest         string // SHA-256 of XML, hexadecimal
	KeyFingerprint string
	Algorithm      string   // the SignatureMethod
	Signed         SignMode // what was signed in fact
	Encryption     string   // the algorithm that hides the assertion; "" when it is clear
	XML            []byte   // the Response as sent

	// AssertionXML is the assertion as it was stated, before encryption, and
	// AssertionDigest its SHA-256: whoever can decrypt the answer can show that
	// it is the one we hold in the ledger.
	AssertionXML    []byte
	AssertionDigest string
}

// Respond states the assertion to the service a request came from. Its times
// come from our clock, whatever the request carried. It errs only when the
// facts are incomplete, when the options contradict themselves, or when
// signing or encryption fails; it never weakens what the options ask for.
func (p IDP) Respond(req Request, a Assertion, o AnswerOptions) (*PostForm, *Issued, error) {
	how, err := p.answering(o)
	if err != nil {
		return nil, nil, fmt.Errorf("respond to %s: %w", req.Service, err)
	}
	at := p.Now()
	now := instant(at)
	if err := a.complete(req, now); err != nil {
		return nil, nil, fmt.Errorf("respond to %s: %w", req.Service, err)
	}
	m := message{
		IDP: p, answering: how, req: req, now: now, expires: now.Add(how.Life),
		assertionID: p.newID(), responseID: p.newID(), status: StatusSuccess,
	}
	if err := m.write(&a); err != nil {
		return nil, nil, fmt.Errorf("respond to %s: %w", req.Service, err)
	}
	issued := &Issued{
		ResponseID: m.responseID, AssertionID: m.assertionID, IssuedAt: at, Expires: m.expires,
		Digest: digest(m.doc), KeyFingerprint: Fingerprint(how.Key.Certificate), Algorithm: how.signer.Method(),
		Signed: how.signed(), XML: m.doc, AssertionXML: m.assertion, AssertionDigest: digest(m.assertion),
	}
	if how.Encrypt != nil {
		issued.Encryption = how.Encrypt.Algorithm()
	}
	return m.form(), issued, nil
}

// Refuse answers a request with an error: a top-level status, a second-level
// one or "", and a sentence for the service's operators. The Response is
// signed whatever the options sign of other answers, and goes to the address
// the request was checked for.
func (p IDP) Refuse(req Request, status, substatus, text string, o AnswerOptions) (*PostForm, error) {
	if status == StatusSuccess || status == "" {
		return nil, errors.New("refuse: not an error status")
	}
	o.Sign, o.Encrypt = SignResponse, nil
	how, err := p.answering(o)
	if err != nil {
		return nil, fmt.Errorf("refuse %s: %w", req.Service, err)
	}
	m := message{
		IDP: p, answering: how, req: req, now: instant(p.Now()), responseID: p.newID(),
		status: status, substatus: substatus, text: text,
	}
	if err := m.write(nil); err != nil {
		return nil, fmt.Errorf("refuse %s: %w", req.Service, err)
	}
	return m.form(), nil
}

func (m *message) form() *PostForm {
	return &PostForm{URL: m.req.ACSURL, SAMLResponse: posted(m.doc), RelayState: m.req.RelayState}
}

// posted packs a document for a form, without the copy that encoding to a
// string would make.
func posted(doc []byte) string {
	var b strings.Builder
	b.Grow(base64.StdEncoding.EncodedLen(len(doc)))
	e := base64.NewEncoder(base64.StdEncoding, &b)
	// A builder never errs.
	_, _ = e.Write(doc)
	_ = e.Close()
	return b.String()
}

func digest(octets []byte) string {
	sum := sha256.Sum256(octets)
	return hex.EncodeToString(sum[:])
}
