package recipe

import (
	"bytes"
	"crypto/x509"
	"embed"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"text/template"
)

// Values are what goes into a recipe.
type Values struct {
	// Ours.
	EntityID, SSO, SLO, Metadata string
	Certificates                 []*x509.Certificate // that sign, the current one first
	// The service's own.
	Service, Reply, Logout, Host, Home string
	Attributes                         []Attribute
	Persistent                         bool // it knows people by a lasting name
}

// Attribute is one that the service receives, and a short name for it.
type Attribute struct{ Name, Short string }

// Recipe is one product's configuration.
type Recipe struct {
	Product string // its name
	File    string // what the text is saved as
	Text    string
}

//go:embed text/*
var texts embed.FS

// products are those there is a recipe for, in the order in which they are shown.
var products = []struct{ id, name, file string }{
	{"shibboleth", "Shibboleth SP (mod_shib)", "shibboleth2.xml"},
	{"attributes", "Shibboleth SP, attribute-map.xml", "attribute-map.xml"},
	{"mellon", "mod_auth_mellon", "oneid-mellon.conf"},
	{"simplesamlphp", "SimpleSAMLphp", "oneid.php"},
	{"node", "node-saml", "oneid-saml.mjs"},
	{"adfs", "AD FS", "oneid-adfs.ps1"},
}

// All writes every recipe.
func All(v Values) ([]Recipe, error) {
	parsed, err := template.New("").Funcs(template.FuncMap{
		"xml": escapeXML, "php": escapePHP, "js": escapeJS, "ps": escapePS, "conf": escapeConf, "base64": base64Of, "pem": pemOf,
	}).ParseFS(texts, "text/*")
	if err != nil {
		return nil, fmt.Errorf("read recipes: %w", err)
	}
	var list []Recipe
	for _, p := range products {
		var b bytes.Buffer
		if err := parsed.ExecuteTemplate(&b, p.id+".tmpl", v); err != nil {
			return nil, fmt.Errorf("write recipe %s: %w", p.id, err)
		}
		list = append(list, Recipe{Product: p.name, File: p.file, Text: b.String()})
	}
	return list, nil
}

func escapeXML(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// escapePHP writes the inside of a string in single quotes.
func escapePHP(s string) string {
	return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s)
}

func escapeJS(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

// escapePS writes a PowerShell string in single quotes.
func escapePS(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// escapeConf writes an Apache argument in double quotes.
func escapeConf(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func base64Of(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }

func pemOf(c *x509.Certificate) string {
	var b strings.Builder
	b.WriteString("-----BEGIN CERTIFICATE-----\n")
	for text := base64Of(c); text != ""; {
		n := min(64, len(text))
		b.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	b.WriteString("-----END CERTIFICATE-----")
	return b.String()
}
