package saml_test

import (
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
)

// group is a federation's document with two services and a college, which ends
// in a week.
func group() []byte {
	other := strings.NewReplacer(viewerID, "https://other.example/saml", viewerACS, "https://other.example/acs").Replace(string(aViewer().Metadata()))
	viewer := strings.Replace(string(aViewer().Metadata()), ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, "", 1)
	return []byte(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ID="_federation" validUntil="` +
		noon().Add(7*24*time.Hour).Format(time.RFC3339) + `">` + string(aCollege().Metadata()) + `<md:EntitiesDescriptor>` + viewer + `</md:EntitiesDescriptor>` + other + `</md:EntitiesDescriptor>`)
}

func signed(doc []byte, key saml.SigningKey, method string) []byte {
	tree := samltest.Tree(doc)
	samltest.SignElement(tree.Root(), key, method)
	return samltest.Bytes(tree)
}

func TestAServiceIsTakenOutOfAGroup(t *testing.T) {
	t.Parallel()
	list, err := saml.ListServices(group())
	if err != nil || len(list) != 2 {
		t.Fatalf("listed %+v, %v", list, err)
	}
	alone, err := saml.ExtractService(group(), viewerID)
	if err != nil {
		t.Fatal(err)
	}
	samltest.Schema(t, samltest.MetadataSchema, alone)
	s, err := saml.ReadServiceProvider(alone, noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, alone)
	}
	if s.EntityID != viewerID || len(s.SigningCertificates) != 1 || !s.ValidUntil.Equal(noon().Add(7*24*time.Hour)) {
		t.Errorf("got %+v", s)
	}
	if _, err := saml.ExtractService(group(), "https://nobody.example"); saml.CodeOf(err) != saml.MetadataRole {
		t.Errorf("somebody who is not there: %v", err)
	}
	one := aViewer().Metadata()
	if same, err := saml.ExtractService(one, viewerID); err != nil || string(same) != string(one) {
		t.Errorf("a document of one service came back changed: %v", err)
	}
	for _, hostile := range []string{"", "<x", "<!DOCTYPE x []><x/>", `<x xmlns="urn:x"/>`} {
		if list, err := saml.ListServices([]byte(hostile)); len(list) > 0 {
			t.Errorf("%q lists %v, %v", hostile, list, err)
		}
	}
}

func TestMetadataIsTrustedForTheKeyThatSignedIt(t *testing.T) {
	t.Parallel()
	key := samltest.CollegeKey()
	pin := saml.Fingerprint(key.Certificate)
	doc := signed(group(), key, "")
	got, err := saml.VerifyMetadata(doc, strings.ToUpper(pin))
	if err != nil || got.Fingerprint != pin {
		t.Fatalf("got %+v, %v", got, err)
	}
	if signed, offered := saml.MetadataSigned(doc); !signed || len(offered) != 1 || offered[0] != pin {
		t.Errorf("offered %v", offered)
	}
	if list, err := saml.ListServices(got.Doc); err != nil || len(list) != 2 || strings.Contains(string(got.Doc), "SignatureValue") {
		t.Errorf("what was signed lists %v, %v", list, err)
	}
	tampered := []byte(strings.Replace(string(doc), viewerACS, "https://evil.example/acs", 1))
	stranger := saml.Fingerprint(samltest.StrangerKey().Certificate)
	wrapped := []byte(strings.Replace(string(doc), "<md:EntitiesDescriptor ", `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:EntitiesDescriptor `, 1) + "</md:EntitiesDescriptor>")
	for name, c := range map[string]struct {
		doc  []byte
		pin  string
		want saml.Code
	}{
		"not signed":           {group(), pin, saml.NotSigned},
		"a changed address":    {tampered, pin, saml.BadSignature},
		"another signer":       {signed(group(), samltest.StrangerKey(), ""), pin, saml.NoKey},
		"another pin":          {doc, stranger, saml.NoKey},
		"no pin":               {doc, "", saml.NoKey},
		"SHA-1":                {signed(group(), key, samltest.SHA1), pin, saml.UnknownAlgorithm},
		"wrapped":              {wrapped, pin, saml.NotSigned},
		"no metadata":          {[]byte("<x"), pin, "xml_malformed"},
		"two megabytes of air": {[]byte(strings.Repeat(" ", 2<<20)), pin, "xml_too_large"},
	} {
		if _, err := saml.VerifyMetadata(c.doc, c.pin); saml.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
