package strictxml_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	validator "github.com/mattermost/xml-roundtrip-validator"

	"oneid/saml/strictxml"
)

// The gate leaves ordinary tokens untried; these tests try them all.

func wantSurvivor(t testing.TB, doc []byte, limits strictxml.Limits) {
	t.Helper()
	passes := strictxml.Check(doc, limits) == nil
	if err := validator.Validate(bytes.NewReader(doc)); err != nil && passes {
		t.Errorf("passes, though %v: %.300q", err, doc)
	}
}

func TestWhatPassesTheGateSurvivesATripHoweverItIsNamed(t *testing.T) {
	t.Parallel()
	const rounds = 5_000
	chance := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[chance.IntN(len(list))] }
	local := func() string {
		return pick("a", "b", "ID", "xmlns", "_a", "_xmlns", "xml", "XMLa", "é", "a.b", "a-", "_", "xmlns_1")
	}
	passed := 0
	for range rounds {
		var attrs strings.Builder
		for range chance.IntN(5) {
			name := local()
			if chance.IntN(2) == 0 {
				name = pick("a", "b", "xmlns", "_xmlns", "xml", "_", "xmlns_1", "é", "urn", "_xml", "a_1") + ":" + name
			}
			fmt.Fprintf(&attrs, " %s='%s'", name, pick("urn:a", "urn:b", "a", "xmlns", "urn:xmlns", "urn:x/xmlns", "é", "&#13;", "http://www.w3.org/XML/1998/namespace", "a\r\nb\tc", "&lt;'"[:4]))
		}
		name := local()
		if chance.IntN(2) == 0 {
			name = pick("a", "b", "_xmlns", "_", "xmlns", "xml", "é", "urn") + ":" + name
		}
		inner := pick("", "x", "\r\n", " &#xD; ", "]]&gt;", "&#x10FFFD;", "é", "&amp;amp;", "<i/>", "<i>\t</i>")
		doc := fmt.Appendf(nil, "<r xmlns:a='urn:ra' xmlns:b='urn:rb'><%s%s>%s</%s></r>", name, attrs.String(), inner, name)
		wantSurvivor(t, doc, strictxml.Message())
		if strictxml.Check(doc, strictxml.Message()) == nil {
			passed++
		}
	}
	if passed < rounds/50 {
		t.Errorf("only %d of %d documents passed: the test tries too little", passed, rounds)
	}
}

func FuzzTrips(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`<?xml version="1.0"?><a xmlns="urn:a" xmlns:b="urn:b" b:c="d">` + "\r\n" + `<b:e xml:lang="fr">&#13;é</b:e></a>`))
	f.Add([]byte(`<!-- a --><_x xmlns:_="urn:x" _:y="z"/>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		wantSurvivor(t, doc, strictxml.Message())
		wantSurvivor(t, doc, strictxml.Metadata())
	})
}
