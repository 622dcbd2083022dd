package recipe_test

import (
	"crypto/x509"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"oneid/app/internal/recipe"
	"oneid/saml/samltest"
)

func values() recipe.Values {
	return recipe.Values{
		EntityID: "https://oneid.example.ca/saml/metadata", SSO: "https://oneid.example.ca/saml/sso", SLO: "https://oneid.example.ca/saml/slo",
		Metadata:     "https://oneid.example.ca/saml/metadata/0123456789abcdef0123456789abcdef",
		Certificates: []*x509.Certificate{samltest.ProductKey().Certificate, samltest.StrangerKey().Certificate},
		Service:      `https://viewer.example/?a=1&b="'<x>\`, Reply: "https://viewer.example/acs", Host: "viewer.example",
		Attributes: []recipe.Attribute{{Name: "urn:ehealth:names:idm:attribute:RID", Short: "RID"}, {Name: `odd"'<&\name`, Short: "odd"}},
		Persistent: true,
	}
}

func TestEveryRecipeHoldsOurLiveValues(t *testing.T) {
	t.Parallel()
	list, err := recipe.All(values())
	if err != nil || len(list) != 6 {
		t.Fatalf("%d recipes, %v", len(list), err)
	}
	for _, r := range list {
		if strings.Contains(r.Text, "{{") || strings.Contains(r.Text, "<no value>") {
			t.Errorf("%s has holes:\n%s", r.Product, r.Text)
		}
		if r.File == "attribute-map.xml" {
			continue
		}
		if !strings.Contains(r.Text, values().Metadata) {
			t.Errorf("%s does not say where our metadata is", r.Product)
		}
	}
}

// TestRecipesReadAsTheirProductsReadThem writes each with names that would break
// it, and has it read: by an XML reader, by PHP and by Node where they are here.
func TestRecipesReadAsTheirProductsReadThem(t *testing.T) {
	t.Parallel()
	list, err := recipe.All(values())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, r := range list {
		path := filepath.Join(folder, r.File)
		if err := os.WriteFile(path, []byte(r.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(r.File) {
		case ".xml":
			wellFormed(t, r.Text)
		case ".php":
			judge(t, "php", "-l", path)
		case ".mjs":
			judge(t, "node", "--check", path)
		}
	}
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			return
		}
	}
}

func judge(t *testing.T, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Logf("no %s here: not judged by it", program)
		return
	}
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", program, err, out)
	}
}
