package samltest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Broken is a service's metadata with something wrong or unwise in it.
type Broken struct {
	Name string
	Doc  []byte
}

// SoundMetadata is metadata that leaves nothing to say, over several lines as
// people write it.
func SoundMetadata(now time.Time) []byte {
	return []byte(fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" validUntil="%s" entityID="https://viewer.example/saml">
  <md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:Extensions>
      <mdui:UIInfo>
        <mdui:DisplayName xml:lang="en">Maple Viewer</mdui:DisplayName>
        <mdui:DisplayName xml:lang="fr">Visualiseur Érable</mdui:DisplayName>
      </mdui:UIInfo>
    </md:Extensions>
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo><ds:X509Data>
        <ds:X509Certificate>%s</ds:X509Certificate>
      </ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>
    <md:KeyDescriptor use="encryption">
      <ds:KeyInfo><ds:X509Data>
        <ds:X509Certificate>%[2]s</ds:X509Certificate>
      </ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://viewer.example/slo"/>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://viewer.example/acs" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
  <md:ContactPerson contactType="technical">
    <md:EmailAddress>mailto:integration@viewer.example</md:EmailAddress>
  </md:ContactPerson>
</md:EntityDescriptor>
`, now.Add(90*24*time.Hour).UTC().Format(time.RFC3339), certificateText(ViewerKey().Certificate.Raw)))
}

func certificateText(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

// BrokenMetadata lists metadata with one fault each, as operators send it.
func BrokenMetadata(now time.Time) []Broken {
	sound := string(SoundMetadata(now))
	edit := func(pairs ...string) []byte { return []byte(strings.NewReplacer(pairs...).Replace(sound)) }
	one := func(from, to string) []byte { return []byte(strings.Replace(sound, from, to, 1)) }
	acs := func(location string) []byte { return edit("https://viewer.example/acs", location) }
	until := func(t time.Time) []byte {
		return edit(now.Add(90*24*time.Hour).UTC().Format(time.RFC3339), t.UTC().Format(time.RFC3339))
	}
	cert := certificateText(ViewerKey().Certificate.Raw)
	certified := func(der []byte) []byte { return edit(cert, certificateText(der)) }
	reply := `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://viewer.example/acs" index="0" isDefault="true"/>`
	encryption := sound[strings.Index(sound, `    <md:KeyDescriptor use="encryption">`):strings.Index(sound, `    <md:SingleLogoutService`)]
	contact := sound[strings.Index(sound, "  <md:ContactPerson"):strings.Index(sound, "</md:EntityDescriptor>")]
	day := 24 * time.Hour
	return []Broken{
		{"nothing", nil},
		{"a web page", []byte("<!DOCTYPE html>\n<html><body>Sign in</body></html>")},
		{"two megabytes", []byte(sound + strings.Repeat(" ", 2<<20))},
		{"another encoding", one("Érable", "\xc9rable")},
		{"a byte order mark", []byte("\ufeff" + sound)},
		{"a tag not closed", one("</md:SPSSODescriptor>", "")},
		{"an ampersand", one("Maple Viewer", "Maple & Viewer")},
		{"a document type", one("<md:EntityDescriptor", "<!DOCTYPE x [<!ENTITY y \"z\">]>\n<md:EntityDescriptor")},
		{"a style sheet", one("<md:EntityDescriptor", "<?xml-stylesheet href=\"x.xsl\"?>\n<md:EntityDescriptor")},
		{"a CDATA section", one("Maple Viewer", "<![CDATA[Maple Viewer]]>")},
		{"elements too deep", one("<mdui:UIInfo>", strings.Repeat("<md:x>", 60)+strings.Repeat("</md:x>", 60)+"<mdui:UIInfo>")},
		{"a prefix with two meanings", one("<mdui:UIInfo>", `<mdui:UIInfo xmlns:ds="urn:other">`)},
		{"a prefix not declared", one(` xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"`, "")},
		{"an element from elsewhere", one("</md:SPSSODescriptor>", `</md:SPSSODescriptor><ContactPerson xmlns="urn:other"/>`)},
		{"an attribute with a prefix", one(`<md:ContactPerson`, `<md:ContactPerson md:ID="x"`)},
		{"one ID twice", edit(`<md:SPSSODescriptor`, `<md:SPSSODescriptor ID="a1"`, `entityID=`, `ID="a1" entityID=`)},
		{"an element twice", one(`<md:Extensions>`, `<md:Extensions/><md:Extensions>`)},
		{"an attribute twice", one(`index="0"`, `index="0" index="0"`)},
		{"a private key", one("<ds:KeyInfo><ds:X509Data>", "<ds:KeyInfo><ds:KeyName>-----BEGIN PRIVATE KEY-----</ds:KeyName><ds:X509Data>")},
		{"another document", []byte(`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="a1"/>`)},
		{"an identity provider", edit("SPSSODescriptor", "IDPSSODescriptor")},
		{"no role at all", []byte(`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://viewer.example/saml"/>`)},
		{"two services", []byte(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` + bare(sound) + strings.ReplaceAll(bare(sound), "viewer.example", "other.example") + `</md:EntitiesDescriptor>`)},
		{"SAML 1.1", edit("urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.1:protocol")},
		{"a flag that is a word", edit(`AuthnRequestsSigned="true"`, `AuthnRequestsSigned="yes"`)},
		{"no entity ID", edit(` entityID="https://viewer.example/saml"`, "")},
		{"a long entity ID", edit(`https://viewer.example/saml`, `https://viewer.example/`+strings.Repeat("x", 300))},
		{"an entity ID with space", edit(`"https://viewer.example/saml"`, `" https://viewer.example/saml"`)},
		{"an entity ID that is a name", edit(`"https://viewer.example/saml"`, `"viewer"`)},
		{"an end that is a word", edit(now.Add(90*day).UTC().Format(time.RFC3339), "next spring")},
		{"ended in 2001", until(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))},
		{"ends next week", until(now.Add(7 * day))},
		{"ends in ten years", until(now.Add(3650 * day))},
		{"no end", edit(` validUntil="`+now.Add(90*day).UTC().Format(time.RFC3339)+`"`, "")},
		{"no reply address", edit(reply, "")},
		{"no reply address for a POST", edit("bindings:HTTP-POST", "bindings:HTTP-Artifact")},
		{"a reply address for redirects", edit(reply, reply+"\n    "+strings.NewReplacer("HTTP-POST", "HTTP-Redirect", `index="0" isDefault="true"`, `index="1"`).Replace(reply))},
		{"plain http", acs("http://viewer.example/acs")},
		{"plain http on one machine", acs("http://localhost:8080/acs")},
		{"a script as address", acs("javascript:alert(1)")},
		{"a path as address", acs("/acs")},
		{"no host", acs("https:///acs")},
		{"a user name in the address", acs("https://admin:secret@viewer.example/acs")},
		{"a number as address", acs("https://142.46.10.7/acs")},
		{"a number of the sixth version", acs("https://[2001:db8::7]/acs")},
		{"one's own machine", acs("https://localhost:8443/acs")},
		{"one's own machine, by number", acs("https://127.0.0.2/acs")},
		{"a number of one network", acs("https://10.20.30.40/acs")},
		{"a name of one network", acs("https://viewer.hospital.local/acs")},
		{"a name of one word", acs("https://viewer/acs")},
		{"a wildcard", acs("https://*.viewer.example/acs")},
		{"a fragment", acs("https://viewer.example/acs#top")},
		{"a letter that looks alike", acs("https://vіewer.example/acs")},
		{"a backslash", acs(`https://viewer.example\@evil.example/acs`)},
		{"a long address", acs("https://viewer.example/" + strings.Repeat("a", 2100))},
		{"an index that is no number", edit(`index="0"`, `index="first"`)},
		{"an index twice", edit(reply, reply+"\n    "+strings.Replace(reply, ` isDefault="true"`, "", 1))},
		{"no index", edit(` index="0"`, "")},
		{"two defaults", edit(reply, reply+"\n    "+strings.Replace(reply, `index="0"`, `index="1"`, 1))},
		{"a default for artifacts", edit(reply, strings.Replace(reply, "HTTP-POST", "HTTP-Artifact", 1)+"\n    "+strings.NewReplacer(` isDefault="true"`, "", `index="0"`, `index="1"`).Replace(reply))},
		{"two hosts", edit(reply, reply+"\n    "+strings.NewReplacer("viewer.example", "test.viewer.example", `index="0" isDefault="true"`, `index="1"`).Replace(reply))},
		{"no way to sign out", edit(`    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://viewer.example/slo"/>`+"\n", "")},
		{"a way to sign out that nobody goes", edit(`bindings:HTTP-Redirect" Location="https://viewer.example/slo"`, `bindings:HTTP-Artifact" Location="https://viewer.example/slo"`)},
		{"a plain way to sign out", edit("https://viewer.example/slo", "http://viewer.example/slo")},
		{"a key for nothing", one(`use="signing"`, `use="siging"`)},
		{"a certificate with its frame", edit(cert, "-----BEGIN CERTIFICATE-----\n"+cert+"\n-----END CERTIFICATE-----")},
		{"a certificate cut short", edit(cert, cert[:len(cert)-3])},
		{"a certificate of nonsense", edit(cert, "QUJDREVGRw==")},
		{"a key name only", edit(`<ds:X509Data>`, `<ds:KeyName>k</ds:KeyName>`, `</ds:X509Data>`, ``, `        <ds:X509Certificate>`+cert+`</ds:X509Certificate>`+"\n", ``, `AuthnRequestsSigned="true" `, ``)},
		{"a short RSA key", certified(certify(rsaKey(1024), now.Add(-day), now.Add(365*day)))},
		{"a small curve", certified(certify(curveKey(elliptic.P224()), now.Add(-day), now.Add(365*day)))},
		{"an unusual key", certified(certify(edKey(), now.Add(-day), now.Add(365*day)))},
		{"a certificate that has ended", certified(certify(curveKey(elliptic.P256()), now.Add(-365*day), now.Add(-day)))},
		{"a certificate that ends soon", certified(certify(curveKey(elliptic.P256()), now.Add(-365*day), now.Add(18*day)))},
		{"a certificate of the future", certified(certify(curveKey(elliptic.P256()), now.Add(7*day), now.Add(365*day)))},
		{"signs without a key", one(`use="signing"`, `use="encryption"`)},
		{"no key to encrypt for", edit(encryption, "")},
		{"only old encryption", one(`    </md:KeyDescriptor>`+"\n    <md:SingleLogout", `      <md:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>`+"\n    </md:KeyDescriptor>\n    <md:SingleLogout")},
		{"only old wrapping of keys", one(`    </md:KeyDescriptor>`+"\n    <md:SingleLogout", `      <md:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-1_5"/>`+"\n    </md:KeyDescriptor>\n    <md:SingleLogout")},
		{"an elliptic key to encrypt for", []byte(strings.Replace(sound, encryption, strings.ReplaceAll(encryption, cert, certificateText(certify(curveKey(elliptic.P256()), now.Add(-day), now.Add(365*day)))), 1))},
		{"signed by SHA-1", one("  <md:SPSSODescriptor", `  <ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
    <ds:SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/></ds:SignedInfo></ds:Signature>
  <md:SPSSODescriptor`)},
		{"no name", edit("mdui:DisplayName", "mdui:Description")},
		{"a name in one language", edit(`        <mdui:DisplayName xml:lang="fr">Visualiseur Érable</mdui:DisplayName>`+"\n", "")},
		{"nobody to write to", edit(contact, "")},
		{"a contact without an address", edit("    <md:EmailAddress>mailto:integration@viewer.example</md:EmailAddress>\n", "")},
		{"people named by email", edit("2.0:nameid-format:persistent", "1.1:nameid-format:emailAddress")},
		{"people named by a certificate", edit("2.0:nameid-format:persistent", "1.1:nameid-format:X509SubjectName")},
	}
}

// bare is a document without its XML declaration, to stand inside another.
func bare(doc string) string { return doc[strings.Index(doc, "<md:"):] }

func rsaKey(bits int) crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	must(err)
	return key
}

func curveKey(c elliptic.Curve) crypto.Signer {
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	must(err)
	return key
}

func edKey() crypto.Signer {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	return key
}

// certify makes a certificate that holds between two times.
func certify(key crypto.Signer, from, to time.Time) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "viewer.example"}, NotBefore: from.UTC(), NotAfter: to.UTC(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(err)
	return der
}
