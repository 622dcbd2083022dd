package strictxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check lets a document pass or returns the *Violation of the first rule it
// breaks. It allocates little and stops at the first fault, so that it may
// stand in front of anyone's input.
func Check(doc []byte, limits Limits) error { return check(doc, limits, nil) }

func check(doc []byte, limits Limits, tree *builder) error {
	if len(doc) > limits.Bytes {
		return &Violation{Code: TooLarge, Detail: fmt.Sprintf("%d bytes, at most %d", len(doc), limits.Bytes)}
	}
	if !utf8.Valid(doc) || bytes.HasPrefix(doc, []byte("\ufeff")) {
		return &Violation{Code: NotUTF8, Detail: "not plain UTF-8"}
	}
	if at := lonelySurrogate(doc); at >= 0 {
		return &Violation{Code: Malformed, Detail: "half a character by its number", Offset: int64(at)}
	}
	w := &walk{
		doc: doc, limits: limits,
		ids:      map[string]bool{},
		prefixes: map[string]string{"xml": xmlNS},
		tree:     tree,
	}
	if err := w.run(); err != nil {
		return err
	}
	return w.trips
}

// element is one open element of the walk.
type element struct {
	space, local string
	raw          xml.Name
	scope        map[string]string // prefix to namespace; shared with the parent unless it declares one
	singles      map[xml.Name]bool
}

type walk struct {
	doc      []byte
	limits   Limits
	open     []element
	elements int
	closed   bool // the root has ended
	ids      map[string]bool
	prefixes map[string]string // every prefix of the document has one meaning
	tree     *builder          // nil for a mere check
	seen     []xml.Name        // attributes of the element looked at
	at       int64
	trips    error // the first token that does not survive; every other rule goes first
}

func (w *walk) refuse(code Code, format string, args ...any) error {
	return &Violation{Code: code, Detail: fmt.Sprintf(format, args...), Offset: w.at}
}

func (w *walk) run() error {
	decoder := xml.NewDecoder(bytes.NewReader(w.doc))
	// Without a charset reader the decoder refuses any declared encoding but UTF-8.
	decoder.Entity = map[string]string{}
	for {
		w.at = decoder.InputOffset()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return w.unreadable(err)
		}
		if err := w.token(token); err != nil {
			return err
		}
		if w.trips == nil && !survives(token) {
			w.trips = w.refuse(DoesNotSurviveTrips, "reads differently when written again")
		}
		if w.tree != nil {
			w.tree.add(token)
		}
	}
	if !w.closed {
		return w.refuse(Malformed, "the document has no end")
	}
	return nil
}

func (w *walk) unreadable(err error) error {
	if strings.Contains(err.Error(), "encoding") {
		return w.refuse(NotUTF8, "declares another encoding than UTF-8")
	}
	return w.refuse(Malformed, "not well-formed")
}

func (w *walk) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return w.start(t)
	case xml.EndElement:
		return w.end(t)
	case xml.CharData:
		if bytes.HasPrefix(w.doc[w.at:], []byte("<![CDATA[")) {
			return w.refuse(CDATA, "CDATA section")
		}
		if len(w.open) == 0 && len(bytes.TrimSpace(t)) > 0 {
			return w.refuse(Malformed, "text outside the root element")
		}
	case xml.Comment:
		if !w.limits.Comments {
			return w.refuse(Comment, "comment")
		}
	case xml.Directive:
		return w.refuse(DTD, "document type declaration")
	case xml.ProcInst:
		if t.Target != "xml" || w.at != 0 {
			return w.refuse(Instruction, "processing instruction")
		}
		if v := bytes.Fields(t.Inst); len(v) == 0 || !bytes.HasPrefix(v[0], []byte("version=")) || !bytes.Contains(v[0], []byte("1.0")) {
			return w.refuse(Malformed, "not XML 1.0")
		}
	}
	return nil
}

func (w *walk) start(t xml.StartElement) error {
	if w.closed {
		return w.refuse(Malformed, "more than one root element")
	}
	if w.elements++; w.elements > w.limits.Elements {
		return w.refuse(TooManyElements, "more than %d elements", w.limits.Elements)
	}
	if len(w.open) >= w.limits.Depth {
		return w.refuse(TooDeep, "deeper than %d", w.limits.Depth)
	}
	if len(t.Attr) > w.limits.Attributes {
		return w.refuse(TooManyAttributes, "an element with %d attributes, at most %d", len(t.Attr), w.limits.Attributes)
	}
	scope, err := w.declare(t.Attr)
	if err != nil {
		return err
	}
	space, err := w.resolve(scope, t.Name)
	if err != nil {
		return err
	}
	if err := w.attributes(scope, t.Attr); err != nil {
		return err
	}
	if err := w.place(space, t.Name.Local); err != nil {
		return err
	}
	w.open = append(w.open, element{space: space, local: t.Name.Local, raw: t.Name, scope: scope})
	return nil
}

// place checks an element's name against its namespace and its siblings.
func (w *walk) place(space, local string) error {
	if homes := homeOf(local); homes != nil && !contains(homes, space) {
		return w.refuse(ForeignElement, "%s in namespace %q", local, space)
	}
	if len(w.open) == 0 || !singleton(space, local) {
		return nil
	}
	parent := &w.open[len(w.open)-1]
	if manyAllowed(parent.space, parent.local, local) {
		return nil
	}
	name := xml.Name{Space: space, Local: local}
	if parent.singles[name] {
		return w.refuse(DuplicateSingleton, "second %s in %s", local, parent.local)
	}
	if parent.singles == nil {
		parent.singles = map[xml.Name]bool{}
	}
	parent.singles[name] = true
	return nil
}

func (w *walk) end(t xml.EndElement) error {
	if len(w.open) == 0 || w.open[len(w.open)-1].raw != t.Name {
		return w.refuse(Malformed, "an end tag without its start")
	}
	w.open = w.open[:len(w.open)-1]
	w.closed = len(w.open) == 0
	return nil
}

// declare returns the namespace scope of an element from its attributes. The
// default namespace may change on the way down, as many products do; a prefix
// may not, anywhere in the document.
func (w *walk) declare(attrs []xml.Attr) (map[string]string, error) {
	var scope map[string]string
	if n := len(w.open); n > 0 {
		scope = w.open[n-1].scope
	}
	owned := false
	for _, a := range attrs {
		prefix, isDeclaration := declares(a.Name)
		if !isDeclaration {
			continue
		}
		if !absolute(a.Value) {
			return nil, w.refuse(BadNamespace, "namespace %q is not absolute", a.Value)
		}
		if prefix == "xmlns" || (prefix == "xml") != (a.Value == xmlNS) || a.Value == xmlnsNS {
			return nil, w.refuse(BadNamespace, "a reserved namespace is redeclared")
		}
		if prefix != "" {
			if before, ok := w.prefixes[prefix]; ok && before != a.Value {
				return nil, w.refuse(PrefixRedeclared, "prefix %s has two meanings", prefix)
			}
			w.prefixes[prefix] = a.Value
		}
		if !owned {
			scope, owned = copyScope(scope), true
		}
		scope[prefix] = a.Value
	}
	return scope, nil
}

// attributes checks every attribute's name and uniqueness, and every ID.
func (w *walk) attributes(scope map[string]string, attrs []xml.Attr) error {
	w.seen = w.seen[:0]
	for _, a := range attrs {
		name := a.Name
		if prefix, ok := declares(a.Name); ok {
			name = xml.Name{Space: xmlnsNS, Local: prefix}
		} else if a.Name.Space != "" {
			space, err := w.resolve(scope, a.Name)
			if err != nil {
				return err
			}
			if samlAttribute(a.Name.Local) {
				return w.refuse(AttributePollution, "attribute %s:%s", a.Name.Space, a.Name.Local)
			}
			name.Space = space
		} else if strings.Contains(a.Name.Local, ":") {
			return w.refuse(Malformed, "attribute name %q", a.Name.Local)
		}
		if slices.Contains(w.seen, name) { // there are few: see Limits
			return w.refuse(DuplicateAttribute, "attribute %s twice", a.Name.Local)
		}
		w.seen = append(w.seen, name)
		if a.Name.Space == "" && strings.EqualFold(a.Name.Local, "id") {
			if w.ids[a.Value] {
				return w.refuse(DuplicateID, "an ID occurs twice")
			}
			w.ids[a.Value] = true
		}
	}
	return nil
}

// resolve returns the namespace of a name; an element without a prefix takes
// the default one, which may be none.
func (w *walk) resolve(scope map[string]string, name xml.Name) (string, error) {
	if strings.Contains(name.Local, ":") || name.Space == "xmlns" {
		return "", w.refuse(Malformed, "name %q", name.Local)
	}
	if name.Space == "xml" {
		return xmlNS, nil
	}
	space, ok := scope[name.Space]
	if !ok && name.Space != "" {
		return "", w.refuse(PrefixUndeclared, "prefix %s is not declared", name.Space)
	}
	return space, nil
}

// declares returns the prefix a namespace declaration binds, "" for the default.
func declares(name xml.Name) (prefix string, ok bool) {
	switch {
	case name.Space == "xmlns":
		return name.Local, true
	case name.Space == "" && name.Local == "xmlns":
		return "", true
	default:
		return "", false
	}
}

func copyScope(scope map[string]string) map[string]string {
	next := make(map[string]string, len(scope)+1)
	for prefix, uri := range scope {
		next[prefix] = uri
	}
	return next
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
