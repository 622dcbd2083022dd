package saml_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	productSSO = "https://oneid.example/saml/sso"
	productIDP = "https://oneid.example/saml/metadata"
	productSP  = "https://oneid.example/college/metadata"
	productACS = "https://oneid.example/college/cpso/acs"
	viewerID   = "https://viewer.example/saml"
	viewerACS  = "https://viewer.example/saml/acs"
	requestID  = "_0123456789abcdef0123456789abcdef"
)

// noon is when everything in these tests happens, unless a test moves it.
func noon() time.Time { return time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC) }

func theIDP() saml.IDP {
	return saml.IDP{EntityID: productIDP, SSOURL: productSSO, Key: samltest.ProductKey(), Now: noon}
}

func theSP() saml.SP {
	return saml.SP{EntityID: productSP, ACSURL: productACS, Key: samltest.ProductKey(), Now: noon}
}

func aViewer() samltest.Viewer { return samltest.NewViewer(viewerID, viewerACS, noon) }

func aCollege() samltest.College {
	return samltest.NewCollege("https://portal.example/idp", "https://portal.example/sso", noon)
}

// honest is an answer the product accepts.
func honest() samltest.Answer {
	return samltest.Answer{
		InResponseTo: requestID, ACSURL: productACS, Audience: productSP,
		Attributes: map[string][]string{
			"urn:oneid:college:attribute:number":   {"12345"},
			"urn:oneid:college:attribute:lastName": {"O’Brien-Tremblay & fils"},
		},
	}
}

func accept(t *testing.T, response string) (*saml.Evidence, error) {
	t.Helper()
	return theSP().Accept(response, aCollege().IdentityProvider(), saml.Expect{RequestID: requestID})
}

func wantCode(t *testing.T, err error, want ...saml.Code) {
	t.Helper()
	got := saml.CodeOf(err)
	for _, w := range want {
		if got == w {
			return
		}
	}
	t.Errorf("refused with %q (%v), want %q", got, err, want)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs from the golden file.\ngot:  %s\nwant: %s", name, got, want)
	}
}

func set(name, value string) func(*etree.Element) {
	return func(el *etree.Element) { el.CreateAttr(name, value) }
}

func drop(name string) func(*etree.Element) {
	return func(el *etree.Element) { el.RemoveAttr(name) }
}

func dropChild(path string) func(*etree.Element) {
	return func(el *etree.Element) {
		child := el.FindElement(path)
		child.Parent().RemoveChild(child)
	}
}

func at(path string, edit func(*etree.Element)) func(*etree.Element) {
	return func(el *etree.Element) { edit(el.FindElement(path)) }
}

func text(value string) func(*etree.Element) {
	return func(el *etree.Element) { el.SetText(value) }
}
