package strictxml_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"oneid/saml/strictxml"
)

const (
	ns   = `xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"`
	good = `<samlp:AuthnRequest ` + ns + ` ID="_a"><saml:Issuer>x</saml:Issuer></samlp:AuthnRequest>`
)

func code(err error) strictxml.Code {
	var v *strictxml.Violation
	if errors.As(err, &v) {
		return v.Code
	}
	return ""
}

func request(inner string) string {
	return `<samlp:AuthnRequest ` + ns + ` ID="_a">` + inner + `</samlp:AuthnRequest>`
}

func TestEachRuleHasItsOwnCode(t *testing.T) {
	t.Parallel()
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	for name, c := range map[string]struct {
		doc  string
		want strictxml.Code
	}{
		"a plain request":                  {good, ""},
		"an XML declaration":               {`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + good, ""},
		"a lower-case encoding":            {`<?xml version="1.0" encoding="utf-8"?>` + good, ""},
		"too large":                        {good + many(" ", 300<<10), strictxml.TooLarge},
		"Latin-1 bytes":                    {request("\xe9"), strictxml.NotUTF8},
		"a byte order mark":                {"\ufeff" + good, strictxml.NotUTF8},
		"UTF-16":                           {"\xff\xfe<\x00a\x00/\x00>\x00", strictxml.NotUTF8},
		"Latin-1 declared":                 {`<?xml version="1.0" encoding="ISO-8859-1"?>` + good, strictxml.NotUTF8},
		"UTF-7 declared":                   {`<?xml version="1.0" encoding="UTF-7"?>` + good, strictxml.NotUTF8},
		"XML 1.1":                          {`<?xml version="1.1"?>` + good, strictxml.Malformed},
		"nothing":                          {``, strictxml.Malformed},
		"text only":                        {`hello`, strictxml.Malformed},
		"text before":                      {`hello` + good, strictxml.Malformed},
		"text behind":                      {good + `hello`, strictxml.Malformed},
		"two roots":                        {good + good, strictxml.Malformed},
		"no end":                           {good[:40] + `>`, strictxml.Malformed},
		"crossed tags":                     {request(`<saml:a><saml:b></saml:a></saml:b>`), strictxml.Malformed},
		"the same end under another name":  {`<a:x xmlns:a="urn:a" xmlns:b="urn:a"></b:x>`, strictxml.Malformed},
		"an end first":                     {`</x>`, strictxml.Malformed},
		"an unknown entity":                {request(`&evil;`), strictxml.Malformed},
		"a null":                           {request(`&#0;`), strictxml.Malformed},
		"half a character":                 {request(`&#xD800;`), strictxml.Malformed},
		"the other half":                   {request(`<saml:a b="&#57343;"/>`), strictxml.Malformed},
		"half by many noughts":             {request(`&#x000000D8FF;`), strictxml.Malformed},
		"its neighbours":                   {request(`&#xD7FF;&#xE000;&#x1F600;&#10;`), ""},
		"a colon too many":                 {request(`<a:b:c/>`), strictxml.Malformed},
		"a name that ends in a colon":      {request(`<saml:/>`), strictxml.Malformed},
		"a DTD":                            {`<!DOCTYPE x>` + good, strictxml.DTD},
		"a DTD with an entity":             {`<!DOCTYPE x [<!ENTITY e "v">]>` + good, strictxml.DTD},
		"a DTD inside":                     {request(`<!DOCTYPE x>`), strictxml.DTD},
		"a processing instruction":         {request(`<?php x?>`), strictxml.Instruction},
		"one before the root":              {`<?xml-stylesheet href="x"?>` + good, strictxml.Instruction},
		"a second declaration":             {`<?xml version="1.0"?>` + request(`<?xml version="1.0"?>`), strictxml.Instruction},
		"a comment":                        {request(`<!-- x -->`), strictxml.Comment},
		"a comment behind":                 {good + `<!-- x -->`, strictxml.Comment},
		"CDATA":                            {request(`<saml:Issuer><![CDATA[x]]></saml:Issuer>`), strictxml.CDATA},
		"empty CDATA":                      {request(`<saml:Issuer>x<![CDATA[]]></saml:Issuer>`), strictxml.CDATA},
		"32 levels":                        {request(many(`<saml:a>`, 31) + many(`</saml:a>`, 31)), ""},
		"33 levels":                        {request(many(`<saml:a>`, 32) + many(`</saml:a>`, 32)), strictxml.TooDeep},
		"2,000 elements":                   {request(many(`<saml:a/>`, 1999)), ""},
		"2,001 elements":                   {request(many(`<saml:a/>`, 2000)), strictxml.TooManyElements},
		"65 attributes":                    {request(`<saml:a` + attributes(65) + `/>`), strictxml.TooManyAttributes},
		"64 attributes":                    {request(`<saml:a` + attributes(64) + `/>`), ""},
		"a relative namespace":             {request(`<a xmlns="evil"/>`), strictxml.BadNamespace},
		"a dotted relative namespace":      {request(`<a xmlns:e="../x"/>`), strictxml.BadNamespace},
		"a namespace that is only scheme":  {request(`<a xmlns:e="x:"/>`), strictxml.BadNamespace},
		"an empty default namespace":       {request(`<a xmlns=""/>`), strictxml.BadNamespace},
		"an empty namespace":               {request(`<a xmlns:e=""/>`), strictxml.BadNamespace},
		"a padded namespace":               {request(`<a xmlns:e=" urn:x"/>`), strictxml.BadNamespace},
		"the xml prefix redeclared":        {request(`<a xmlns:xml="urn:x"/>`), strictxml.BadNamespace},
		"the xml namespace renamed":        {request(`<a xmlns:e="http://www.w3.org/XML/1998/namespace"/>`), strictxml.BadNamespace},
		"the xmlns prefix redeclared":      {request(`<a xmlns:xmlns="urn:x"/>`), strictxml.BadNamespace},
		"a prefix redeclared":              {request(`<saml:a xmlns:saml="urn:evil"/>`), strictxml.PrefixRedeclared},
		"a prefix with another meaning":    {request(`<e:a xmlns:e="urn:a"/><e:a xmlns:e="urn:b"/>`), strictxml.PrefixRedeclared},
		"a prefix repeated, same meaning":  {request(`<e:a xmlns:e="urn:a"/><e:a xmlns:e="urn:a"/>`), ""},
		"the default namespace may change": {`<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">x</Issuer></Response>`, ""},
		"an undeclared prefix":             {request(`<e:a/>`), strictxml.PrefixUndeclared},
		"an undeclared attribute prefix":   {request(`<saml:a e:b="c"/>`), strictxml.PrefixUndeclared},
		"a prefix out of its scope":        {request(`<e:a xmlns:e="urn:a"/><e:b/>`), strictxml.PrefixUndeclared},
		"a polluted attribute":             {request(`<saml:a xmlns:e="urn:e" e:AssertionConsumerServiceURL="x"/>`), strictxml.AttributePollution},
		"a polluted ID":                    {request(`<saml:a xmlns:e="urn:e" e:ID="x"/>`), strictxml.AttributePollution},
		"an xml:id":                        {request(`<saml:a xml:id="x"/>`), strictxml.AttributePollution},
		"a language and a type are fine":   {request(`<saml:a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string"/><saml:b xml:lang="fr"/>`), ""},
		"an Issuer of nobody":              {`<AuthnRequest/>`, strictxml.ForeignElement},
		"an Issuer of a stranger":          {request(`<Issuer xmlns="urn:evil"/>`), strictxml.ForeignElement},
		"an Assertion of the protocol":     {request(`<samlp:Assertion/>`), strictxml.ForeignElement},
		"an attribute twice":               {request(`<saml:a b="1" b="2"/>`), strictxml.DuplicateAttribute},
		"an attribute under two prefixes":  {request(`<saml:a xmlns:e="urn:e" xmlns:f="urn:e" e:b="1" f:b="2"/>`), strictxml.DuplicateAttribute},
		"a namespace declared twice":       {request(`<saml:a xmlns:e="urn:e" xmlns:e="urn:e"/>`), strictxml.DuplicateAttribute},
		"an ID twice":                      {request(`<saml:a ID="_a"/>`), strictxml.DuplicateID},
		"an ID as Id":                      {request(`<saml:a Id="_a"/>`), strictxml.DuplicateID},
		"two Issuers":                      {request(`<saml:Issuer/><saml:Issuer/>`), strictxml.DuplicateSingleton},
		"two policies":                     {request(`<samlp:NameIDPolicy/><samlp:NameIDPolicy/>`), strictxml.DuplicateSingleton},
		"two Signatures": {request(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`),
			strictxml.DuplicateSingleton},
		"two classes asked for are fine": {request(`<samlp:RequestedAuthnContext><saml:AuthnContextClassRef/><saml:AuthnContextClassRef/></samlp:RequestedAuthnContext>`), ""},
		"two classes stated": {request(`<saml:AuthnContext><saml:AuthnContextClassRef/><saml:AuthnContextClassRef/></saml:AuthnContext>`),
			strictxml.DuplicateSingleton},
	} {
		if got := code(strictxml.Check([]byte(c.doc), strictxml.Message())); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + strings.Repeat("x", i) + `="1"`)
	}
	return b.String()
}

func TestMetadataMayBeCommentedAndLong(t *testing.T) {
	t.Parallel()
	doc := []byte(`<!-- a --><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><!-- b -->` +
		strings.Repeat(`<md:KeyDescriptor/>`, 5000) + `</md:EntityDescriptor>`)
	if err := strictxml.Check(doc, strictxml.Metadata()); err != nil {
		t.Error(err)
	}
	if got := code(strictxml.Check([]byte(`<!DOCTYPE x>`+string(doc)), strictxml.Metadata())); got != strictxml.DTD {
		t.Errorf("a DTD in metadata: got %q", got)
	}
}

func TestAViolationTellsWhereButNotWhat(t *testing.T) {
	t.Parallel()
	err := strictxml.Check([]byte(request(`<saml:Issuer>secret</saml:Issuer><!-- private -->`)), strictxml.Message())
	var v *strictxml.Violation
	if !errors.As(err, &v) || v.Offset == 0 || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "private") {
		t.Errorf("got %v", err)
	}
}

// The signature wrapper's known holes are closed in these versions
// (CVE-2026-33487, GHSA-qhrp-hfff-vphr), and crewjam alone would pull in older ones.
func TestTheSignatureLibraryIsNewEnough(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, least := range map[string][3]int{
		"github.com/russellhaering/goxmldsig": {1, 6, 1},
		"github.com/beevik/etree":             {1, 7, 0},
	} {
		got, found := version(string(data), module)
		if !found {
			t.Errorf("%s is not in go.mod", module)
		} else if older(got, least) {
			t.Errorf("%s is %v, at least %v is needed", module, got, least)
		}
	}
}

func version(mod, module string) (v [3]int, found bool) {
	for line := range strings.SplitSeq(mod, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != module {
			continue
		}
		at := 0
		for _, r := range strings.TrimPrefix(fields[1], "v") {
			switch {
			case r == '.' && at < 2:
				at++
			case r >= '0' && r <= '9':
				v[at] = 10*v[at] + int(r-'0')
			default:
				return v, true
			}
		}
		return v, true
	}
	return v, false
}

func older(got, least [3]int) bool {
	for i := range got {
		if got[i] != least[i] {
			return got[i] < least[i]
		}
	}
	return false
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`<?xml version="1.0"?><a xmlns="urn:x" b='&#10;'>&lt;</a>`))
	f.Add([]byte(request(`<saml:a xmlns:e="urn:e" e:b="1"/><![CDATA[x]]><!-- y -->`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		err := strictxml.Check(doc, strictxml.Message())
		if err != nil && code(err) == "" {
			t.Errorf("not a violation: %v", err)
		}
		if err == nil && (strings.Contains(string(doc), "<!DOCTYPE") || strings.Contains(string(doc), "<![CDATA[")) {
			t.Errorf("passed: %q", doc)
		}
	})
}
