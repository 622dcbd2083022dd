package findings

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// element is an element with the line it begins in.
type element struct {
	space, local string
	line         int
	attrs        []xml.Attr
	children     []*element
	text         string
}

// grow reads a document that the gate has let pass. It returns nil for one that
// can't be read all the same.
func grow(doc []byte) *element {
	decoder := xml.NewDecoder(bytes.NewReader(doc))
	at := lines{doc: doc, line: 1}
	var open []*element
	for {
		offset := decoder.InputOffset()
		token, err := decoder.Token()
		if err != nil {
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{space: t.Name.Space, local: t.Name.Local, line: at.of(offset), attrs: t.Copy().Attr}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			}
			open = append(open, e)
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			}
		case xml.EndElement:
			if len(open) == 1 {
				return open[0]
			}
			open = open[:len(open)-1]
		}
	}
}

// lines counts lines on the way down a document.
type lines struct {
	doc  []byte
	done int
	line int
}

func (l *lines) of(offset int64) int {
	to := min(int(offset), len(l.doc))
	if to < l.done {
		return 1 + bytes.Count(l.doc[:to], []byte("\n"))
	}
	l.line += bytes.Count(l.doc[l.done:to], []byte("\n"))
	l.done = to
	return l.line
}

func (e *element) is(space, local string) bool { return e.space == space && e.local == local }

func (e *element) all(space, local string) []*element {
	var found []*element
	for _, c := range e.children {
		if c.is(space, local) {
			found = append(found, c)
		}
	}
	return found
}

func (e *element) first(space, local string) *element {
	for _, c := range e.children {
		if c.is(space, local) {
			return c
		}
	}
	return nil
}

// below returns every element of this name under e, however deep.
func (e *element) below(space, local string) []*element {
	var found []*element
	for _, c := range e.children {
		if c.is(space, local) {
			found = append(found, c)
		}
		found = append(found, c.below(space, local)...)
	}
	return found
}

func (e *element) attr(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

func (e *element) language() string {
	for _, a := range e.attrs {
		if a.Name.Local == "lang" && (a.Name.Space == "xml" || a.Name.Space == "http://www.w3.org/XML/1998/namespace") {
			return strings.ToLower(a.Value)
		}
	}
	return ""
}
