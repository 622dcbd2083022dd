package saml

import (
	"github.com/beevik/etree"

	"oneid/saml/strictxml"
)

const soapNS = "http://schemas.xmlsoap.org/soap/envelope/"

// SOAPAction is the header that goes with a message by SOAP (SAML Bindings
// 3.2.3), and SOAPType its content type.
const (
	SOAPAction = `"http://www.oasis-open.org/committees/security"`
	SOAPType   = "text/xml; charset=utf-8"
)

// envelope wraps a message that declares all it uses.
func envelope(message []byte) []byte {
	out := append([]byte(nil), `<soap11:Envelope xmlns:soap11="`+soapNS+`"><soap11:Body>`...)
	out = append(out, message...)
	return append(out, `</soap11:Body></soap11:Envelope>`...)
}

// readEnvelope returns the only element in the body of a SOAP 1.1 envelope. It
// refuses headers that must be understood: we understand none.
func readEnvelope(doc []byte) (*etree.Element, error) {
	if limit := strictxml.Message().Bytes; len(doc) > limit {
		return nil, refuse(TooLarge, "an envelope of %d bytes", len(doc))
	}
	root, err := parse(doc, strictxml.Message())
	if err != nil {
		return nil, err
	}
	n := nodeOf(root)
	if !n.is(soapNS, "Envelope") {
		return nil, refuse(UnexpectedKind, "%s instead of a SOAP envelope", root.Tag)
	}
	if header, ok := n.child(soapNS, "Header"); ok {
		for _, entry := range header.el.ChildElements() {
			for _, a := range entry.Attr {
				if a.Key == "mustUnderstand" && a.Value != "0" && a.Value != "false" {
					n.fail("a header that must be understood")
				}
			}
		}
	}
	body, _ := n.child(soapNS, "Body")
	if *n.err != nil {
		return nil, *n.err
	}
	if body.el == nil || len(body.el.ChildElements()) != 1 {
		return nil, refuse(Malformed, "not exactly one message in the envelope")
	}
	return body.el.ChildElements()[0], nil
}

// SOAPFault is the body that answers what could not be read at all.
func SOAPFault(text string) []byte {
	out := append([]byte(nil), `<soap11:Envelope xmlns:soap11="`+soapNS+`"><soap11:Body><soap11:Fault><faultcode>soap11:Client</faultcode><faultstring>`...)
	out = appendText(out, text)
	return append(out, `</faultstring></soap11:Fault></soap11:Body></soap11:Envelope>`...)
}
