package saml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

func outcome(list []saml.Judgement) string {
	var b strings.Builder
	for _, j := range list {
		switch {
		case j.Skipped:
			b.WriteString("?")
		case j.Passed:
			b.WriteString("+")
		default:
			b.WriteString("-")
		}
	}
	return b.String()
}

func TestARequestIsJudgedToTheEnd(t *testing.T) {
	t.Parallel()
	v, idp := aViewer(), theIDP()
	honest := samltest.Ask{Destination: productSSO, RelayState: "r"}
	stray := func(a samltest.Ask) samltest.Ask { return a }
	for name, c := range map[string]struct {
		pasted string
		want   string
	}{
		"honest, as a query":            {v.Redirect(honest), "+++++++"},
		"honest, as an address":         {productSSO + "?" + v.Redirect(honest), "+++++++"},
		"honest, as a form's field":     {v.Post(honest), "+++++++"},
		"honest, as a form":             {"SAMLRequest=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(v.Post(honest)) + "&RelayState=x", "+++++++"},
		"honest, as a document":         {string(samltest.Decode(v.Post(honest))), "+++++++"},
		"old, for another, elsewhere":   {v.Redirect(stray(samltest.Ask{Destination: "https://other.example/sso", IssuedAt: noon().Add(-time.Hour), Edit: setTo("AssertionConsumerServiceURL", "https://evil.example/")})), "++++---"},
		"another's signature":           {strings.Replace(v.Redirect(honest), "Signature=", "Signature=AAAA", 1), "+++-+++"},
		"from another service":          {samltest.NewViewer("https://other.example/saml", viewerACS, noon).Redirect(honest), "+-++" + "+++"},
		"not a request":                 {"<x/>", "-??????"},
		"nothing":                       {"", "-??????"},
		"something that can't be a zip": {"SAMLRequest=AAAA", "-??????"},
	} {
		in, err := idp.ReadPasted(c.pasted)
		list, accepted := idp.Judge(in, err, v.ServiceProvider())
		if got := outcome(list); got != c.want {
			t.Errorf("%s: %s, want %s: %+v", name, got, c.want, list)
		}
		if (accepted != nil) != (c.want == "+++++++") {
			t.Errorf("%s: accepted %v", name, accepted != nil)
		}
	}
}

func setTo(name, value string) func(*etree.Element) {
	return func(el *etree.Element) { el.CreateAttr(name, value) }
}
