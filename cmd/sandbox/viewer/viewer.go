package viewer

import (
	"embed"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"oneid/cmd/sandbox/site"
)

//go:embed words pages assets
var files embed.FS

// everySite are the places a sign-out may lead through: browsers hold a form to
// its policy over all redirects, and the product visits every viewer in turn.
const everySite = "http://*.localhost:*"

// Options says where a viewer lives and who signs people in.
type Options struct {
	Place   site.Place
	Title   string // the service's name
	Product string // base address of the product
	State   string // folder for keys
	NameID  saml.NameIDFormat
	// Logout are the bindings by which sign-outs arrive, the preferred first;
	// none makes a viewer that can't be asked.
	Logout []string
	Now    func() time.Time // the clock; nil means the system's
}

// Viewer is one running service provider.
type Viewer struct {
	title   string
	name    string
	base    string
	product string
	now     func() time.Time
	pages   *site.Pages
	sp      saml.ServiceProvider // without the product's metadata
	idp     *provider
	logout  []string

	mu       sync.Mutex
	asked    map[string]pending // by request id
	results  map[string]result  // judged, and not yet fetched by their browser
	sessions map[string]Received
	used     map[string]time.Time // assertion ids, until when they matter
	last     *Received
	manner   string // how sign-outs are taken
}

// New opens a viewer. It needs nothing from the product until someone signs in.
func New(o Options) (*Viewer, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NameID == "" {
		o.NameID = saml.PersistentNameIDFormat
	}
	identity, err := site.LoadIdentity(filepath.Join(o.State, "sites"), o.Place.Name)
	if err != nil {
		return nil, err
	}
	words, err := site.ReadWords(files, "words")
	if err != nil {
		return nil, err
	}
	pages, err := site.ReadPages(files, "pages", words)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(o.Place.Base())
	if err != nil {
		return nil, err
	}
	at := func(path string) url.URL { return *base.JoinPath(path) }
	return &Viewer{
		title: o.Title, name: o.Place.Name, base: o.Place.Base(), product: o.Product, now: o.Now, pages: pages,
		sp: saml.ServiceProvider{
			Key: identity.Key, Certificate: identity.Cert, SignatureMethod: dsig.RSASHA256SignatureMethod,
			MetadataURL: at("/saml/metadata"), AcsURL: at("/saml/acs"), SloURL: at("/saml/slo"),
			AuthnNameIDFormat: o.NameID,
		},
		idp:      &provider{url: o.Product + "/saml/metadata", client: site.Client(10 * time.Second), now: o.Now},
		asked:    map[string]pending{},
		results:  map[string]result{},
		sessions: map[string]Received{},
		used:     map[string]time.Time{},
		logout:   o.Logout,
		manner:   Confirm,
	}, nil
}

// EntityID is the viewer's name in SAML, and the address of its metadata.
func (v *Viewer) EntityID() string { return v.base + "/saml/metadata" }

// Handler serves the whole viewer.
func (v *Viewer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", v.getStart)
	mux.HandleFunc("GET /signin", v.getSignIn)
	mux.HandleFunc("POST /signout", v.postSignOut)
	mux.HandleFunc("GET /last.json", v.getLast)
	mux.HandleFunc("GET /saml/metadata", v.getMetadata)
	mux.HandleFunc("POST /saml/acs", v.postACS)
	mux.HandleFunc("GET /saml/finish", v.getFinish)
	mux.HandleFunc("GET /saml/slo", v.getLogout)
	mux.HandleFunc("POST /saml/slo", v.postLogout)
	mux.HandleFunc("POST /saml/slo/soap", v.postEnvelope)
	mux.HandleFunc("POST /lab/logout", v.postManner)
	mux.Handle("GET /assets/", http.FileServerFS(files))
	return site.Secure(site.ChooseLanguage(mux), []string{v.product, everySite}, "POST /saml/acs", "POST /saml/slo")
}

type common struct{ Title, Name string }

func (v *Viewer) show(w http.ResponseWriter, r *http.Request, status int, page string, data any) {
	v.pages.Render(w, r, status, site.Lang(r, ""), page, common{v.title, v.name}, data)
}
