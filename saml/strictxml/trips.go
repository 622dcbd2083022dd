package strictxml

import (
	"encoding/xml"
	"strings"

	validator "github.com/mattermost/xml-roundtrip-validator"
)

// survives reports whether a token reads the same after encoding/xml has
// written it again. Tokens made of ordinary names do, and are not tried: trying
// costs ten times more than the rest of the gate. That they do is held against
// the validator by tests.
func survives(token xml.Token) bool {
	switch t := token.(type) {
	case xml.CharData:
		if len(t) > 0 {
			return true
		}
	case xml.StartElement:
		if ordinary(t.Name) && !extraordinary(t.Attr) {
			return true
		}
	case xml.EndElement:
		if ordinary(t.Name) {
			return true
		}
	}
	return validator.CheckToken(token) == nil
}

func extraordinary(attrs []xml.Attr) bool {
	for _, a := range attrs {
		if _, declaration := declares(a.Name); declaration {
			if a.Name.Space != "" && !plain(a.Name.Local) {
				return true
			}
		} else if !ordinary(a.Name) {
			return true
		}
	}
	return false
}

// ordinary accepts the names the decoder and the encoder have no opinion of
// their own about: ASCII, and a prefix that neither could have made up.
func ordinary(name xml.Name) bool {
	return plain(name.Local) && (name.Space == "" || plain(name.Space))
}

func plain(s string) bool {
	if s == "" || s[0] == '_' || len(s) >= 3 && strings.EqualFold(s[:3], "xml") {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}
