package saml

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

// node reads one element by full names: an element counts only in its own
// namespace, an attribute only without a prefix. The first fault sticks, so
// that a reader can ask for everything and look at err once.
type node struct {
	el  *etree.Element
	err *error
}

func nodeOf(el *etree.Element) node { return node{el: el, err: new(error)} }

func (n node) fail(format string, args ...any) {
	if *n.err == nil {
		*n.err = refuse(Malformed, format, args...)
	}
}

func (n node) is(space, local string) bool {
	return n.el != nil && n.el.Tag == local && n.el.NamespaceURI() == space
}

// all returns the children of that name.
func (n node) all(space, local string) []node {
	if n.el == nil {
		return nil
	}
	var found []node
	for _, child := range n.el.ChildElements() {
		if child.Tag == local && child.NamespaceURI() == space {
			found = append(found, node{el: child, err: n.err})
		}
	}
	return found
}

// child returns the only child of that name; its ok reports whether it exists.
func (n node) child(space, local string) (node, bool) {
	found := n.all(space, local)
	if len(found) > 1 {
		n.fail("%d %s in %s", len(found), local, n.el.Tag)
	}
	if len(found) == 0 {
		return node{err: n.err}, false
	}
	return found[0], true
}

// attr returns an attribute without a prefix, "" when absent.
func (n node) attr(name string) string {
	value, _ := n.lookup(name)
	return value
}

func (n node) lookup(name string) (string, bool) {
	if n.el == nil {
		return "", false
	}
	for _, a := range n.el.Attr {
		if a.Space == "" && a.Key == name {
			return a.Value, true
		}
	}
	return "", false
}

func (n node) flag(name string) bool {
	switch n.attr(name) {
	case "", "false", "0":
		return false
	case "true", "1":
		return true
	default:
		n.fail("%s is neither true nor false", name)
		return false
	}
}

// time returns an attribute as a time, zero when absent.
func (n node) time(name string) time.Time {
	value, ok := n.lookup(name)
	if !ok {
		return time.Time{}
	}
	t, err := parseTime(value)
	if err != nil {
		n.fail("%s is not a time", name)
	}
	return t
}

// text returns the text of an element that holds nothing else.
func (n node) text() string {
	if n.el == nil {
		return ""
	}
	var b strings.Builder
	for _, token := range n.el.Child {
		switch t := token.(type) {
		case *etree.CharData:
			b.WriteString(t.Data)
		case *etree.Element:
			n.fail("%s holds elements", n.el.Tag)
		}
	}
	return b.String()
}

// uri returns the text of an element of type anyURI, whose surrounding
// whitespace the schema collapses.
func (n node) uri() string { return strings.TrimSpace(n.text()) }
