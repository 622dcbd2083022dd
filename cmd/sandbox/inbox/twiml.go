package inbox

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// verb is one instruction of a TwiML document.
type verb struct {
	Name  string
	Text  string
	Attr  map[string]string
	Inner []verb
}

// number reads a whole-number attribute.
func (v verb) number(name string, otherwise int) int {
	n, err := strconv.Atoi(v.Attr[name])
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

// allowedIn says which verbs may stand where.
var allowedIn = map[string]string{
	"Response": "Say Play Pause Gather Redirect Hangup Reject",
	"Gather":   "Say Play Pause",
}

// parseTwiML reads the instructions of a document. It refuses what it cannot
// carry out, so that a mistake shows instead of passing in silence.
func parseTwiML(data []byte) ([]verb, error) {
	var root node
	if err := xml.NewDecoder(bytes.NewReader(data)).Decode(&root); err != nil {
		return nil, fmt.Errorf("not XML: %w", err)
	}
	if root.XMLName.Local != "Response" {
		return nil, fmt.Errorf("the document is a %s, not a Response", root.XMLName.Local)
	}
	return verbsOf(root)
}

func verbsOf(parent node) ([]verb, error) {
	if strings.TrimSpace(parent.Text) != "" {
		return nil, fmt.Errorf("text between the verbs of %s", parent.XMLName.Local)
	}
	var verbs []verb
	for _, n := range parent.Nodes {
		name := n.XMLName.Local
		if !strings.Contains(" "+allowedIn[parent.XMLName.Local]+" ", " "+name+" ") {
			return nil, fmt.Errorf("%s is not allowed in %s", name, parent.XMLName.Local)
		}
		v := verb{Name: name, Attr: map[string]string{}}
		for _, a := range n.Attrs {
			v.Attr[a.Name.Local] = a.Value
		}
		if name == "Gather" {
			inner, err := verbsOf(n)
			if err != nil {
				return nil, err
			}
			v.Inner = inner
		} else {
			if len(n.Nodes) > 0 {
				return nil, errors.New("markup inside " + name)
			}
			v.Text = strings.Join(strings.Fields(n.Text), " ")
		}
		verbs = append(verbs, v)
	}
	return verbs, nil
}
