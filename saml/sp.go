package saml

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

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
	packed, err := deflate(p.request(college, id))
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

func (p SP) request(college IdentityProvider, id string) []byte {
	doc := append([]byte(nil), `<samlp:AuthnRequest xmlns:samlp="`+protocolNS+`"`...)
	doc = appendAttr(doc, "AssertionConsumerServiceURL", p.ACSURL)
	doc = appendAttr(doc, "Destination", college.SSOURL)
	doc = appendAttr(doc, "ForceAuthn", strconv.FormatBool(college.ForceAuthn))
	doc = appendAttr(doc, "ID", id)
	doc = appendAttr(doc, "IsPassive", "false")
	doc = appendTime(doc, "IssueInstant", p.Now())
	doc = append(doc, ` ProtocolBinding="`+BindingPost+`" Version="2.0"><saml:Issuer xmlns:saml="`+assertionNS+`">`...)
	doc = appendText(doc, p.EntityID)
	doc = append(doc, `</saml:Issuer>`...)
	if len(college.Contexts) > 0 {
		doc = append(doc, `<samlp:RequestedAuthnContext Comparison="exact">`...)
		for _, class := range college.Contexts {
			doc = append(doc, `<saml:AuthnContextClassRef xmlns:saml="`+assertionNS+`">`...)
			doc = appendText(doc, class)
			doc = append(doc, `</saml:AuthnContextClassRef>`...)
		}
		doc = append(doc, `</samlp:RequestedAuthnContext>`...)
	}
	return append(doc, `</samlp:AuthnRequest>`...)
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
