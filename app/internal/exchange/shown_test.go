package exchange_test

import (
	"strings"
	"testing"

	"oneid/app/internal/exchange"
)

func TestARequestIsShownAsItCameUnlessItMayTellOfAPerson(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ada%20", 20)
	for raw, c := range map[string]struct{ document, want string }{
		"SAMLRequest=abc&RelayState=token&Signature=x":        {"<AuthnRequest/>", "SAMLRequest=abc&RelayState=token&Signature=x"},
		"SAMLRequest=abc&RelayState=" + long + "&Signature=x": {"<AuthnRequest/>", "SAMLRequest=abc&RelayState=(120)&Signature=x"},
		"SAMLRequest=named":  {"<saml:NameID>A••</saml:NameID>", ""},
		"SAMLRequest=sealed": {"<saml:EncryptedID>x</saml:EncryptedID>", ""},
		"PHNhbWxwOg==":       {"<AuthnRequest/>", "PHNhbWxwOg=="},
	} {
		if got := exchange.Shown(raw, c.document); got != c.want {
			t.Errorf("%s is shown as %q, want %q", raw, got, c.want)
		}
	}
}
