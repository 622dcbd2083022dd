package exchange_test

import (
	"strings"
	"testing"

	"oneid/app/internal/exchange"
	"oneid/app/internal/policy"
)

func TestAMaskHidesThePersonAndShowsTheShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fact        policy.Fact
		value, want string
	}{
		{policy.FactDisplayName, "Élodie O’Brien-Roy", "É••••• O’B••••-R••"},
		{policy.FactEmail, "ada.byron@example.ca", "a••.b••••@e••••••.c•"},
		{policy.FactRID, "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician|71734:Active", "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician|•••••:Active"},
		{policy.FactLicence, "cpso:71734", "cpso:•••••"},
		{policy.FactRID, "URP", "URP"},
		{policy.FactKey, "0f4c9a1122@oneidfed.on.ca", "0f4c••••••@oneidfed.on.ca"},
		{policy.FactLevel, "AL2", "AL2"},
		{policy.FactPhone, "+14165550100", "+1••••••••••"},
	} {
		if got := exchange.Value(c.fact, c.value); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.fact, c.value, got, c.want)
		}
	}
}

func TestADocumentIsMaskedAndOtherwiseStays(t *testing.T) {
	t.Parallel()
	doc := `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1"><saml:Issuer>https://us</saml:Issuer><saml:Subject><saml:NameID Format="f">abcdef1234</saml:NameID></saml:Subject>` +
		`<saml:Attribute Name="urn:level"><saml:AttributeValue>AL2</saml:AttributeValue></saml:Attribute><saml:Attribute Name="urn:name"><saml:AttributeValue>Ada &amp; Byron</saml:AttributeValue></saml:Attribute>` +
		`<saml:Attribute Name="urn:else"><saml:AttributeValue>secret</saml:AttributeValue></saml:Attribute></saml:Assertion>`
	got := string(exchange.Document([]byte(doc), map[string]policy.Fact{"urn:level": policy.FactLevel, "urn:name": policy.FactDisplayName}))
	want := strings.NewReplacer("abcdef1234", "abcd••••••", "Ada &amp; Byron", "A•• &amp; B••••", "secret", "s•••••").Replace(doc)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, broken := range []string{"<a", "<a></b", "\x00"} {
		if got := exchange.Document([]byte(broken), nil); strings.Contains(string(got), "b") {
			t.Errorf("%q became %q", broken, got)
		}
	}
}
