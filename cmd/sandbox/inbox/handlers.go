package inbox

import (
	"encoding/json"
	"html/template"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"oneid/cmd/sandbox/site"
)

const shownMessages = 200

// Handler serves the pages, the JSON and the carrier.
func (b *Inbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.getMail)
	mux.HandleFunc("GET /mail/{id}", b.getOneMail)
	mux.HandleFunc("GET /mail/{id}/html", b.getHTML)
	mux.HandleFunc("GET /texts", b.getTexts)
	mux.HandleFunc("GET /calls", b.getCalls)
	mux.HandleFunc("POST /calls/{id}/answer", b.onCall(func(c *call, _ *http.Request) error { c.answer(); return nil }))
	mux.HandleFunc("POST /calls/{id}/decline", b.onCall(func(c *call, _ *http.Request) error { c.hangUp(); return nil }))
	mux.HandleFunc("POST /calls/{id}/press", b.onCall(press))
	mux.HandleFunc("GET /messages", b.getMessages)
	mux.HandleFunc("DELETE /messages", b.deleteMessages)
	mux.HandleFunc("GET /faults", b.getFaults)
	mux.HandleFunc("POST /faults", b.postFaults)
	mux.HandleFunc("GET /version", b.getVersion)
	mux.Handle("GET /assets/", http.FileServerFS(files))
	b.carrier(mux)
	return site.Secure(site.ChooseLanguage(mux), nil)
}

func (b *Inbox) show(w http.ResponseWriter, r *http.Request, page string, data any) {
	ringing := 0
	for _, m := range b.store.list("", Call) {
		if m.State == stateRinging {
			ringing++
		}
	}
	b.pages.Render(w, r, http.StatusOK, site.Lang(r, ""), page, struct{ Ringing, Version int }{ringing, b.store.now()}, data)
}

type listPage struct {
	To       string
	Messages []Message
}

func (b *Inbox) listOf(r *http.Request, channel string) listPage {
	to := r.URL.Query().Get("to")
	found := b.store.list(to, channel)
	return listPage{to, found[:min(len(found), shownMessages)]}
}

func (b *Inbox) getMail(w http.ResponseWriter, r *http.Request) {
	b.show(w, r, "mail", b.listOf(r, Mail))
}

// thread is the texts of one number, oldest first, as a phone shows them.
type thread struct {
	To    string
	Texts []Message
}

func (b *Inbox) getTexts(w http.ResponseWriter, r *http.Request) {
	list := b.listOf(r, Text)
	var threads []*thread
	byNumber := map[string]*thread{}
	for _, m := range list.Messages {
		t := byNumber[m.To]
		if t == nil {
			t = &thread{To: m.To}
			byNumber[m.To] = t
			threads = append(threads, t)
		}
		t.Texts = append([]Message{m}, t.Texts...)
	}
	b.show(w, r, "texts", struct {
		To      string
		Threads []*thread
	}{list.To, threads})
}

func (b *Inbox) getCalls(w http.ResponseWriter, r *http.Request) {
	b.show(w, r, "calls", struct {
		listPage
		Keys   []string
		Faults map[string]string
		Known  map[string][]string
	}{b.listOf(r, Call), strings.Split("1 2 3 4 5 6 7 8 9 * 0 #", " "), b.faults.all(), faultsOf})
}

type piece struct {
	Text, Link string
}

var links = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:)]`)

// pieces splits a text into words and links, so that a person can follow them.
func pieces(text string) []piece {
	var out []piece
	at := 0
	for _, found := range links.FindAllStringIndex(text, -1) {
		out = append(out, piece{Text: text[at:found[0]]}, piece{Text: text[found[0]:found[1]], Link: text[found[0]:found[1]]})
		at = found[1]
	}
	return append(out, piece{Text: text[at:]})
}

func (b *Inbox) getOneMail(w http.ResponseWriter, r *http.Request) {
	m, ok := b.store.one(r.PathValue("id"))
	if !ok || m.Channel != Mail {
		http.NotFound(w, r)
		return
	}
	b.show(w, r, "onemail", struct {
		Message
		Pieces []piece
	}{m, pieces(m.Body)})
}

// getHTML serves the HTML of a mail for a frame that runs no script and loads
// nothing from elsewhere, as a careful mail program would.
func (b *Inbox) getHTML(w http.ResponseWriter, r *http.Request) {
	m, ok := b.store.one(r.PathValue("id"))
	if !ok || m.HTML == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	template.Must(template.New("mail").Parse(`<base target="_blank">{{.}}`)).Execute(w, template.HTML(m.HTML))
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

func sendsJSON(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/json"
}

func (b *Inbox) getMessages(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	answerJSON(w, b.store.list(query.Get("to"), query.Get("channel")))
}

func (b *Inbox) deleteMessages(w http.ResponseWriter, r *http.Request) {
	b.store.clear()
	w.WriteHeader(http.StatusNoContent)
}

func (b *Inbox) getVersion(w http.ResponseWriter, r *http.Request) {
	answerJSON(w, map[string]int{"version": b.store.now()})
}

func (b *Inbox) getFaults(w http.ResponseWriter, r *http.Request) { answerJSON(w, b.faults.all()) }

func (b *Inbox) postFaults(w http.ResponseWriter, r *http.Request) {
	asked := map[string]string{}
	if sendsJSON(r) {
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			http.Error(w, "the body is not JSON", http.StatusBadRequest)
			return
		}
	} else {
		for channel := range faultsOf {
			asked[channel] = r.PostFormValue(channel)
		}
	}
	if err := b.faults.set(asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if sendsJSON(r) {
		answerJSON(w, b.faults.all())
		return
	}
	http.Redirect(w, r, "/calls", http.StatusSeeOther)
}

var keyPattern = regexp.MustCompile(`^[0-9*#]{1,16}$`)

type badKey string

func (k badKey) Error() string { return "no such key: " + string(k) }

func press(c *call, r *http.Request) error {
	key := r.PostFormValue("digit")
	if sendsJSON(r) {
		var asked struct{ Digit string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			return badKey("the body is not JSON")
		}
		key = asked.Digit
	}
	if !keyPattern.MatchString(key) {
		return badKey(key)
	}
	return c.press(r.Context(), key)
}

// onCall does something to a call under way and shows the call.
func (b *Inbox) onCall(do func(*call, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		c, ok := b.ringing(id)
		if !ok {
			if _, known := b.store.one(id); known {
				http.Error(w, "This call has ended.", http.StatusConflict)
				return
			}
			http.NotFound(w, r)
			return
		}
		if err := do(c, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if sendsJSON(r) {
			m, _ := b.store.one(id)
			answerJSON(w, m)
			return
		}
		http.Redirect(w, r, "/calls#"+id, http.StatusSeeOther)
	}
}
