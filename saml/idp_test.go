package saml_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

// ask sends one request by both bindings and returns what became of each.
func ask(t *testing.T, a samltest.Ask, sp saml.ServiceProvider) map[string]error {
	t.Helper()
	if a.Destination == "" {
		a.Destination = productSSO
	}
	idp, viewer, outcome := theIDP(), aViewer(), map[string]error{}
	in, err := idp.ReadRedirect(viewer.Redirect(a))
	if err == nil {
		_, err = idp.Check(in, sp)
	}
	outcome["redirect"] = err
	if in, err = idp.ReadPost(viewer.Post(a), a.RelayState); err == nil {
		_, err = idp.Check(in, sp)
	}
	outcome["post"] = err
	return outcome
}

func wantEach(t *testing.T, outcome map[string]error, want saml.Code) {
	t.Helper()
	for binding, err := range outcome {
		if got := saml.CodeOf(err); got != want || want == "" && err != nil {
			t.Errorf("by %s: %v, want code %q", binding, err, want)
		}
	}
}

func TestASignedRequestIsReadAndFoundGood(t *testing.T) {
	t.Parallel()
	idp := theIDP()
	in, err := idp.ReadRedirect(aViewer().Redirect(samltest.Ask{
		Destination: productSSO, RelayState: "deep link?a=b&c", ForceAuthn: true, IsPassive: true,
		Contexts: []string{"urn:example:one", "urn:example:two"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if in.Issuer != viewerID || !in.Signed || in.RelayState != "deep link?a=b&c" {
		t.Errorf("read %+v", in)
	}
	req, err := idp.Check(in, aViewer().ServiceProvider())
	if err != nil {
		t.Fatal(err)
	}
	if !req.ForceAuthn || !req.IsPassive {
		t.Error("ForceAuthn or IsPassive was lost")
	}
	if len(req.Contexts) != 2 || req.Contexts[0] != "urn:example:one" || req.Contexts[1] != "urn:example:two" || req.Comparison != "exact" {
		t.Errorf("contexts %q compared %q, want both classes, exact", req.Contexts, req.Comparison)
	}
	if req.NameIDFormat != saml.NameIDPersistent || !req.AllowCreate || !req.Verified || req.ACSURL != viewerACS {
		t.Errorf("got %+v", req)
	}
	stored, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	var back saml.Request
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(back)
	if string(again) != string(stored) {
		t.Errorf("a stored request changed:\n%s\n%s", stored, again)
	}
}

func TestSignaturePolicyOfAService(t *testing.T) {
	t.Parallel()
	required := aViewer().ServiceProvider()
	required.RequestSignature = saml.SignatureRequired
	wantEach(t, ask(t, samltest.Ask{Unsigned: true}, required), saml.NotSigned)
	wantEach(t, ask(t, samltest.Ask{}, required), "")

	unset := required
	unset.RequestSignature = ""
	wantEach(t, ask(t, samltest.Ask{Unsigned: true}, unset), saml.NotSigned)

	says := aViewer().ServiceProvider()
	says.AuthnRequestsSigned = true // the service says so itself
	wantEach(t, ask(t, samltest.Ask{Unsigned: true}, says), saml.NotSigned)

	present := aViewer().ServiceProvider()
	wantEach(t, ask(t, samltest.Ask{Unsigned: true}, present), "")
	other := present
	other.SigningCertificates = samltest.CollegeKeyCertificates()
	wantEach(t, ask(t, samltest.Ask{}, other), saml.BadSignature)
	none := present
	none.SigningCertificates = nil
	wantEach(t, ask(t, samltest.Ask{}, none), saml.NoKey)

	off := none
	off.RequestSignature = saml.SignatureOff
	wantEach(t, ask(t, samltest.Ask{}, off), "")
}

func TestAGarbageSignatureIsRefusedEvenWhenNoneIsNeeded(t *testing.T) {
	t.Parallel()
	idp, sp := theIDP(), aViewer().ServiceProvider()
	query := aViewer().Redirect(samltest.Ask{Destination: productSSO})
	for name, c := range map[string]struct {
		query string
		want  saml.Code
	}{
		"other bytes":     {query[:strings.Index(query, "&Signature=")] + "&Signature=Z2FyYmFnZQ%3D%3D", saml.BadSignature},
		"not base64":      {query[:strings.Index(query, "&Signature=")] + "&Signature=%21%21", saml.MalformedQuery},
		"no value":        {query[:strings.Index(query, "&Signature=")], saml.MalformedQuery},
		"SHA-1":           {strings.Replace(query, url.QueryEscape("2001/04/xmldsig-more#rsa-sha256"), url.QueryEscape("2000/09/xmldsig#rsa-sha1"), 1), saml.UnknownAlgorithm},
		"relay added":     {strings.Replace(query, "&SigAlg=", "&RelayState=evil&SigAlg=", 1), saml.BadSignature},
		"message twice":   {query + "&SAMLRequest=eA%3D%3D", saml.MalformedQuery},
		"both kinds":      {query + "&SAMLResponse=eA%3D%3D", saml.MalformedQuery},
		"disguised name":  {query + "&SAML%52equest=eA%3D%3D", saml.MalformedQuery},
		"other encoding":  {query + "&SAMLEncoding=urn%3Ax", saml.MalformedQuery},
		"no message":      {"RelayState=x", saml.MalformedQuery},
		"a response":      {strings.Replace(query, "SAMLRequest=", "SAMLResponse=", 1), saml.UnexpectedKind},
		"endless address": {query + "&x=" + strings.Repeat("x", 17<<10), saml.TooLarge},
	} {
		in, err := idp.ReadRedirect(c.query)
		if err == nil {
			_, err = idp.Check(in, sp)
		}
		if saml.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	post := strings.Replace(string(samltest.Decode(aViewer().Post(samltest.Ask{Destination: productSSO}))), `IsPassive="false"`, `IsPassive="true"`, 1)
	in, err := idp.ReadPost(samltest.Encode([]byte(post)), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = idp.Check(in, sp)
	wantCode(t, err, saml.BadSignature)
}

func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	issued := func(d time.Duration) samltest.Ask { return samltest.Ask{IssuedAt: noon().Add(d)} }
	edit := func(f func(*etree.Element)) samltest.Ask { return samltest.Ask{Edit: f} }
	acs := func(url string) samltest.Ask { return edit(set("AssertionConsumerServiceURL", url)) }
	index := func(value string) samltest.Ask {
		return edit(func(el *etree.Element) {
			el.RemoveAttr("AssertionConsumerServiceURL")
			el.CreateAttr("AssertionConsumerServiceIndex", value)
		})
	}
	for name, c := range map[string]struct {
		ask  samltest.Ask
		want saml.Code
	}{
		"dated a year ahead":             {issued(365 * 24 * time.Hour), saml.ClockAhead},
		"dated four minutes ahead":       {issued(4 * time.Minute), saml.ClockAhead},
		"dated skew and a second ahead":  {issued(181 * time.Second), saml.ClockAhead},
		"dated skew ahead":               {issued(180 * time.Second), ""},
		"of its age and skew":            {issued(-8 * time.Minute), ""},
		"a second older":                 {issued(-8*time.Minute - time.Second), saml.StaleRequest},
		"without a zone":                 {edit(set("IssueInstant", "2026-11-20T17:00:00")), ""},
		"of another zone":                {edit(set("IssueInstant", "2026-11-20T12:00:00-05:00")), ""},
		"by another zone's noon":         {edit(set("IssueInstant", "2026-11-20T17:00:00-05:00")), saml.ClockAhead},
		"dated by a word":                {edit(set("IssueInstant", "now")), saml.Malformed},
		"nine minutes old":               {issued(-9 * time.Minute), saml.StaleRequest},
		"two minutes ahead is skew":      {issued(2 * time.Minute), ""},
		"seven minutes old is fine":      {issued(-7 * time.Minute), ""},
		"for another destination":        {samltest.Ask{Destination: productSSO + "/"}, saml.WrongDestination},
		"signed without a destination":   {edit(drop("Destination")), saml.WrongDestination},
		"an empty ID":                    {edit(set("ID", "")), saml.BadID},
		"no ID":                          {edit(drop("ID")), saml.BadID},
		"a short ID":                     {edit(set("ID", "_123")), saml.BadID},
		"an ID that begins with a digit": {edit(set("ID", "0123456789abcdef0123")), saml.BadID},
		"an ID of 129 characters":        {edit(set("ID", "_"+strings.Repeat("a", 128))), saml.BadID},
		"no Issuer":                      {edit(dropChild("./Issuer")), saml.Malformed},
		"an Issuer of another format":    {edit(at("./Issuer", set("Format", saml.NameIDEmail))), saml.Malformed},
		"no IssueInstant":                {edit(drop("IssueInstant")), saml.Malformed},
		"two Issuers": {edit(func(el *etree.Element) { el.AddChild(el.SelectElement("Issuer").Copy()) }),
			"xml_duplicate_singleton"},
		"a polluted reply address": {edit(func(el *etree.Element) {
			el.CreateAttr("xmlns:evil", "urn:evil")
			el.CreateAttr("evil:AssertionConsumerServiceURL", "https://evil.example/acs")
		}), "xml_attribute_pollution"},
		"an Issuer of a foreign namespace": {edit(func(el *etree.Element) {
			el.CreateElement("Issuer").CreateAttr("xmlns", "urn:evil")
		}), "xml_foreign_element"},
		"SAML 1.1":               {edit(set("Version", "1.1")), saml.VersionTooLow},
		"SAML 2.1":               {edit(set("Version", "2.1")), saml.VersionTooHigh},
		"SAML of no number":      {edit(set("Version", "two")), saml.BadVersion},
		"a Response":             {edit(func(el *etree.Element) { el.Tag = "Response" }), saml.UnexpectedKind},
		"ForceAuthn neither":     {edit(set("ForceAuthn", "maybe")), saml.Malformed},
		"an unknown comparison":  {samltest.Ask{Contexts: []string{"urn:x"}, Edit: at("./RequestedAuthnContext", set("Comparison", "worse"))}, saml.Malformed},
		"a reply by artifact":    {edit(set("ProtocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact")), saml.BindingUnsupported},
		"a script as address":    {acs("javascript:alert(1)"), saml.ACSNotRegistered},
		"another path":           {acs(viewerACS + "/x"), saml.ACSNotRegistered},
		"another case":           {acs("https://Viewer.example/saml/acs"), saml.ACSNotRegistered},
		"a port":                 {acs("https://viewer.example:443/saml/acs"), saml.ACSNotRegistered},
		"a query":                {acs(viewerACS + "?x"), saml.ACSNotRegistered},
		"a fragment":             {acs(viewerACS + "#x"), saml.ACSNotRegistered},
		"a user name":            {acs("https://viewer.example@evil.example/saml/acs"), saml.ACSNotRegistered},
		"a space":                {acs(viewerACS + " "), saml.ACSNotRegistered},
		"dots":                   {acs("https://viewer.example/saml/../saml/acs"), saml.ACSNotRegistered},
		"escapes":                {acs("https://viewer.example/saml%2Facs"), saml.ACSNotRegistered},
		"no scheme":              {acs("//viewer.example/saml/acs"), saml.ACSNotRegistered},
		"plain http":             {acs("http://viewer.example/saml/acs"), saml.ACSNotRegistered},
		"a look-alike":           {acs("https://vіewer.example/saml/acs"), saml.ACSNotRegistered},
		"an empty address":       {acs(""), saml.ACSNotRegistered},
		"an index nobody has":    {index("7"), saml.ACSNotRegistered},
		"a negative index":       {index("-1"), saml.Malformed},
		"the known index":        {index("0"), ""},
		"the default address":    {edit(drop("AssertionConsumerServiceURL")), ""},
		"both index and address": {edit(set("AssertionConsumerServiceIndex", "0")), saml.Malformed},
		"extensions are tolerated": {edit(func(el *etree.Element) {
			el.CreateElement("samlp:Extensions").CreateElement("x").CreateAttr("xmlns", "urn:x")
		}), ""},
		"scoping is tolerated":      {edit(func(el *etree.Element) { el.CreateElement("samlp:Scoping").CreateAttr("ProxyCount", "1") }), ""},
		"a relay state without end": {samltest.Ask{RelayState: strings.Repeat("r", 5000)}, saml.RelayTooLong},
		"the longest relay state":   {samltest.Ask{RelayState: strings.Repeat("r", 2048)}, ""},
		"one letter more":           {samltest.Ask{RelayState: strings.Repeat("r", 2049)}, saml.RelayTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantEach(t, ask(t, c.ask, aViewer().ServiceProvider()), c.want)
		})
	}
}

func TestARequestWithoutIssuerDoesNotPanic(t *testing.T) {
	t.Parallel()
	doc := []byte(`<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="` + requestID + `" Version="2.0" IssueInstant="2026-11-20T17:00:00Z"/>`)
	_, err := theIDP().ReadPost(samltest.Encode(doc), "")
	wantCode(t, err, saml.Malformed)
	_, err = theIDP().ReadRedirect(aViewer().RedirectOf(doc, "", true))
	wantCode(t, err, saml.Malformed)
}

func TestASubjectInTheRequestIsReported(t *testing.T) {
	t.Parallel()
	in, err := theIDP().ReadPost(aViewer().Post(samltest.Ask{Destination: productSSO, Edit: func(el *etree.Element) {
		subject := etree.NewElement("saml:Subject")
		subject.CreateElement("saml:NameID").SetText("ada")
		el.InsertChildAt(1, subject)
	}}), "")
	if err != nil {
		t.Fatal(err)
	}
	req, err := theIDP().Check(in, aViewer().ServiceProvider())
	if err != nil || !req.HasSubject || req.Subject.Value != "ada" {
		t.Errorf("got %+v, %v", req, err)
	}
}

func TestARequestOfOneServiceIsNotJudgedAsAnothers(t *testing.T) {
	t.Parallel()
	in, err := theIDP().ReadPost(aViewer().Post(samltest.Ask{Destination: productSSO}), "")
	if err != nil {
		t.Fatal(err)
	}
	other := aViewer().ServiceProvider()
	other.EntityID = "https://other.example"
	_, err = theIDP().Check(in, other)
	wantCode(t, err, saml.WrongIssuer)
}

func TestAServiceWhoseMetadataEndedGetsNothing(t *testing.T) {
	t.Parallel()
	ended := aViewer().ServiceProvider()
	ended.ValidUntil = noon().Add(-time.Second)
	wantEach(t, ask(t, samltest.Ask{}, ended), saml.ProviderExpired)
	_, err := theIDP().Unsolicited(ended, "")
	wantCode(t, err, saml.ProviderExpired)
}

func TestEveryKeyOfAServiceIsTried(t *testing.T) {
	t.Parallel()
	sp := aViewer().ServiceProvider()
	sp.SigningCertificates = append(samltest.CollegeKeyCertificates(), sp.SigningCertificates...)
	wantEach(t, ask(t, samltest.Ask{}, sp), "")
}
