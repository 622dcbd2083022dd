package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"oneid/cmd/sandbox/site"
)

type tile struct{ Name, Address string }

// tiles are the online services of the portal's home page, in the order of
// the college's own page.
var tiles = []tile{
	{"profile", "/profile"}, {"membership", ""}, {"renewal", ""},
	{"practice", ""}, {"registration", ""}, {"qi", ""},
	{"premises", ""}, {"oneid", "/oneid"}, {"start", ""},
}

func (p *Portal) getHome(w http.ResponseWriter, r *http.Request) {
	if p.visits.of(r).member == "" {
		http.Redirect(w, r, "/signin", http.StatusSeeOther)
		return
	}
	p.show(w, r, http.StatusOK, "home", tiles)
}

type signInPage struct {
	User, Next string
	Wrong      bool
	Samples    []Member
}

func (p *Portal) getSignIn(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, "signin", signInPage{Next: local(r.URL.Query().Get("next")), Samples: p.book.all()})
}

func (p *Portal) postSignIn(w http.ResponseWriter, r *http.Request) {
	user, next := strings.TrimSpace(r.PostFormValue("user")), local(r.PostFormValue("next"))
	member, ok := p.book.signIn(user, r.PostFormValue("password"))
	if !ok {
		p.show(w, r, http.StatusUnprocessableEntity, "signin", signInPage{User: user, Next: next, Wrong: true, Samples: p.book.all()})
		return
	}
	p.visits.signIn(w, r, member.Number)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (p *Portal) postSignOut(w http.ResponseWriter, r *http.Request) {
	p.visits.signOut(w, r)
	http.Redirect(w, r, "/signin", http.StatusSeeOther)
}

// local keeps a return address on this site.
func local(next string) string {
	parsed, err := url.Parse(next)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/"
	}
	return next
}

// member answers who is signed in, or sends the browser to sign in first.
func (p *Portal) member(w http.ResponseWriter, r *http.Request) (Member, bool) {
	m, ok := p.book.member(p.visits.of(r).member)
	if !ok {
		next := "/"
		if r.Method == http.MethodGet {
			next = r.URL.RequestURI()
		}
		http.Redirect(w, r, "/signin?next="+url.QueryEscape(next), http.StatusSeeOther)
	}
	return m, ok
}

type profilePage struct {
	Member Member
	Errors map[string]string // field to key of the message
}

func (p *Portal) getProfile(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.member(w, r); ok {
		p.show(w, r, http.StatusOK, "profile", profilePage{Member: m})
	}
}

func (p *Portal) postProfile(w http.ResponseWriter, r *http.Request) {
	m, ok := p.member(w, r)
	if !ok {
		return
	}
	m.Legal = Name{First: r.PostFormValue("first"), Middle: r.PostFormValue("middle"), Last: r.PostFormValue("last")}
	m.BirthDate = strings.TrimSpace(r.PostFormValue("birth_date"))
	wrong := map[string]string{}
	if strings.TrimSpace(m.Legal.First+m.Legal.Last) == "" {
		wrong["last"] = "profile.name_missing"
	}
	if born, err := time.Parse(time.DateOnly, m.BirthDate); err != nil || born.After(p.now()) {
		wrong["birth_date"] = "profile.birth_wrong"
	}
	if len(wrong) > 0 {
		p.show(w, r, http.StatusUnprocessableEntity, "profile", profilePage{Member: m, Errors: wrong})
		return
	}
	p.keep(w, r, m)
}

// postBirthDate puts right the date the college had on file wrongly.
func (p *Portal) postBirthDate(w http.ResponseWriter, r *http.Request) {
	m, ok := p.member(w, r)
	if !ok {
		return
	}
	if m.CorrectBirthDate == "" {
		p.notFound(w, r)
		return
	}
	m.BirthDate = m.CorrectBirthDate
	p.keep(w, r, m)
}

func (p *Portal) keep(w http.ResponseWriter, r *http.Request, m Member) {
	if err := p.book.correct(m.Number, m.Legal, m.BirthDate); err != nil {
		p.fail(w, r, http.StatusInternalServerError, "problem.storage", err)
		return
	}
	p.visits.change(w, r, func(s *session) { s.notice = "profile.corrected" })
	http.Redirect(w, r, "/profile", http.StatusSeeOther)
}

func (p *Portal) getConsents(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.member(w, r); ok {
		p.show(w, r, http.StatusOK, "consents", p.book.consents(m.Number))
	}
}

func (p *Portal) getMembers(w http.ResponseWriter, r *http.Request) { answerJSON(w, p.book.all()) }

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.Encode(v)
}

type oneIDPage struct {
	Consent document
	Waiting string // id of a request that waits for this consent
	Missing bool
	Viewers map[string]string
}

func (p *Portal) getOneID(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.member(w, r); ok {
		p.showOneID(w, r, http.StatusOK, m, r.URL.Query().Get("p"), false)
	}
}

func (p *Portal) showOneID(w http.ResponseWriter, r *http.Request, status int, m Member, waiting string, missing bool) {
	p.show(w, r, status, "oneid", oneIDPage{Consent: p.consent[site.Lang(r, m.Language)], Waiting: waiting, Missing: missing, Viewers: p.viewers})
}

// postOneID records the consent, then sends the member to the product, or back
// to the request that was waiting for it.
func (p *Portal) postOneID(w http.ResponseWriter, r *http.Request) {
	m, ok := p.member(w, r)
	if !ok {
		return
	}
	waiting := r.PostFormValue("p")
	if r.PostFormValue("consent") == "" {
		p.showOneID(w, r, http.StatusUnprocessableEntity, m, waiting, true)
		return
	}
	at, lang := p.now(), site.Lang(r, m.Language)
	if err := p.book.consent(Consent{Member: m.Number, At: at.UTC().Truncate(time.Second), Language: lang, Version: p.consent[lang].Version}); err != nil {
		p.fail(w, r, http.StatusInternalServerError, "problem.storage", err)
		return
	}
	p.visits.change(w, r, func(s *session) { s.consented = at })
	if _, ok := p.visits.held(r, waiting); ok {
		http.Redirect(w, r, "/saml/continue?p="+url.QueryEscape(waiting), http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, p.product+"/register?college="+url.QueryEscape(p.place.Name), http.StatusSeeOther)
}

// postCancel drops the sign-up. A request that waits is told so.
func (p *Portal) postCancel(w http.ResponseWriter, r *http.Request) {
	waiting := r.PostFormValue("p")
	if req, ok := p.visits.held(r, waiting); ok {
		p.visits.release(r, waiting)
		p.refuse(w, r, req, refusalCancelled)
		return
	}
	p.visits.change(w, r, func(s *session) { s.notice = "oneid.cancelled" })
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
