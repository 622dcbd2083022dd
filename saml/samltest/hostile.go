package samltest

import (
	"github.com/beevik/etree"
)

// Forgery is a signed Response rearranged so that a careless reader finds the
// attacker's assertion while the signature still verifies.
type Forgery struct {
	Name string
	Doc  []byte
}

// Wrappings returns the eight classic signature wrapping attacks on a signed
// Response. In each, the attacker's copy names evilNameID.
func Wrappings(doc []byte, evilNameID string) []Forgery {
	return []Forgery{
		{"XSW1: the signed Response inside the signature of the forged one", wrapResponse(doc, evilNameID, true)},
		{"XSW2: the signed Response beside the signature of the forged one", wrapResponse(doc, evilNameID, false)},
		{"XSW3: the forged assertion before the signed one", beside(doc, evilNameID)},
		{"XSW4: the signed assertion inside the forged one", inside(doc, evilNameID)},
		{"XSW5: the forged assertion keeps the signature, the signed one stands last", lastOriginal(doc, evilNameID)},
		{"XSW6: the signed assertion inside the signature of the forged one", inSignature(doc, evilNameID)},
		{"XSW7: the forged assertion in Extensions", inExtensions(doc, evilNameID)},
		{"XSW8: the signed assertion in an Object of the forged one's signature", inObject(doc, evilNameID)},
	}
}

func wrapResponse(doc []byte, evil string, within bool) []byte {
	tree := Tree(doc)
	forged := tree.Root()
	original := forged.Copy()
	forged.CreateAttr("ID", "_forged00000000000000")
	inner := forged.SelectElement("Assertion")
	inner.CreateAttr("ID", "_forgedassertion00000")
	if own := inner.SelectElement("Signature"); own != nil {
		inner.RemoveChild(own)
	}
	poison(inner, evil)
	sig := forged.SelectElement("Signature")
	if sig == nil {
		forged.AddChild(original)
		return Bytes(tree)
	}
	if inner := original.SelectElement("Signature"); inner != nil {
		original.RemoveChild(inner)
	}
	if within {
		sig.AddChild(original)
	} else {
		forged.InsertChildAt(sig.Index(), original)
	}
	return Bytes(tree)
}

func beside(doc []byte, evil string) []byte {
	tree, original, forged := pair(doc, evil)
	tree.Root().InsertChildAt(original.Index(), forged)
	return Bytes(tree)
}

func inside(doc []byte, evil string) []byte {
	tree, original, forged := pair(doc, evil)
	root := tree.Root()
	root.RemoveChild(original)
	forged.AddChild(original)
	root.AddChild(forged)
	return Bytes(tree)
}

func lastOriginal(doc []byte, evil string) []byte {
	tree, original, forged := pair(doc, evil)
	root := tree.Root()
	moveSignature(original, forged)
	root.InsertChildAt(original.Index(), forged)
	return Bytes(tree)
}

func inSignature(doc []byte, evil string) []byte {
	tree, original, forged := pair(doc, evil)
	root := tree.Root()
	root.RemoveChild(original)
	if sig := moveSignature(original, forged); sig != nil {
		sig.AddChild(original)
	}
	root.AddChild(forged)
	return Bytes(tree)
}

func inExtensions(doc []byte, evil string) []byte {
	tree, original, forged := pair(doc, evil)
	extensions := etree.NewElement("samlp:Extensions")
	extensions.AddChild(forged)
	tree.Root().InsertChildAt(original.Index(), extensions)
	return Bytes(tree)
}

func inObject(doc []byte, evil string) []byte {
	tree, original, forged := pair(doc, evil)
	root := tree.Root()
	root.RemoveChild(original)
	if sig := moveSignature(original, forged); sig != nil {
		sig.CreateElement("ds:Object").AddChild(original)
	}
	root.AddChild(forged)
	return Bytes(tree)
}

// pair returns the document, its assertion, and a forged copy without a
// signature that is not in the document yet.
func pair(doc []byte, evil string) (*etree.Document, *etree.Element, *etree.Element) {
	tree := Tree(doc)
	original := tree.Root().SelectElement("Assertion")
	forged := original.Copy()
	if sig := forged.SelectElement("Signature"); sig != nil {
		forged.RemoveChild(sig)
	}
	forged.CreateAttr("ID", "_forged00000000000000")
	poison(forged, evil)
	return tree, original, forged
}

func moveSignature(from, to *etree.Element) *etree.Element {
	sig := from.SelectElement("Signature")
	if sig == nil {
		return nil
	}
	from.RemoveChild(sig)
	to.InsertChildAt(1, sig)
	return sig
}

func poison(assertion *etree.Element, evil string) {
	assertion.FindElement("./Subject/NameID").SetText(evil)
}
