package viewer_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/cmd/sandbox/site"
	"oneid/cmd/sandbox/viewer"
)

// world is a viewer, an identity provider in the product's place, and a browser.
type world struct {
	t       *testing.T
	base    string
	idp     *saml.IdentityProvider
	browser *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	product := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		xml.NewEncoder(rw).Encode(w.idp.Metadata())
	}))
	t.Cleanup(product.Close)
	identity, err := site.NewIdentity("idp")
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse(product.URL)
	w.idp = &saml.IdentityProvider{
		Key: identity.Key, Certificate: identity.Cert, SignatureMethod: dsig.RSASHA256SignatureMethod,
		MetadataURL: *base.JoinPath("/saml/metadata"), SSOURL: *base.JoinPath("/saml/sso"), ServiceProviderProvider: w,
	}
	server := httptest.NewUnstartedServer(nil)
	host, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	number, _ := strconv.Atoi(port)
	v, err := viewer.New(viewer.Options{Place: site.Place{Name: "otnhub", Host: host, Port: number}, Title: "OTN Hub", Product: product.URL, State: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = v.Handler()
	server.Start()
	t.Cleanup(server.Close)
	w.base = server.URL
	w.browser = w.newBrowser()
	return w
}

func (w *world) newBrowser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), w.base) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// GetServiceProvider lets the identity provider find the viewer's metadata.
func (w *world) GetServiceProvider(*http.Request, string) (*saml.EntityDescriptor, error) {
	res, err := http.Get(w.base + "/saml/metadata")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	entity := &saml.EntityDescriptor{}
	return entity, xml.NewDecoder(res.Body).Decode(entity)
}

type answer struct {
	*goquery.Document
	status int
	to     string
}

func (w *world) read(res *http.Response, err error) answer {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{doc, res.StatusCode, res.Header.Get("Location")}
}

// begin has the viewer make a request, and makes the response to it.
func (w *world) begin() url.Values {
	w.t.Helper()
	return w.respond(w.request())
}

func (w *world) request() *saml.IdpAuthnRequest {
	w.t.Helper()
	page := w.read(w.browser.Get(w.base + "/signin"))
	if page.status != http.StatusSeeOther || !strings.Contains(page.to, "Signature=") {
		w.t.Fatalf("the request is not a signed redirect: %d %s", page.status, page.to)
	}
	req, err := saml.NewIdpAuthnRequest(w.idp, httptest.NewRequest(http.MethodGet, page.to, nil))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := req.Validate(); err != nil {
		w.t.Fatal(err)
	}
	return req
}

func (w *world) respond(req *saml.IdpAuthnRequest) url.Values {
	w.t.Helper()
	session := &saml.Session{ID: "s", NameID: "opaque-1", CreateTime: saml.TimeNow(), ExpireTime: saml.TimeNow().Add(1e12), Index: "index-1", UserName: "Randy Burt"}
	if err := (saml.DefaultAssertionMaker{}).MakeAssertion(req, session); err != nil {
		w.t.Fatal(err)
	}
	form, err := req.PostBinding()
	if err != nil {
		w.t.Fatal(err)
	}
	return url.Values{"SAMLResponse": {form.SAMLResponse}, "RelayState": {form.RelayState}}
}

func (w *world) post(form url.Values) answer {
	w.t.Helper()
	// The session cookie stays behind, as it would on a POST from another site.
	bare := w.newBrowser()
	bare.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return w.read(bare.PostForm(w.base+"/saml/acs", form))
}

func TestTheBrowserThatAskedIsSignedInAndSeesWhatWasSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.post(w.begin())
	if page.status != http.StatusSeeOther || !strings.HasPrefix(page.to, "/saml/finish?r=") {
		t.Fatalf("%d %s: %s", page.status, page.to, page.Find("main").Text())
	}
	text := w.read(w.browser.Get(w.base + page.to)).Text()
	for _, want := range []string{"opaque-1", "index-1", "Randy Burt", "<saml:Assertion", "Sign out"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown: %s", want, text)
		}
	}
	res, err := http.Get(w.base + "/last.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var last viewer.Received
	if err := json.NewDecoder(res.Body).Decode(&last); err != nil || !last.OK || last.NameID != "opaque-1" {
		t.Errorf("last: %+v, %v", last, err)
	}
	if signIn := w.read(w.browser.PostForm(w.base+"/signout", url.Values{"only": {"here"}})); signIn.Find("a[href='/signin']").Length() != 1 {
		t.Error("still signed in after signing out")
	}
}

func TestAnotherBrowserGetsNoSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.post(w.begin())
	if got := w.read(w.newBrowser().Get(w.base + page.to)); got.status != http.StatusForbidden {
		t.Errorf("status %d", got.status)
	}
	if got := w.read(w.browser.Get(w.base + page.to)); got.status != http.StatusGone {
		t.Errorf("the outcome can be fetched twice: %d", got.status)
	}
}

func TestResponsesThatAreNotForThisRequestAreRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*world, url.Values) url.Values{
		"a response to a request never made": func(w *world, _ url.Values) url.Values {
			req := w.request()
			req.Request.ID = "id-of-another"
			return w.respond(req)
		},
		"a response answered already": func(w *world, form url.Values) url.Values { w.post(form); return form },
		"another relay state":         func(_ *world, form url.Values) url.Values { form.Set("RelayState", "x"); return form },
		"a changed name": func(_ *world, form url.Values) url.Values {
			message, _ := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
			form.Set("SAMLResponse", base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(string(message), "opaque-1", "opaque-2"))))
			return form
		},
		"no signature": func(_ *world, form url.Values) url.Values {
			message, _ := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
			bare := regexp.MustCompile(`(?s)<ds:Signature.*?</ds:Signature>`).ReplaceAll(message, nil)
			form.Set("SAMLResponse", base64.StdEncoding.EncodeToString(bare))
			return form
		},
		"not base64": func(_ *world, form url.Values) url.Values { form.Set("SAMLResponse", "%"); return form },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			page := w.post(spoil(w, w.begin()))
			if page.status != http.StatusForbidden {
				t.Errorf("status %d, led to %s", page.status, page.to)
			}
		})
	}
}

func TestAResponseThatClaimsNoRequestIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	entity, err := w.GetServiceProvider(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	role := entity.SPSSODescriptors[0]
	req := &saml.IdpAuthnRequest{
		IDP: w.idp, HTTPRequest: httptest.NewRequest(http.MethodGet, "/", nil), Now: saml.TimeNow(),
		ServiceProviderMetadata: entity, SPSSODescriptor: &role, ACSEndpoint: &role.AssertionConsumerServices[0],
	}
	session := &saml.Session{NameID: "opaque-1", CreateTime: saml.TimeNow(), Index: "i"}
	if err := (saml.DefaultAssertionMaker{}).MakeAssertion(req, session); err != nil {
		t.Fatal(err)
	}
	posted, err := req.PostBinding()
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"SAMLResponse": {posted.SAMLResponse}}
	if page := w.post(form); page.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", page.status, page.Find("main").Text())
	}
	if page := w.post(form); page.status != http.StatusForbidden {
		t.Errorf("the second time: status %d", page.status)
	}
}

func TestAnErrorStatusIsToldInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.begin()
	message, _ := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
	denied := strings.Replace(string(message), `<samlp:StatusCode Value="`+saml.StatusSuccess+`"/>`,
		`<samlp:StatusCode Value="`+saml.StatusResponder+`"><samlp:StatusCode Value="`+saml.StatusRequestDenied+`"/></samlp:StatusCode><samlp:StatusMessage>Not enrolled.</samlp:StatusMessage>`, 1)
	form.Set("SAMLResponse", base64.StdEncoding.EncodeToString([]byte(denied)))
	text := w.post(form).Text()
	for _, want := range []string{"you may not use this service", "Not enrolled.", "RequestDenied"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown: %s", want, text)
		}
	}
}

func TestARequestCanGoByPostSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.read(w.browser.Get(w.base + "/signin?binding=post&force=1&lang=fr"))
	value, _ := page.Find("input[name=SAMLRequest]").Attr("value")
	message, err := base64.StdEncoding.DecodeString(value)
	if err != nil || !strings.Contains(string(message), "<ds:Signature") || !strings.Contains(string(message), `ForceAuthn="true"`) {
		t.Errorf("%v: %s", err, message)
	}
	if lang, _ := page.Find("html").Attr("lang"); lang != "fr-CA" {
		t.Errorf("lang %q", lang)
	}
	res, err := http.Get(w.base + "/saml/metadata")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	metadata, _ := io.ReadAll(res.Body)
	if strings.Contains(string(metadata), "encryption") || strings.Contains(string(metadata), "Artifact") {
		t.Errorf("the metadata promises too much: %s", metadata)
	}
}
