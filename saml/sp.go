package saml

import (
	"errors"
	"fmt"
	"strings"
	"time"

	crewjam "github.com/crewjam/saml"

	"oneid/saml/strictxml"
	"oneid/saml/xmlsig"
)

// SP is our side towards the colleges: it asks them to vouch for a member and
// judges their answer. It holds no state and may be copied; each college can
// have its own ACSURL.
type SP struct {
	EntityID string
	ACSURL   string // where this college's answers arrive
	Key      SigningKey
	Now      func() time.Time
}

// AuthnRequest returns the address that takes the browser to the college with
// a signed request. The id must come from NewID and be kept: the answer must
// name it. The relay state comes back untouched; keep it short and random.
func (p SP) AuthnRequest(college IdentityProvider, id, relayState string) (string, error) {
	if !validID(id) {
		return "", errors.New("ask college: the request's ID is not fit for use")
	}
	force, passive := college.ForceAuthn, false
	request := &crewjam.AuthnRequest{
		ID: id, Version: "2.0", IssueInstant: instant(p.Now()), Destination: college.SSOURL,
		Issuer: &crewjam.Issuer{Value: p.EntityID}, ForceAuthn: &force, IsPassive: &passive,
		AssertionConsumerServiceURL: p.ACSURL, ProtocolBinding: BindingPost,
	}
	el := request.Element()
	if len(college.Contexts) > 0 {
		wanted := el.CreateElement("samlp:RequestedAuthnContext")
		wanted.CreateAttr("Comparison", "exact")
		for _, class := range college.Contexts {
			wanted.CreateElement("saml:AuthnContextClassRef").SetText(class)
		}
	}
	doc, err := write(el)
	if err != nil {
		return "", fmt.Errorf("ask college %s: %w", college.EntityID, err)
	}
	packed, err := deflate(doc)
	if err != nil {
		return "", fmt.Errorf("ask college %s: %w", college.EntityID, err)
	}
	query, err := xmlsig.SignQuery("SAMLRequest", packed, relayState, p.Key.Signer)
	if err != nil {
		return "", fmt.Errorf("ask college %s: %w", college.EntityID, err)
	}
	if strings.Contains(college.SSOURL, "?") {
		return college.SSOURL + "&" + query, nil
	}
	return college.SSOURL + "?" + query, nil
}

// ReadInResponseTo returns the request a Response claims to answer, so that
// the caller can find it. Nothing about the Response has been verified yet.
func ReadInResponseTo(samlResponse string) (string, error) {
	doc, err := decodePost(samlResponse)
	if err != nil {
		return "", err
	}
	root, err := parse(doc, strictxml.Message())
	if err != nil {
		return "", err
	}
	n := nodeOf(root)
	if !n.is(protocolNS, "Response") {
		return "", refuse(UnexpectedKind, "%s instead of Response", root.Tag)
	}
	id := n.attr("InResponseTo")
	if id == "" {
		return "", refuse(Unsolicited, "the Response answers no request")
	}
	if !validID(id) {
		return "", refuse(BadID, "the Response answers a request we cannot have made")
	}
	return id, nil
}
