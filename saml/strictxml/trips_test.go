package strictxml_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/beevik/etree"
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
	if passes {
		wantSameTree(t, doc, limits)
	}
}

// wantSameTree wants the gate to read what the library reads by itself.
func wantSameTree(t testing.TB, doc []byte, limits strictxml.Limits) {
	t.Helper()
	root, err := strictxml.Read(doc, limits)
	if err != nil {
		t.Fatalf("passes, but can't be read: %v", err)
	}
	alone := etree.NewDocument()
	if err := alone.ReadFromBytes(doc); err != nil {
		t.Fatalf("the library can't read it: %v", err)
	}
	if got, want := written(t, root), written(t, alone.Root()); got != want {
		t.Errorf("read as %.300q, by the library as %.300q", got, want)
	}
}

func written(t testing.TB, root *etree.Element) string {
	t.Helper()
	d := etree.NewDocument()
	d.SetRoot(root.Copy())
	text, err := d.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
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
