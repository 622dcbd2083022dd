package saml_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
)

// talkative is metadata that says all it can of itself, as federations publish it.
func talkative() []byte {
	key := base64.StdEncoding.EncodeToString(samltest.EncryptionKey().Certificate.Raw)
	return viewerMetadata(
		`entityID=`, `cacheDuration="P1DT2H" entityID=`,
		`<md:SPSSODescriptor`, `<md:Extensions>
  <mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">
    <saml:Attribute Name="urn:oasis:names:tc:SAML:profiles:subject-id:req" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"><saml:AttributeValue> pairwise-id </saml:AttributeValue></saml:Attribute>
    <saml:Attribute Name="http://macedir.org/entity-category"><saml:AttributeValue>https://refeds.org/category/research-and-scholarship</saml:AttributeValue><saml:AttributeValue>urn:example:second</saml:AttributeValue></saml:Attribute>
  </mdattr:EntityAttributes>
  <mdrpi:RegistrationInfo xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi" registrationAuthority="https://federation.example/"/>
  <alg:DigestMethod xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
  <alg:SigningMethod xmlns:alg="urn:oasis:names:tc:SAML:metadata:algsupport" Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>
</md:Extensions><md:SPSSODescriptor errorURL="https://viewer.example/error"`,
		`<md:KeyDescriptor use="signing">`, `<md:Extensions>
  <mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">
    <mdui:DisplayName xml:lang="en">A viewer</mdui:DisplayName><mdui:DisplayName xml:lang="fr">Un visualiseur</mdui:DisplayName>
    <mdui:Description xml:lang="en">Shows charts</mdui:Description>
    <mdui:Logo width="64" height="48">https://viewer.example/logo.png</mdui:Logo><mdui:Logo width="1" height="1">javascript:alert(1)</mdui:Logo>
    <mdui:PrivacyStatementURL xml:lang="en">https://viewer.example/privacy</mdui:PrivacyStatementURL><mdui:PrivacyStatementURL xml:lang="fr">http://viewer.example/plain</mdui:PrivacyStatementURL>
  </mdui:UIInfo>
  <init:RequestInitiator xmlns:init="urn:oasis:names:tc:SAML:profiles:SSO:request-init" Binding="urn:oasis:names:tc:SAML:profiles:SSO:request-init" Location="https://viewer.example/start"/>
</md:Extensions><md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:KeyName>bare</ds:KeyName></ds:KeyInfo></md:KeyDescriptor>
<md:KeyDescriptor use="encryption"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>`+key+`</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
  <md:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"><xenc:KeySize xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">256</xenc:KeySize></md:EncryptionMethod>
  <md:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><x11:MGF xmlns:x11="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></md:EncryptionMethod>
</md:KeyDescriptor><md:KeyDescriptor use="signing">`,
		`</md:SPSSODescriptor>`, `<md:AttributeConsumingService index="1"><md:ServiceName xml:lang="en">Basic</md:ServiceName><md:RequestedAttribute Name="urn:oid:2.5.4.42" FriendlyName="givenName" isRequired="true"/></md:AttributeConsumingService>
<md:AttributeConsumingService index="2" isDefault="true"><md:ServiceName xml:lang="en">Full</md:ServiceName><md:RequestedAttribute Name="urn:oid:2.5.4.4"><saml:AttributeValue xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">only this</saml:AttributeValue></md:RequestedAttribute></md:AttributeConsumingService>
</md:SPSSODescriptor><md:ContactPerson contactType="support"><md:Company>Desk Inc.</md:Company></md:ContactPerson><md:ContactPerson contactType="technical"><md:GivenName>Ada</md:GivenName><md:SurName>Byron</md:SurName><md:EmailAddress>mailto:ada@viewer.example</md:EmailAddress><md:TelephoneNumber>+1 416 555 0100</md:TelephoneNumber></md:ContactPerson>`)
}

func TestWhatAServiceSaysOfItselfIsKept(t *testing.T) {
	t.Parallel()
	s, err := saml.ReadServiceProvider(talkative(), noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Profile
	contact, _ := p.ContactOf("technical")
	requested, _ := p.RequestedSet("")
	first, _ := p.RequestedSet("1")
	for name, ok := range map[string]bool{
		"display names":            p.UI.DisplayNames["en"] == "A viewer" && p.UI.DisplayNames["fr"] == "Un visualiseur" && s.Names["fr"] == "Un visualiseur",
		"description":              p.UI.Descriptions["en"] == "Shows charts",
		"one logo, no script":      len(p.UI.Logos) == 1 && p.UI.Logos[0] == saml.Logo{URL: "https://viewer.example/logo.png", Width: 64, Height: 48},
		"no plain privacy address": len(p.UI.PrivacyURLs) == 1 && p.UI.PrivacyURLs["en"] != "",
		"error address":            p.ErrorURL == "https://viewer.example/error",
		"start address":            len(p.StartURLs) == 1 && p.StartURLs[0] == "https://viewer.example/start",
		"both contacts":            len(p.Contacts) == 2 && p.Contacts[0].Company == "Desk Inc.",
		"technical contact":        contact.Name == "Ada Byron" && contact.Email == "ada@viewer.example" && contact.Phone == "+1 416 555 0100",
		"subject identifier":       p.SubjectIDRequirement() == saml.SubjectIDPairwise,
		"both categories":          len(p.EntityAttributes["http://macedir.org/entity-category"]) == 2,
		"registrar":                p.Registrar == "https://federation.example/",
		"signing method":           len(p.SigningMethods) == 1 && strings.HasSuffix(p.SigningMethods[0], "ecdsa-sha256"),
		"digest method":            len(p.DigestMethods) == 1,
		"cache duration":           p.CacheDuration == 26*time.Hour,
		"default list":             requested.Index == 2 && len(requested.Attributes) == 1 && requested.Attributes[0].Values[0] == "only this",
		"list by index":            first.Names["en"] == "Basic" && first.Attributes[0].Required && first.Attributes[0].FriendlyName == "givenName",
		"extensions as they stood": len(p.Extensions) == 2 && strings.Contains(string(p.Extensions[1]), "RequestInitiator"),
	} {
		if !ok {
			t.Errorf("%s: lost or changed in %+v", name, p)
		}
	}
	if _, ok := p.RequestedSet("7"); ok {
		t.Error("a list that does not exist was found")
	}
}

func TestAnEncryptionKeyBringsItsMethods(t *testing.T) {
	t.Parallel()
	s, err := saml.ReadServiceProvider(talkative(), noon(), saml.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.EncryptionKeys) != 1 {
		t.Fatalf("%d encryption keys, want the one with a certificate", len(s.EncryptionKeys))
	}
	k := s.EncryptionKeys[0]
	for algorithm, want := range map[string]bool{
		"http://www.w3.org/2009/xmlenc11#aes256-gcm":       true,
		"http://www.w3.org/2009/xmlenc11#aes128-gcm":       false,
		"http://www.w3.org/2009/xmlenc11#rsa-oaep":         true,
		"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p":  false,
		"http://www.w3.org/2001/04/xmlenc#aes128-cbc":      false,
		"http://www.w3.org/2001/04/xmlenc#rsa-1_5":         false,
		"http://www.w3.org/2001/04/xmlenc#tripledes-cbc":   false,
		"http://www.w3.org/2009/xmlenc11#aes256-gcm-bogus": false,
	} {
		if got := k.Allows(algorithm); got != want {
			t.Errorf("%s allowed: %v, want %v", algorithm, got, want)
		}
	}
	m, ok := k.Method("http://www.w3.org/2009/xmlenc11#rsa-oaep")
	if !ok || !strings.HasSuffix(m.Digest, "sha256") || !strings.HasSuffix(m.MGF, "mgf1sha256") {
		t.Errorf("OAEP read as %+v", m)
	}
	silent := saml.EncryptionKey{Certificate: k.Certificate}
	if !silent.Allows("http://www.w3.org/2009/xmlenc11#aes128-gcm") {
		t.Error("a key without methods leaves us no choice")
	}
	if !k.ExpiresBefore(k.Certificate.NotAfter) || k.ExpiresBefore(k.Certificate.NotAfter.Add(-time.Second)) {
		t.Error("the certificate's end is read wrongly")
	}
}

func TestOddWordsDoNotShutAServiceOut(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string][]byte{
		"values that hold elements": viewerMetadata(`<md:SPSSODescriptor`, `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Attribute Name="a"><saml:AttributeValue><x xmlns="urn:x"/></saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions><md:SPSSODescriptor`),
		"a duration of words":       viewerMetadata(`entityID=`, `cacheDuration="one day" entityID=`),
		"two requirements":          viewerMetadata(`<md:SPSSODescriptor`, `<md:Extensions><mdattr:EntityAttributes xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Attribute Name="urn:oasis:names:tc:SAML:profiles:subject-id:req"><saml:AttributeValue>any</saml:AttributeValue><saml:AttributeValue>none</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes></md:Extensions><md:SPSSODescriptor`),
		"an index that is none":     viewerMetadata(`</md:SPSSODescriptor>`, `<md:AttributeConsumingService index="x"><md:RequestedAttribute Name="a" isRequired="perhaps"/></md:AttributeConsumingService></md:SPSSODescriptor>`),
		"a contact without words":   viewerMetadata(`</md:SPSSODescriptor>`, `</md:SPSSODescriptor><md:ContactPerson/>`),
		"a key size of letters":     viewerMetadata(`<md:KeyDescriptor use="signing">`, `<md:KeyDescriptor><md:EncryptionMethod/><md:EncryptionMethod Algorithm="a"><xenc:KeySize xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">big</xenc:KeySize></md:EncryptionMethod></md:KeyDescriptor><md:KeyDescriptor use="signing">`),
	} {
		s, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if s.EntityID != viewerID || s.Profile.SubjectIDRequirement() != "" || s.Profile.CacheDuration != 0 {
			t.Errorf("%s: got %+v", name, s.Profile)
		}
	}
}
