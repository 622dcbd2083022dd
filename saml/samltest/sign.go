package samltest

import (
	"bytes"
	"compress/flate"
	"crypto"
	"encoding/base64"
	"encoding/xml"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/saml"
)

// SHA1 names the method every party must have given up.
const SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"

// SignElement signs an element in place, with any method the underlying
// library knows, good or bad; "" is RSA-SHA256.
func SignElement(el *etree.Element, key saml.SigningKey, method string) {
	if method == "" {
		method = dsig.RSASHA256SignatureMethod
	}
	ctx, err := dsig.NewSigningContext(key.Signer, [][]byte{key.Certificate.Raw})
	must(err)
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	must(ctx.SetSignatureMethod(method))
	sig, err := ctx.ConstructSignature(el.Copy(), true)
	must(err)
	issuer := el.SelectElement("Issuer")
	at := 0
	if issuer != nil {
		at = issuer.Index() + 1
	}
	el.InsertChildAt(at, sig)
}

// SignOctets signs a query string's octets with RSA and the given hash.
func SignOctets(octets string, key saml.SigningKey, hash crypto.Hash) string {
	h := hash.New()
	h.Write([]byte(octets))
	sig, err := key.Signer.Sign(nil, h.Sum(nil), hash)
	must(err)
	return base64.StdEncoding.EncodeToString(sig)
}

// Deflate packs a document for a redirect.
func Deflate(doc []byte) string {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	must(err)
	_, err = w.Write(doc)
	must(err)
	must(w.Close())
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// Encode packs a document for a POST.
func Encode(doc []byte) string { return base64.StdEncoding.EncodeToString(doc) }

// Decode unpacks a POST parameter.
func Decode(value string) []byte {
	doc, err := base64.StdEncoding.DecodeString(value)
	must(err)
	return doc
}

// Tree parses a document; Bytes writes it again.
func Tree(doc []byte) *etree.Document {
	tree := etree.NewDocument()
	must(tree.ReadFromBytes(doc))
	return tree
}

// Bytes writes a tree as canonically as a signature needs.
func Bytes(tree *etree.Document) []byte {
	tree.WriteSettings = etree.WriteSettings{CanonicalEndTags: true, CanonicalText: true, CanonicalAttrVal: true}
	doc, err := tree.WriteToBytes()
	must(err)
	return doc
}

func escape(s string) string {
	var b strings.Builder
	must(xml.EscapeText(&b, []byte(s)))
	return b.String()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
