package xmlsig

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
)

// Place is where a signature will stand in a document that is still being
// written: its length is known before its value is. Offsets, not slices, so
// that the document may move while it grows.
type Place struct {
	signer             Signer
	start, end         int // of the Signature element
	info, infoEnd      int // of SignedInfo, behind its start tag and behind its end tag
	digestAt, digested int
	valueAt, valued    int
}

const (
	// The text of SignedInfo is canonical but for its start tag, which has to
	// declare the prefix when it is canonicalized on its own.
	signedInfoAlone = `<ds:SignedInfo xmlns:ds="` + Namespace + `">`

	textToMethod   = `<ds:Signature xmlns:ds="` + Namespace + `"><ds:SignedInfo>`
	textMethod     = `<ds:CanonicalizationMethod Algorithm="` + exclusiveC14 + `"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="`
	textReference  = `"></ds:SignatureMethod><ds:Reference URI="#`
	textTransforms = `"><ds:Transforms><ds:Transform Algorithm="` + enveloped + `"></ds:Transform><ds:Transform Algorithm="` + exclusiveC14 +
		`"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="`
	textDigest  = `"></ds:DigestMethod><ds:DigestValue>`
	textInfoEnd = `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	textValue   = `<ds:SignatureValue>`
	textKey     = `</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>`
	textEnd     = `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`

	textLength = len(textToMethod) + len(textMethod) + len(textReference) + len(textTransforms) + len(textDigest) + len(textInfoEnd) +
		len(textValue) + len(textKey) + len(textEnd)
)

// Size is how many bytes Reserve appends, or a little more.
func (s Signer) Size(id string, cert *x509.Certificate) int {
	return textLength + len(s.method) + len(id) + len(s.digest) + base64.StdEncoding.EncodedLen(s.hash.Size()) +
		base64.StdEncoding.EncodedLen(s.size) + base64.StdEncoding.EncodedLen(len(cert.Raw))
}

// Reserve appends the signature of the element with this ID to a document that
// is being written in canonical form, with blanks for the digest and for the
// value. Finish the element, then Fill. It refuses an ID that is not plain.
func (s Signer) Reserve(doc []byte, id string, cert *x509.Certificate) ([]byte, Place, error) {
	if s.key == nil || cert == nil {
		return doc, Place{}, errors.New("sign: no key or no certificate")
	}
	if !plainID(id) {
		return doc, Place{}, errors.New("sign: the element has no ID, or one that is no name")
	}
	p := Place{signer: s, start: len(doc)}
	doc = append(doc, textToMethod...)
	p.info = len(doc)
	doc = append(doc, textMethod...)
	doc = append(doc, s.method...)
	doc = append(doc, textReference...)
	doc = append(doc, id...)
	doc = append(doc, textTransforms...)
	doc = append(doc, s.digest...)
	doc = append(doc, textDigest...)
	p.digestAt, p.digested = len(doc), base64.StdEncoding.EncodedLen(s.hash.Size())
	doc = blank(doc, p.digested)
	doc = append(doc, textInfoEnd...)
	p.infoEnd = len(doc)
	doc = append(doc, textValue...)
	p.valueAt, p.valued = len(doc), base64.StdEncoding.EncodedLen(s.size)
	doc = blank(doc, p.valued)
	doc = append(doc, textKey...)
	doc = base64.StdEncoding.AppendEncode(doc, cert.Raw)
	doc = append(doc, textEnd...)
	p.end = len(doc)
	return doc, p, nil
}

// Fill signs the element that doc[from:to] is in canonical form, with the
// reserved place inside it. Everything in it must be final, signatures inside
// included.
func (p Place) Fill(doc []byte, from, to int) error {
	if from < 0 || from > p.start || to < p.end || to > len(doc) {
		return errors.New("sign: the signature's place is not inside the element")
	}
	h := p.signer.hash.New()
	h.Write(doc[from:p.start])
	h.Write(doc[p.end:to])
	var sum [64]byte
	return p.fill(doc, h.Sum(sum[:0]))
}

// fill writes the digest down and signs it.
func (p Place) fill(doc, digest []byte) error {
	base64.StdEncoding.Encode(doc[p.digestAt:p.digestAt+p.digested], digest)
	h := p.signer.hash.New()
	h.Write([]byte(signedInfoAlone))
	h.Write(doc[p.info:p.infoEnd])
	var sum [64]byte
	signature, err := p.signer.sign(h.Sum(sum[:0]))
	if err != nil {
		return err
	}
	base64.StdEncoding.Encode(doc[p.valueAt:p.valueAt+p.valued], signature)
	return nil
}

func blank(doc []byte, n int) []byte {
	for range n {
		doc = append(doc, ' ')
	}
	return doc
}

// plainID accepts the IDs that can stand in an address unchanged.
func plainID(id string) bool {
	for i := 0; i < len(id); i++ {
		c := id[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return id != ""
}
