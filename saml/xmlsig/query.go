package xmlsig

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"iter"
	"net/url"
	"strings"
)

// Query is a redirect's query string taken apart without losing how it was
// written. Each SAML parameter occurs at most once.
type Query struct {
	message    string // SAMLRequest or SAMLResponse
	raw        map[string]string
	decoded    map[string]string
	HasRelay   bool
	RelayState string
}

// ReadQuery takes a raw query string apart. It refuses repeated SAML
// parameters, a request together with a response, and bad percent-encoding,
// because two readers could disagree about all of them.
func ReadQuery(rawQuery string) (*Query, error) {
	q := &Query{raw: map[string]string{}, decoded: map[string]string{}}
	for _, pair := range strings.Split(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			return nil, fault(BadQuery, "a parameter name is badly encoded")
		}
		switch plain {
		case "SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding":
		default:
			continue
		}
		if _, twice := q.raw[plain]; twice || plain != name {
			return nil, fault(BadQuery, "%s is repeated or disguised", plain)
		}
		decoded, err := url.QueryUnescape(value)
		if err != nil {
			return nil, fault(BadQuery, "%s is badly encoded", plain)
		}
		q.raw[plain], q.decoded[plain] = value, decoded
	}
	_, request := q.raw["SAMLRequest"]
	_, response := q.raw["SAMLResponse"]
	switch {
	case request && response:
		return nil, fault(BadQuery, "a request and a response at once")
	case request:
		q.message = "SAMLRequest"
	case response:
		q.message = "SAMLResponse"
	default:
		return nil, fault(BadQuery, "no SAML message")
	}
	if enc, ok := q.decoded["SAMLEncoding"]; ok && enc != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE" {
		return nil, fault(BadQuery, "an encoding other than DEFLATE")
	}
	q.RelayState, q.HasRelay = q.decoded["RelayState"], q.raw["RelayState"] != ""
	return q, nil
}

// Message returns the decoded message parameter and whether it is a request.
func (q *Query) Message() (value string, isRequest bool) {
	return q.decoded[q.message], q.message == "SAMLRequest"
}

// IsSigned reports whether the query carries a signature or half of one.
func (q *Query) IsSigned() bool {
	_, alg := q.raw["SigAlg"]
	_, sig := q.raw["Signature"]
	return alg || sig
}

// Verify verifies the query's signature with one of the certificates' keys and
// returns the key's fingerprint and the algorithm. It refuses with a *Fault.
func (q *Query) Verify(certs []*x509.Certificate) (fingerprint, algorithm string, err error) {
	if !q.IsSigned() {
		return "", "", fault(NotSigned, "the query carries no signature")
	}
	method := q.decoded["SigAlg"]
	alg, ok := signatureMethod(method)
	if !ok {
		return "", "", fault(UnknownAlgorithm, "signature method %q", method)
	}
	value, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(q.decoded["Signature"]), ""))
	if err != nil || len(value) == 0 {
		return "", "", fault(BadQuery, "the signature value is not base64")
	}
	if len(certs) == 0 {
		return "", "", fault(NoKey, "no key is known for the signer")
	}
	for octets := range q.octets() {
		for _, cert := range certs {
			signed, ok := forKey(cert, alg, value)
			if ok && cert.CheckSignature(alg, []byte(octets), signed) == nil {
				return Fingerprint(cert), method, nil
			}
		}
	}
	return "", "", fault(BadSignature, "no known key made this signature")
}

// octets yields the strings the sender may have signed: first what was
// received, as SAML Bindings 3.4.4.1 demands, then the same values in the two
// other encodings seen in the field, in case something on the way rewrote
// them. All of them mean the same message and relay state. A relay state that
// is empty says nothing, so it may be in the signed string or not; one that
// says something must be.
func (q *Query) octets() iter.Seq[string] {
	written := []func(string) string{
		func(name string) string { return q.raw[name] },
		func(name string) string { return url.QueryEscape(q.decoded[name]) },
		func(name string) string { return lowerEscapes(url.QueryEscape(q.decoded[name])) },
	}
	return func(yield func(string) bool) {
		for _, as := range written {
			message, tail := q.message+"="+as(q.message), "&SigAlg="+as("SigAlg")
			if q.HasRelay {
				if !yield(message + "&RelayState=" + as("RelayState") + tail) {
					return
				}
				continue
			}
			if !yield(message+tail) || !yield(message+"&RelayState="+tail) {
				return
			}
		}
	}
}

// lowerEscapes writes %2B as %2b, the way .NET does.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			b[i+1], b[i+2] = lower(b[i+1]), lower(b[i+2])
		}
	}
	return string(b)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'F' {
		return c + ('a' - 'A')
	}
	return c
}

// SignQuery returns the query string of a signed redirect: the message, the
// relay state when there is one, the algorithm and the signature. Every value
// is escaped, so that none can add parameters of its own.
func SignQuery(message, value, relayState string, key crypto.Signer) (string, error) {
	s, err := NewSigner(key, "")
	if err != nil {
		return "", err
	}
	return s.Query(message, value, relayState)
}

// Query is SignQuery with the signer's method.
func (s Signer) Query(message, value, relayState string) (string, error) {
	query := message + "=" + url.QueryEscape(value)
	if relayState != "" {
		query += "&RelayState=" + url.QueryEscape(relayState)
	}
	query += "&SigAlg=" + url.QueryEscape(s.method)
	signature, err := s.Octets([]byte(query))
	if err != nil {
		return "", err
	}
	return query + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature)), nil
}
