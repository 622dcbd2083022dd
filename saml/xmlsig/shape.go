package xmlsig

import (
	"crypto/x509"
	"encoding/base64"

	"github.com/beevik/etree"
)

// signature is what the shape check read; none of it is trusted yet.
type signature struct {
	id        string // of the signed element
	method    string
	algorithm x509.SignatureAlgorithm
	value     []byte
}

// shape accepts exactly one form of signature, before any key is tried. The
// many others XML Signature allows (several references, XPath, whole-document
// references, inclusive canonicalization) are how forgeries get in.
func shape(el *etree.Element) (*signature, error) {
	found := signatures(el)
	switch len(found) {
	case 0:
		return nil, fault(NotSigned, "%s carries no signature", el.Tag)
	case 1:
	default:
		return nil, fault(BadShape, "%d signatures on one element", len(found))
	}
	if err := placed(el, el); err != nil {
		return nil, err
	}
	sig := &signature{id: el.SelectAttrValue("ID", "")}
	if sig.id == "" {
		return nil, fault(BadShape, "the signed element has no ID")
	}
	info, err := one(found[0], "SignedInfo")
	if err != nil {
		return nil, err
	}
	if err := sig.readInfo(info); err != nil {
		return nil, err
	}
	value, err := one(found[0], "SignatureValue")
	if err != nil {
		return nil, err
	}
	if len(childrenNamed(found[0], "Object")) > 0 {
		return nil, fault(BadShape, "the signature carries an Object")
	}
	if sig.value, err = base64.StdEncoding.Strict().DecodeString(text(value)); err != nil || len(sig.value) == 0 {
		return nil, fault(BadShape, "the signature value is not base64")
	}
	return sig, nil
}

// placed walks everything below a signed element: a Signature elsewhere than
// directly below an element with the ID it refers to has no business here.
func placed(root, el *etree.Element) error {
	for _, child := range el.ChildElements() {
		if child.Tag == "Signature" && child.NamespaceURI() == Namespace {
			info, err := one(child, "SignedInfo")
			if err != nil {
				return err
			}
			ref, err := one(info, "Reference")
			if err != nil {
				return err
			}
			id := el.SelectAttrValue("ID", "")
			if id == "" || ref.SelectAttrValue("URI", "") != "#"+id {
				return fault(BadShape, "a signature refers to something else than its parent")
			}
			if el != root && el.Tag != "Assertion" {
				return fault(BadShape, "a signature inside %s", el.Tag)
			}
			continue
		}
		if err := placed(root, child); err != nil {
			return err
		}
	}
	return nil
}

func (s *signature) readInfo(info *etree.Element) error {
	c14n, err := one(info, "CanonicalizationMethod")
	if err != nil {
		return err
	}
	if alg := c14n.SelectAttrValue("Algorithm", ""); alg != exclusiveC14 {
		return fault(UnknownAlgorithm, "canonicalization %q", alg)
	}
	method, err := one(info, "SignatureMethod")
	if err != nil {
		return err
	}
	s.method = method.SelectAttrValue("Algorithm", "")
	algorithm, ok := signatureMethod(s.method)
	if !ok {
		return fault(UnknownAlgorithm, "signature method %q", s.method)
	}
	s.algorithm = algorithm
	if len(method.ChildElements()) > 0 {
		return fault(BadShape, "the signature method has parameters")
	}
	ref, err := one(info, "Reference")
	if err != nil {
		return err
	}
	digest, err := one(ref, "DigestMethod")
	if err != nil {
		return err
	}
	if alg := digest.SelectAttrValue("Algorithm", ""); !digestMethod(alg) {
		return fault(UnknownAlgorithm, "digest method %q", alg)
	}
	if _, err := one(ref, "DigestValue"); err != nil {
		return err
	}
	return transforms(ref)
}

// transforms accepts the enveloped transform followed by exclusive
// canonicalization, and nothing else.
func transforms(ref *etree.Element) error {
	list, err := one(ref, "Transforms")
	if err != nil {
		return err
	}
	steps := childrenNamed(list, "Transform")
	if len(steps) != 2 || len(list.ChildElements()) != 2 {
		return fault(BadShape, "%d transforms, want the enveloped one and exclusive canonicalization", len(steps))
	}
	for i, want := range []string{enveloped, exclusiveC14} {
		if got := steps[i].SelectAttrValue("Algorithm", ""); got != want {
			return fault(UnknownAlgorithm, "transform %q", got)
		}
	}
	if len(steps[0].ChildElements()) > 0 {
		return fault(BadShape, "the enveloped transform has parameters")
	}
	for _, child := range steps[1].ChildElements() {
		if child.Tag != "InclusiveNamespaces" || child.NamespaceURI() != exclusiveC14 {
			return fault(BadShape, "a canonicalization parameter %s", child.Tag)
		}
	}
	return nil
}

func one(el *etree.Element, tag string) (*etree.Element, error) {
	found := childrenNamed(el, tag)
	if len(found) != 1 {
		return nil, fault(BadShape, "%d %s in %s, want one", len(found), tag, el.Tag)
	}
	return found[0], nil
}
