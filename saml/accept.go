package saml

import (
	"time"

	"github.com/beevik/etree"

	"oneid/saml/strictxml"
	"oneid/saml/xmlsig"
)

// Evidence is what a college said about a member, proven to be its word. It
// can be stored, and SignedXML proves it again later.
type Evidence struct {
	AssertionID  string // accept each only once, in the transaction that uses it
	ResponseID   string // "" when only the assertion was signed
	Issuer       string
	InResponseTo string
	IssueInstant time.Time
	AuthnInstant time.Time
	NotOnOrAfter time.Time // until when the AssertionID must be remembered, at least
	Context      string
	NameID       NameID
	Attributes   map[string][]string // by name; values as sent

	SignedXML      []byte // the whole Response as received
	KeyFingerprint string
	Algorithm      string
}

// Expect is what the caller knows about the answer it is waiting for.
type Expect struct {
	RequestID string // the ID given to AuthnRequest
}

// Accept judges a college's answer and returns the evidence in it. All values
// come from bytes signed with one of the college's pinned keys. It refuses
// with a *Refusal; one-time use of the AssertionID is the caller's to check.
func (p SP) Accept(samlResponse string, college IdentityProvider, expect Expect) (*Evidence, error) {
	now := p.Now()
	if college.expired(now) {
		return nil, refuse(ProviderExpired, "the metadata of %q ended %s", college.EntityID, college.ValidUntil.Format(time.DateOnly))
	}
	doc, err := decodePost(samlResponse)
	if err != nil {
		return nil, err
	}
	root, err := readResponse(doc)
	if err != nil {
		return nil, err
	}
	if err := checkStatus(root); err != nil {
		return nil, err
	}
	proof, err := prove(root, college)
	if err != nil {
		return nil, err
	}
	if err := checkStatus(proof.response.el); err != nil {
		return nil, err
	}
	if err := p.checkResponse(proof, college, expect); err != nil {
		return nil, err
	}
	return p.judge(proof, college, expect, now, doc)
}

// Reverify proves stored evidence again: the bytes are still what the college
// signed. Times, addresses and audience are not judged; they were, once.
func Reverify(signedXML []byte, college IdentityProvider) (*Evidence, error) {
	root, err := readResponse(signedXML)
	if err != nil {
		return nil, err
	}
	proof, err := prove(root, college)
	if err != nil {
		return nil, err
	}
	e, n := proof.evidence(signedXML)
	if *n.err != nil {
		return nil, *n.err
	}
	if e.Issuer != college.EntityID {
		return nil, refuse(WrongIssuer, "the assertion is from %q", e.Issuer)
	}
	return e, nil
}

// readResponse lets a Response through the gate and refuses, before any
// signature is looked at, what no signature could make acceptable.
func readResponse(doc []byte) (*etree.Element, error) {
	root, err := parse(doc, strictxml.Message())
	if err != nil {
		return nil, err
	}
	n := nodeOf(root)
	if !n.is(protocolNS, "Response") {
		return nil, refuse(UnexpectedKind, "%s instead of Response", root.Tag)
	}
	if v := n.attr("Version"); v != "2.0" {
		return nil, refuse(BadVersion, "version %q", v)
	}
	if count(root, "EncryptedAssertion") > 0 {
		return nil, refuse(EncryptedAssertion, "the assertion is encrypted; we published no key for that")
	}
	return root, nil
}

// proof is what a college's signature covers: the Response and the assertion
// in it, or the assertion alone.
type proof struct {
	response  node // as received when only the assertion is signed: for refusing, never for reading
	assertion node // verified
	signed    bool // the Response itself is verified
	key       *xmlsig.Verified
}

// prove verifies every signature there is; one on the Response or on the
// assertion is needed. Exactly one assertion may exist, anywhere.
func prove(root *etree.Element, college IdentityProvider) (*proof, error) {
	response := nodeOf(root)
	if err := oneAssertion(response); err != nil {
		return nil, err
	}
	p := &proof{response: response}
	if xmlsig.IsSigned(root) {
		verified, err := xmlsig.VerifyEnveloped(root, college.Certificates)
		if err != nil {
			return nil, refusalOf(err)
		}
		p.response, p.signed, p.key = nodeOf(verified.Element), true, verified
		if err := oneAssertion(p.response); err != nil {
			return nil, err
		}
	}
	assertion, _ := p.response.child(assertionNS, "Assertion")
	if p.signed && !xmlsig.IsSigned(assertion.el) {
		p.assertion = assertion
		return p, nil
	}
	verified, err := xmlsig.VerifyEnveloped(assertion.el, college.Certificates)
	if err != nil {
		return nil, refusalOf(err)
	}
	if p.key == nil {
		p.key = verified
	}
	p.assertion = nodeOf(verified.Element)
	return p, nil
}

// oneAssertion wants a single assertion in the whole tree, directly below the
// Response.
func oneAssertion(response node) error {
	if total, direct := count(response.el, "Assertion"), len(response.all(assertionNS, "Assertion")); total != 1 || direct != 1 {
		return refuse(AssertionCount, "%d assertions, %d of them in their place, want one", total, direct)
	}
	return nil
}

// count counts elements of that local name below one, in any namespace.
func count(el *etree.Element, tag string) int {
	total := 0
	for _, child := range el.ChildElements() {
		if child.Tag == tag {
			total++
		}
		total += count(child, tag)
	}
	return total
}

// checkStatus reads the status before any signature: an answer that brings
// nothing can be shown as such even when its sender did not sign it.
func checkStatus(root *etree.Element) error {
	n := nodeOf(root)
	status, ok := n.child(protocolNS, "Status")
	if !ok {
		return refuse(Malformed, "the Response has no status")
	}
	top, _ := status.child(protocolNS, "StatusCode")
	sub, _ := top.child(protocolNS, "StatusCode")
	if *n.err != nil {
		return *n.err
	}
	if top.attr("Value") == StatusSuccess {
		return nil
	}
	return &Refusal{
		Code: StatusNotSuccess, Detail: "the college answered with an error",
		Status: clip(top.attr("Value")), Substatus: clip(sub.attr("Value")),
	}
}

// checkResponse judges the envelope: from the college, to us, in answer to our
// request. When it is not signed this can only refuse; the assertion says all
// of it again.
func (p SP) checkResponse(proof *proof, college IdentityProvider, expect Expect) error {
	n := proof.response
	issuer, destination, answers := readIssuer(n), n.attr("Destination"), n.attr("InResponseTo")
	issued := n.time("IssueInstant")
	switch {
	case *n.err != nil:
		return *n.err
	case !validID(n.attr("ID")):
		return refuse(BadID, "the Response's ID is not an NCName of 16 to 128 characters")
	case issuer != "" && issuer != college.EntityID:
		return refuse(WrongIssuer, "the Response is from %q", issuer)
	case destination != p.ACSURL:
		return refuse(WrongDestination, "destination %q", destination)
	case answers == "":
		return refuse(Unsolicited, "the Response answers no request")
	case expect.RequestID == "" || answers != expect.RequestID:
		return refuse(WrongRequest, "the Response answers another request")
	case issued.IsZero():
		return refuse(Malformed, "the Response's IssueInstant is absent")
	}
	return checkAnswerAge(issued, p.Now())
}

func checkAnswerAge(issued, now time.Time) error {
	switch age := now.Sub(issued); {
	case age > MaxAnswerAge+Skew:
		return refuse(Expired, "issued %s ago", age.Round(time.Second))
	case age < -Skew:
		return refuse(ClockAhead, "issued %s from now", (-age).Round(time.Second))
	default:
		return nil
	}
}
