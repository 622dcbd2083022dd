package saml_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

const (
	productSLO  = "https://oneid.example/saml/slo"
	productSOAP = "https://oneid.example/saml/slo/soap"
	viewerSLO   = "https://viewer.example/saml/slo"
)

func theLogoutIDP() saml.IDP {
	p := theIDP()
	p.SLOURL, p.SOAPURL = productSLO, productSOAP
	return p
}

func aLogoutViewer() samltest.Viewer {
	v := aViewer()
	v.Logout = []saml.Endpoint{
		{Binding: saml.BindingSOAP, URL: viewerSLO + "/soap"},
		{Binding: saml.BindingRedirect, URL: viewerSLO, Response: viewerSLO + "/answer"},
		{Binding: saml.BindingPost, URL: viewerSLO + "/post"},
	}
	return v
}

var givenName = saml.NameID{
	Format: saml.NameIDPersistent, Value: "a&b<\"c\" ü", NameQualifier: productIDP, SPNameQualifier: viewerID,
}

// wayRead reads a viewer's message by each binding.
func wayRead(g samltest.Goodbye) map[string]func() (*saml.LogoutMessage, error) {
	p, v := theLogoutIDP(), aLogoutViewer()
	if g.Destination == "" {
		g.Destination = productSLO
	}
	return map[string]func() (*saml.LogoutMessage, error){
		"redirect": func() (*saml.LogoutMessage, error) { return p.ReadLogoutRedirect(v.LogoutRedirect(g)) },
		"post": func() (*saml.LogoutMessage, error) {
			if g.InResponseTo != "" {
				return p.ReadLogoutPost("", v.LogoutPost(g), g.RelayState)
			}
			return p.ReadLogoutPost(v.LogoutPost(g), "", g.RelayState)
		},
		"soap": func() (*saml.LogoutMessage, error) {
			g := g
			if g.Destination == productSLO {
				g.Destination = productSOAP
			}
			return p.ReadLogoutSOAP(v.LogoutSOAP(g))
		},
	}
}

func TestALogoutRequestIsReadByEveryBinding(t *testing.T) {
	t.Parallel()
	sp := aLogoutViewer().ServiceProvider()
	sp.RequestSignature = saml.SignatureOff // says nothing about logout
	replies := map[string]saml.Endpoint{
		"redirect": {Binding: saml.BindingRedirect, URL: viewerSLO + "/answer", Index: -1},
		"post":     {Binding: saml.BindingPost, URL: viewerSLO + "/post", Index: -1},
		"soap":     {},
	}
	for binding, read := range wayRead(samltest.Goodbye{
		NameID: "ada", SessionIndexes: []string{"one", "two"}, RelayState: "back?a=b&c", Asynchronous: true, Edit: set("Reason", saml.LogoutByUser),
	}) {
		in, err := read()
		if err != nil {
			t.Errorf("by %s: %v", binding, err)
			continue
		}
		r, err := theLogoutIDP().CheckLogout(in, sp)
		if err != nil {
			t.Errorf("by %s: %v", binding, err)
			continue
		}
		if r.Service != viewerID || r.NameID.Value != "ada" || r.NameID.Format != saml.NameIDPersistent ||
			!slices.Equal(r.SessionIndexes, []string{"one", "two"}) || !r.Asynchronous || r.Reason != saml.LogoutByUser || r.KeyFingerprint == "" {
			t.Errorf("by %s: got %+v", binding, r)
		}
		if r.Reply != replies[binding] {
			t.Errorf("by %s: answered at %+v, want %+v", binding, r.Reply, replies[binding])
		}
		stored, err := json.Marshal(r)
		if err != nil || strings.Contains(string(stored), `"ada"`) {
			t.Errorf("by %s: stored as %s, %v", binding, stored, err)
		}
	}
}

func TestLogoutRequestsThatEndNothing(t *testing.T) {
	t.Parallel()
	stranger := aLogoutViewer()
	stranger.Key = samltest.StrangerKey()
	edit := func(f func(*etree.Element)) samltest.Goodbye { return samltest.Goodbye{NameID: "ada", Edit: f} }
	for name, c := range map[string]struct {
		goodbye samltest.Goodbye
		want    saml.Code
	}{
		"unsigned":                   {samltest.Goodbye{NameID: "ada", Unsigned: true}, saml.NotSigned},
		"for another place":          {samltest.Goodbye{NameID: "ada", Destination: "https://evil.example/slo"}, saml.WrongDestination},
		"nine minutes old":           {samltest.Goodbye{NameID: "ada", IssuedAt: noon().Add(-9 * time.Minute)}, saml.StaleRequest},
		"four minutes ahead":         {samltest.Goodbye{NameID: "ada", IssuedAt: noon().Add(4 * time.Minute)}, saml.ClockAhead},
		"past its end":               {edit(set("NotOnOrAfter", noon().Add(-4*time.Minute).Format(time.RFC3339))), saml.Expired},
		"no name":                    {edit(dropChild("./NameID")), saml.Malformed},
		"an empty name":              {edit(at("./NameID", text(""))), saml.Malformed},
		"an empty session index":     {samltest.Goodbye{NameID: "ada", SessionIndexes: []string{""}}, saml.Malformed},
		"very many session indexes":  {samltest.Goodbye{NameID: "ada", SessionIndexes: make101()}, saml.Malformed},
		"a short ID":                 {edit(set("ID", "_1")), saml.BadID},
		"SAML 1.1":                   {edit(set("Version", "1.1")), saml.BadVersion},
		"no Issuer":                  {edit(dropChild("./Issuer")), saml.Malformed},
		"two names":                  {edit(func(el *etree.Element) { el.AddChild(el.SelectElement("NameID").Copy()) }), "xml_duplicate_singleton"},
		"another kind":               {edit(func(el *etree.Element) { el.Tag = "AuthnRequest" }), saml.UnexpectedKind},
		"a name that cannot be read": {samltest.Goodbye{Name: `<saml:EncryptedID><x xmlns="urn:x"/></saml:EncryptedID>`}, saml.UndecryptableName},
	} {
		for binding, read := range wayRead(c.goodbye) {
			in, err := read()
			if err == nil {
				_, err = theLogoutIDP().CheckLogout(in, aLogoutViewer().ServiceProvider())
			}
			if saml.CodeOf(err) != c.want {
				t.Errorf("%s by %s: got %v, want %s", name, binding, err, c.want)
			}
		}
	}
	p := theLogoutIDP()
	forged, err := p.ReadLogoutRedirect(stranger.LogoutRedirect(samltest.Goodbye{NameID: "ada", Destination: productSLO}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.CheckLogout(forged, aLogoutViewer().ServiceProvider())
	wantCode(t, err, saml.BadSignature)
	other := aLogoutViewer().ServiceProvider()
	other.EntityID = "https://other.example"
	_, err = p.CheckLogout(forged, other)
	wantCode(t, err, saml.WrongIssuer)
	ended := aLogoutViewer().ServiceProvider()
	ended.ValidUntil = noon()
	_, err = p.CheckLogout(forged, ended)
	wantCode(t, err, saml.ProviderExpired)
	answer, err := p.ReadLogoutPost("", aLogoutViewer().LogoutPost(samltest.Goodbye{InResponseTo: requestID, Destination: productSLO}), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.CheckLogout(answer, aLogoutViewer().ServiceProvider())
	wantCode(t, err, saml.UnexpectedKind)
}

func make101() []string {
	all := make([]string, 101)
	for i := range all {
		all[i] = "x"
	}
	return all
}

func TestWhatIsNoLogoutMessageIsRefused(t *testing.T) {
	t.Parallel()
	p, v := theLogoutIDP(), aLogoutViewer()
	request := v.LogoutPost(samltest.Goodbye{NameID: "ada"})
	for name, c := range map[string]struct {
		read func() (*saml.LogoutMessage, error)
		want saml.Code
	}{
		"nothing posted":        {func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost("", "", "") }, saml.MalformedQuery},
		"both posted":           {func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost(request, request, "") }, saml.MalformedQuery},
		"a request as response": {func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost("", request, "") }, saml.UnexpectedKind},
		"a response as request": {func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutRedirect(strings.Replace(v.LogoutRedirect(samltest.Goodbye{InResponseTo: requestID}), "SAMLResponse=", "SAMLRequest=", 1))
		}, saml.UnexpectedKind},
		"an endless relay state": {func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost(request, "", strings.Repeat("r", 5000)) }, saml.RelayTooLong},
		"an endless query":       {func() (*saml.LogoutMessage, error) { return p.ReadLogoutRedirect(strings.Repeat("r", 17<<10)) }, saml.TooLarge},
		"no envelope":            {func() (*saml.LogoutMessage, error) { return p.ReadLogoutSOAP(samltest.Decode(request)) }, saml.UnexpectedKind},
		"an empty envelope": {func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutSOAP([]byte(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>`))
		}, saml.Malformed},
		"an envelope without body": {func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutSOAP([]byte(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"/>`))
		}, saml.Malformed},
		"two messages": {func() (*saml.LogoutMessage, error) {
			one := string(samltest.Decode(request))
			two := strings.Replace(one, `ID="_`, `ID="_2`, 1)
			return p.ReadLogoutSOAP([]byte(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>` + one + strings.ReplaceAll(two, "#_", "#_2") + `</S:Body></S:Envelope>`))
		}, saml.Malformed},
		"a header to be understood": {func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutSOAP([]byte(strings.Replace(string(v.LogoutSOAP(samltest.Goodbye{NameID: "ada"})), `<S:Header/>`,
				`<S:Header><x xmlns="urn:x" S:mustUnderstand="1"/></S:Header>`, 1)))
		}, saml.Malformed},
		"another envelope": {func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutSOAP([]byte(`<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body/></S:Envelope>`))
		}, saml.UnexpectedKind},
		"an endless envelope": {func() (*saml.LogoutMessage, error) { return p.ReadLogoutSOAP(make([]byte, 300<<10)) }, saml.TooLarge},
	} {
		if _, err := c.read(); saml.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestWhatAServiceAnswersToALogout(t *testing.T) {
	t.Parallel()
	p, sp := theLogoutIDP(), aLogoutViewer().ServiceProvider()
	check := func(read func() (*saml.LogoutMessage, error)) (*saml.LogoutAnswer, error) {
		in, err := read()
		if err != nil {
			return nil, err
		}
		if in.InResponseTo != requestID {
			t.Errorf("answers %q", in.InResponseTo)
		}
		return p.CheckLogoutAnswer(in, sp, requestID)
	}
	for name, c := range map[string]struct {
		goodbye   samltest.Goodbye
		confirmed bool
	}{
		"yes":        {samltest.Goodbye{}, true},
		"only parts": {samltest.Goodbye{Substatus: saml.StatusPartialLogout}, false},
		"no":         {samltest.Goodbye{Status: saml.StatusResponder, Substatus: saml.StatusRequestDenied}, false},
	} {
		c.goodbye.InResponseTo = requestID
		for binding, read := range wayRead(c.goodbye) {
			answer, err := check(read)
			if err != nil || answer.Confirmed != c.confirmed {
				t.Errorf("%s by %s: got %+v, %v", name, binding, answer, err)
			}
		}
	}
	for binding, read := range wayRead(samltest.Goodbye{InResponseTo: requestID, Unsigned: true}) {
		answer, err := check(read)
		if binding == "soap" && (err != nil || !answer.Confirmed || answer.KeyFingerprint != "") {
			t.Errorf("unsigned over our own connection: %+v, %v", answer, err)
		}
		if binding != "soap" && saml.CodeOf(err) != saml.NotSigned {
			t.Errorf("unsigned by %s: %v", binding, err)
		}
	}
	in, err := wayRead(samltest.Goodbye{InResponseTo: requestID})["post"]()
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.CheckLogoutAnswer(in, sp, requestID+"0")
	wantCode(t, err, saml.WrongRequest)
	_, err = p.CheckLogoutAnswer(in, sp, "")
	wantCode(t, err, saml.WrongRequest)
	request, err := wayRead(samltest.Goodbye{NameID: "ada"})["post"]()
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.CheckLogoutAnswer(request, sp, requestID)
	wantCode(t, err, saml.UnexpectedKind)
	tampered := strings.Replace(string(samltest.Decode(aLogoutViewer().LogoutPost(samltest.Goodbye{
		InResponseTo: requestID, Destination: productSLO, Status: saml.StatusResponder,
	}))), saml.StatusResponder, saml.StatusSuccess, 1)
	for binding, read := range map[string]func() (*saml.LogoutMessage, error){
		"post": func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutPost("", samltest.Encode([]byte(tampered)), "")
		},
		"soap": func() (*saml.LogoutMessage, error) {
			return p.ReadLogoutSOAP([]byte(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>` + tampered + `</S:Body></S:Envelope>`))
		},
	} {
		if _, err := check(read); saml.CodeOf(err) != saml.BadSignature {
			t.Errorf("tampered with, by %s: %v", binding, err)
		}
	}
}
