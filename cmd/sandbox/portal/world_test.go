package portal_test

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/cmd/sandbox/portal"
	"oneid/cmd/sandbox/site"
)

// world is a portal, the product's side of the hand-over as another library
// sees it, and a browser.
type world struct {
	t       *testing.T
	base    string
	state   string
	sp      *saml.ServiceProvider
	product *httptest.Server
	browser *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, state: t.TempDir()}
	id, err := site.NewIdentity("product")
	if err != nil {
		t.Fatal(err)
	}
	w.product = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/college/metadata" {
			xml.NewEncoder(rw).Encode(w.sp.Metadata())
		}
	}))
	t.Cleanup(w.product.Close)
	w.sp = &saml.ServiceProvider{
		Key: id.Key, Certificate: id.Cert, SignatureMethod: dsig.RSASHA256SignatureMethod,
		AuthnNameIDFormat: saml.PersistentNameIDFormat,
		MetadataURL:       address(t, w.product.URL+"/college/metadata"), AcsURL: address(t, w.product.URL+"/college/cpso/acs"),
	}
	w.open()
	return w
}

// open starts the portal, again with the same state after the first time.
func (w *world) open() {
	w.t.Helper()
	server := httptest.NewUnstartedServer(nil)
	host, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	place := site.Place{Name: "cpso", Host: host, Port: number(port)}
	p, err := portal.New(portal.Options{Place: place, Product: w.product.URL, State: w.state})
	if err != nil {
		w.t.Fatal(err)
	}
	server.Config.Handler = p.Handler()
	server.Start()
	w.t.Cleanup(server.Close)
	w.base = server.URL
	jar, _ := cookiejar.New(nil)
	w.browser = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), w.base) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	w.sp.IDPMetadata = &saml.EntityDescriptor{}
	res, err := http.Get(w.base + "/saml/metadata")
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := xml.NewDecoder(res.Body).Decode(w.sp.IDPMetadata); err != nil {
		w.t.Fatal(err)
	}
}

func number(port string) int {
	n := 0
	for _, c := range port {
		n = n*10 + int(c-'0')
	}
	return n
}

func address(t *testing.T, raw string) url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return *u
}

type answer struct {
	*goquery.Document
	status   int
	location string
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

func (w *world) get(address string) answer {
	w.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = w.base + address
	}
	return w.read(w.browser.Get(address))
}

func (w *world) post(path string, pairs ...string) answer {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return w.read(w.browser.PostForm(w.base+path, form))
}

func (w *world) signIn(member string) answer {
	w.t.Helper()
	return w.post("/signin", "user", "m"+member, "password", "Portal-"+member, "next", "/")
}

// ask makes a request as the product would and follows it.
func (w *world) ask() (*saml.AuthnRequest, answer) {
	w.t.Helper()
	req, err := w.sp.MakeAuthenticationRequest(w.sp.GetSSOBindingLocation(saml.HTTPRedirectBinding), saml.HTTPRedirectBinding, saml.HTTPPostBinding)
	if err != nil {
		w.t.Fatal(err)
	}
	to, err := req.Redirect("relay1", w.sp)
	if err != nil {
		w.t.Fatal(err)
	}
	return req, w.get(to.String())
}

func (w *world) response(page answer) []byte {
	w.t.Helper()
	value, ok := page.Find("form#saml input[name=SAMLResponse]").Attr("value")
	if !ok {
		w.t.Fatalf("no response in the page (status %d): %s", page.status, page.Find("main").Text())
	}
	out, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) lab(path, body string) {
	w.t.Helper()
	res, err := http.Post(w.base+path, "application/json", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("POST %s %s: %s", path, body, res.Status)
	}
}
