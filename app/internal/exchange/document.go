package exchange

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"oneid/app/internal/policy"
)

// Document hides what a message tells of a person: the text of names and of
// attribute values. Facts are what the attributes are called at the service; the
// values of others are hidden whole. What can't be read is dropped.
func Document(doc []byte, facts map[string]policy.Fact) []byte {
	decoder := xml.NewDecoder(bytes.NewReader(doc))
	var (
		out     bytes.Buffer
		copied  int64
		inside  []string // local names of what is open
		current policy.Fact
		known   bool
	)
	for {
		from := decoder.InputOffset()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			out.Write(doc[copied:])
			return out.Bytes()
		}
		if err != nil {
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = append(inside, t.Name.Local)
			if t.Name.Local == "Attribute" {
				current, known = "", false
				for _, a := range t.Attr {
					if a.Name.Local == "Name" && a.Name.Space == "" {
						current, known = facts[a.Value]
					}
				}
			}
		case xml.EndElement:
			if len(inside) > 0 {
				inside = inside[:len(inside)-1]
			}
		case xml.CharData:
			hidden, hides := hide(inside, string(t), current, known)
			if !hides {
				continue
			}
			out.Write(doc[copied:from])
			if xml.EscapeText(&out, []byte(hidden)) != nil {
				return nil
			}
			copied = decoder.InputOffset()
		}
	}
}

// hide tells what stands for a text in the open elements, and whether anything
// has to.
func hide(inside []string, text string, fact policy.Fact, known bool) (string, bool) {
	if len(inside) == 0 {
		return "", false
	}
	switch inside[len(inside)-1] {
	case "NameID", "BaseID":
		return opaque(text), true
	case "AttributeValue":
		if known {
			return Value(fact, text), true
		}
		return Mask(text), true
	}
	return "", false
}
