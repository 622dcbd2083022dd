package saml

import (
	"bytes"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"

	"oneid/saml/strictxml"
	"oneid/saml/xmlsig"
)

// IDP is our side towards the services: it reads their requests, answers them
// and describes us in metadata. It holds no state and may be copied.
type IDP struct {
	EntityID string
	SSOURL   string // where requests arrive, by redirect and by post
	SLOURL   string // where logout messages arrive, by redirect and by post; "" keeps it out of the metadata
	SOAPURL  string // where logout requests arrive by SOAP; "" keeps it out of the metadata
	Key      SigningKey
	Now      func() time.Time

	// NewID makes message IDs; nil means NewID of this package. Tests fix it.
	NewID func() string
}

func (p IDP) newID() string {
	if p.NewID != nil {
		return p.NewID()
	}
	return NewID()
}

// Incoming is a request that was read but not yet judged: all it offers is a
// claim of who sent it. Check judges it. One that comes with an error is refused
// whatever Check finds; that only says whether the service can be told.
type Incoming struct {
	Issuer     string // the entity ID it claims; look the service up by it
	ID         string
	RelayState string
	Binding    string
	Signed     bool   // carries a signature, good or bad
	XML        []byte // as received, inflated

	query *xmlsig.Query
	root  *etree.Element
	facts *authnRequest
	fault error // why it is refused, if its service is
}

// ReadRedirect reads a request from a redirect's raw query string, exactly as
// it stood in the address.
func (p IDP) ReadRedirect(rawQuery string) (*Incoming, error) {
	if len(rawQuery) > maxQuery {
		return nil, refuse(TooLarge, "a query of %d bytes", len(rawQuery))
	}
	query, err := xmlsig.ReadQuery(rawQuery)
	if err != nil {
		return nil, refusalOf(err)
	}
	value, isRequest := query.Message()
	if !isRequest {
		return nil, refuse(UnexpectedKind, "a response where a request belongs")
	}
	doc, err := inflate(value)
	if plain, plainErr := decodePost(value); err != nil && plainErr == nil && looksLikeXML(plain) {
		in, err := claim(plain, strictxml.Inflated(),
			refuse(PlainRedirect, "sent by redirect, but not compressed (DEFLATE): the service packs it as for HTTP-POST"))
		if !query.IsSigned() {
			query = nil // packed as for a POST, it is signed as for one
		}
		return in.by(BindingRedirect, query), err
	}
	if err != nil {
		return nil, err
	}
	in, err := readIncoming(doc, strictxml.Inflated(), query.RelayState)
	return in.by(BindingRedirect, query), err
}

// by notes how a request came. An enveloped signature is not used in an address
// (SAML Bindings 3.4.4.1); one that is there all the same is held to its word in
// Check.
func (in *Incoming) by(binding string, query *xmlsig.Query) *Incoming {
	if in == nil {
		return nil
	}
	in.Binding, in.query = binding, query
	in.Signed = in.Signed || query != nil && query.IsSigned()
	return in
}

// ReadPost reads a request from the two form parameters of the POST binding.
func (p IDP) ReadPost(samlRequest, relayState string) (*Incoming, error) {
	doc, err := decodePost(samlRequest)
	if err != nil {
		return nil, err
	}
	if !looksLikeXML(doc) {
		if packed, err := inflate(strings.TrimSpace(samlRequest)); err == nil && looksLikeXML(packed) {
			in, err := claim(packed, strictxml.Inflated(),
				refuse(PackedPost, "posted, but compressed (DEFLATE): the service packs it as for HTTP-Redirect"))
			return in.by(BindingPost, nil), err
		}
	}
	in, err := readIncoming(doc, strictxml.Message(), relayState)
	return in.by(BindingPost, nil), err
}

// looksLikeXML tells a document from what is packed or is none.
func looksLikeXML(doc []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(doc), []byte("<")) }

// claim is what a request that is refused for its wrapping says of itself: nil
// when that can't be read either.
func claim(doc []byte, limits strictxml.Limits, wrapped error) (*Incoming, error) {
	in, _ := readIncoming(doc, limits, "")
	if in != nil {
		in.fault = wrapped
	}
	return in, wrapped
}

func readIncoming(doc []byte, limits strictxml.Limits, relayState string) (*Incoming, error) {
	root, err := parse(doc, limits)
	if err != nil {
		return nil, err
	}
	facts, err := readAuthnRequest(root)
	if err != nil {
		return nil, err
	}
	in := &Incoming{
		Issuer: facts.Issuer, ID: facts.ID, RelayState: relayState, Signed: xmlsig.IsSigned(root),
		XML: doc, root: root, facts: facts, fault: facts.fault,
	}
	if len(relayState) > MaxRelayState {
		in.RelayState = ""
		in.fault = refuse(RelayTooLong, "a relay state of %d bytes, at most %d", len(relayState), MaxRelayState)
	}
	return in, in.fault
}

// origin returns scheme and host of an address, for content policies.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
