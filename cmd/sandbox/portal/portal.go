package portal

import (
	"embed"
	"log"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"oneid/cmd/sandbox/site"
)

//go:embed words pages documents assets
var files embed.FS

// Portal is one running member portal.
type Portal struct {
	place    site.Place
	product  string
	identity site.Identity
	now      func() time.Time
	pages    *site.Pages
	words    site.Words
	book     *book
	visits   *sessions
	trust    *trust
	consent  map[string]document
	viewers  map[string]string // base address by name

	mu       sync.Mutex
	next     map[string]string // variant of the next response, by member number; "" for any
	previous map[string][]byte // last good response, by member number
	last     []byte            // last response of any kind
}

// Options says where a portal lives and whom it serves.
type Options struct {
	Place   site.Place
	Product string           // base address of the product
	State   string           // folder for keys, corrections and consents
	Viewers []site.Place     // services the page about ONE ID links to
	Now     func() time.Time // the clock; nil means the system's
}

// New opens a portal. It needs nothing from the product until a member is
// handed over.
func New(o Options) (*Portal, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	identity, err := site.LoadIdentity(filepath.Join(o.State, "sites"), o.Place.Name)
	if err != nil {
		return nil, err
	}
	members, err := openBook(filepath.Join(o.State, "sites", o.Place.Name+".json"))
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
	consent, err := readConsent()
	if err != nil {
		return nil, err
	}
	viewers := map[string]string{}
	for _, v := range o.Viewers {
		viewers[v.Name] = v.Base()
	}
	return &Portal{
		place: o.Place, product: o.Product, identity: identity, now: o.Now, pages: pages, words: words,
		book: members, consent: consent, viewers: viewers,
		visits:   &sessions{now: o.Now, open: map[string]*session{}},
		trust:    &trust{url: o.Product + "/college/metadata", client: site.Client(10 * time.Second), now: o.Now},
		next:     map[string]string{},
		previous: map[string][]byte{},
	}, nil
}

// EntityID is the portal's name in SAML, and the address of its metadata.
func (p *Portal) EntityID() string { return p.place.Base() + "/saml/metadata" }

func (p *Portal) ssoURL() string { return p.place.Base() + "/saml/sso" }

// Handler serves the whole portal.
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.getHome)
	mux.HandleFunc("GET /signin", p.getSignIn)
	mux.HandleFunc("POST /signin", p.postSignIn)
	mux.HandleFunc("POST /signout", p.postSignOut)
	mux.HandleFunc("GET /profile", p.getProfile)
	mux.HandleFunc("POST /profile", p.postProfile)
	mux.HandleFunc("POST /profile/birth-date", p.postBirthDate)
	mux.HandleFunc("GET /consents", p.getConsents)
	mux.HandleFunc("GET /oneid", p.getOneID)
	mux.HandleFunc("POST /oneid", p.postOneID)
	mux.HandleFunc("POST /oneid/cancel", p.postCancel)
	mux.HandleFunc("GET /saml/metadata", p.getMetadata)
	mux.HandleFunc("GET /saml/sso", p.getSSO)
	mux.HandleFunc("GET /saml/continue", p.getContinue)
	mux.HandleFunc("GET /members.json", p.getMembers)
	mux.HandleFunc("GET /lab", p.getLab)
	mux.HandleFunc("GET /lab/last.xml", p.getLast)
	mux.HandleFunc("POST /lab/next", p.postNext)
	mux.HandleFunc("POST /lab/members/{number}", p.postMember)
	mux.Handle("GET /assets/", http.FileServerFS(files))
	mux.HandleFunc("/", p.notFound)
	return site.Secure(site.ChooseLanguage(mux), []string{p.product})
}

// common is what the frame around every page shows.
type common struct {
	Member   Member
	SignedIn bool
	Notice   string
	Product  string
}

// show renders a page in the reader's language: chosen, else the member's own,
// else the browser's.
func (p *Portal) show(w http.ResponseWriter, r *http.Request, status int, page string, data any) {
	own := p.visits.of(r)
	frame := common{Product: p.product}
	frame.Member, frame.SignedIn = p.book.member(own.member)
	if own.notice != "" {
		frame.Notice = own.notice
		p.visits.change(w, r, func(s *session) { s.notice = "" })
	}
	p.pages.Render(w, r, status, site.Lang(r, frame.Member.Language), page, frame, data)
}

// fail shows a page that says what went wrong; the reason is for testers.
func (p *Portal) fail(w http.ResponseWriter, r *http.Request, status int, key string, reason error) {
	log.Printf("portal: %s %s: %v", r.Method, r.URL.Path, reason)
	p.show(w, r, status, "problem", struct {
		Key    string
		Reason error
	}{key, reason})
}

func (p *Portal) notFound(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusNotFound, "problem", struct {
		Key    string
		Reason error
	}{"problem.missing", nil})
}
