package samltest

import (
	"crypto/x509"
	"embed"
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"oneid/saml"
)

//go:embed schemas
var schemaFiles embed.FS

// The OASIS schemas Schema can judge by.
const (
	ProtocolSchema = "saml-schema-protocol-2.0.xsd"
	MetadataSchema = "saml-schema-metadata-2.0.xsd"
)

// Schema fails the test unless xmllint finds the document valid by an OASIS
// schema. It needs the Debian package libxml2-utils.
func Schema(t testing.TB, schema string, doc []byte) {
	t.Helper()
	xmllint := tool(t, "xmllint", "libxml2-utils")
	dir := t.TempDir()
	files, err := schemaFiles.ReadDir("schemas")
	must(err)
	for _, f := range files {
		data, err := schemaFiles.ReadFile("schemas/" + f.Name())
		must(err)
		must(os.WriteFile(filepath.Join(dir, f.Name()), data, 0o600))
	}
	message := filepath.Join(dir, "message.xml")
	must(os.WriteFile(message, doc, 0o600))
	cmd := exec.Command(xmllint, "--nonet", "--noout", "--schema", filepath.Join(dir, schema), message)
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(dir, "catalog.xml"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("xmllint finds the document invalid: %v\n%s", err, out)
	}
}

// Xmlsec1 fails the test unless xmlsec1 accepts the signature of the element
// with that local name ("Response", "Assertion", "AuthnRequest") by the
// certificate's key. It needs the Debian package xmlsec1.
func Xmlsec1(t testing.TB, doc []byte, element string, cert *x509.Certificate) {
	t.Helper()
	xmlsec1 := tool(t, "xmlsec1", "xmlsec1")
	dir := t.TempDir()
	message, pem := filepath.Join(dir, "message.xml"), filepath.Join(dir, "cert.pem")
	must(os.WriteFile(message, doc, 0o600))
	must(os.WriteFile(pem, saml.EncodeCertificate(cert), 0o600))
	out, err := exec.Command(xmlsec1, "--verify", "--pubkey-cert-pem", pem, "--enabled-key-data", "x509,rsa,ec",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:LogoutResponse",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor",
		"--node-xpath", "//*[local-name()='"+element+"']/*[local-name()='Signature']", message).CombinedOutput()
	if err != nil {
		t.Errorf("xmlsec1 refuses the signature of %s: %v\n%s", element, err, out)
	}
}

// Xmlsec1Sign lets xmlsec1 fill in the signature template of a document, so
// that we verify what another product made.
func Xmlsec1Sign(t testing.TB, template []byte, key saml.SigningKey) []byte {
	t.Helper()
	xmlsec1 := tool(t, "xmlsec1", "xmlsec1")
	dir := t.TempDir()
	in, out, pem := filepath.Join(dir, "in.xml"), filepath.Join(dir, "out.xml"), filepath.Join(dir, "key.pem")
	data, err := key.EncodePEM()
	must(err)
	must(os.WriteFile(in, template, 0o600))
	must(os.WriteFile(pem, data, 0o600))
	said, err := exec.Command(xmlsec1, "--sign", "--privkey-pem", pem, "--output", out,
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response", in).CombinedOutput()
	if err != nil {
		t.Fatalf("xmlsec1 does not sign: %v\n%s", err, said)
	}
	signed, err := os.ReadFile(out)
	must(err)
	return signed
}

// OpensslQuery fails the test unless openssl accepts the signature of a query
// string by the certificate's RSA key, over the octets that stand before it. It
// needs the Debian package openssl.
func OpensslQuery(t testing.TB, rawQuery string, cert *x509.Certificate) {
	t.Helper()
	openssl := tool(t, "openssl", "openssl")
	octets, value, _ := strings.Cut(rawQuery, "&Signature=")
	value, err := url.QueryUnescape(value)
	must(err)
	signature, err := base64.StdEncoding.DecodeString(value)
	must(err)
	public, err := x509.MarshalPKIXPublicKey(cert.PublicKey)
	must(err)
	dir := t.TempDir()
	key, signed, sig := filepath.Join(dir, "key.pem"), filepath.Join(dir, "octets"), filepath.Join(dir, "signature")
	must(os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), 0o600))
	must(os.WriteFile(signed, []byte(octets), 0o600))
	must(os.WriteFile(sig, signature, 0o600))
	if out, err := exec.Command(openssl, "dgst", "-sha256", "-verify", key, "-signature", sig, signed).CombinedOutput(); err != nil {
		t.Errorf("openssl refuses the signature of the query: %v\n%s", err, out)
	}
}

func tool(t testing.TB, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed as an independent judge: install the Debian package %s", name, pkg)
	}
	return path
}
