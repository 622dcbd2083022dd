package strictxml

import (
	"encoding/xml"

	"github.com/beevik/etree"
)

// Read is Check, and returns the root of a document that passes. What was checked
// and what is returned come from the same tokens: there is no second reading that
// could differ from the first.
func Read(doc []byte, limits Limits) (*etree.Element, error) {
	document := etree.NewDocument()
	if err := check(doc, limits, &builder{at: &document.Element}); err != nil {
		return nil, err
	}
	return document.Root(), nil
}

// builder builds the tree of a document from tokens that the gate has let pass.
type builder struct{ at *etree.Element }

func (b *builder) add(token xml.Token) {
	switch t := token.(type) {
	case xml.StartElement:
		e := &etree.Element{Space: t.Name.Space, Tag: t.Name.Local, Attr: make([]etree.Attr, 0, len(t.Attr))}
		for _, a := range t.Attr {
			key := a.Name.Local
			if a.Name.Space != "" {
				key = a.Name.Space + ":" + key
			}
			e.CreateAttr(key, a.Value)
		}
		b.at.AddChild(e)
		b.at = e
	case xml.EndElement:
		b.at = b.at.Parent()
	case xml.CharData:
		if b.at.Parent() != nil { // not between the root and the ends of the document
			b.at.CreateText(string(t))
		}
	case xml.Comment:
		b.at.CreateComment(string(t))
	}
}
