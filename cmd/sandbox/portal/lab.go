package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
)

type labPage struct {
	Members   []Member
	Standings []string
	Variants  []string
	Next      map[string]string
}

func (p *Portal) getLab(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	next := map[string]string{}
	for member, variant := range p.next {
		next[member] = variant
	}
	p.mu.Unlock()
	p.show(w, r, http.StatusOK, "lab", labPage{Members: p.book.all(), Standings: standings, Variants: variants, Next: next})
}

// draw takes the variant for a member's next response: one of their own goes
// before one meant for anybody. Each is used once.
func (p *Portal) draw(number string) (variant string, previous []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, whose := range []string{number, ""} {
		if chosen, ok := p.next[whose]; ok {
			delete(p.next, whose)
			return chosen, p.previous[number]
		}
	}
	return Good, nil
}

// postNext chooses the variant of the next response, for everyone or for one
// member.
func (p *Portal) postNext(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Variant, Member string }
	if err := readAsked(r, &asked, func() { asked.Variant, asked.Member = r.PostFormValue("variant"), r.PostFormValue("member") }); err != nil {
		p.refuseLab(w, r, err)
		return
	}
	if !slices.Contains(variants, asked.Variant) {
		p.refuseLab(w, r, fmt.Errorf("no such variant %q; there are %v", asked.Variant, variants))
		return
	}
	p.mu.Lock()
	p.next[asked.Member] = asked.Variant
	if asked.Variant == Good {
		delete(p.next, asked.Member)
	}
	p.mu.Unlock()
	p.answerLab(w, r, asked)
}

// postMember changes a member's standing.
func (p *Portal) postMember(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Status string }
	if err := readAsked(r, &asked, func() { asked.Status = r.PostFormValue("status") }); err != nil {
		p.refuseLab(w, r, err)
		return
	}
	number := r.PathValue("number")
	if _, ok := p.book.member(number); !ok {
		p.refuseLab(w, r, fmt.Errorf("no such member %q", number))
		return
	}
	if !slices.Contains(standings, asked.Status) {
		p.refuseLab(w, r, fmt.Errorf("no such status %q; there are %v", asked.Status, standings))
		return
	}
	if err := p.book.setStanding(number, asked.Status); err != nil {
		p.fail(w, r, http.StatusInternalServerError, "problem.storage", err)
		return
	}
	m, _ := p.book.member(number)
	p.answerLab(w, r, m)
}

// getLast shows the last response that left, byte for byte.
func (p *Portal) getLast(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	last := p.last
	p.mu.Unlock()
	if last == nil {
		p.notFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Write(last)
}

func sendsJSON(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/json"
}

// readAsked reads a JSON body into target, or a form by way of fromForm.
func readAsked(r *http.Request, target any, fromForm func()) error {
	if !sendsJSON(r) {
		fromForm()
		return nil
	}
	if err := json.NewDecoder(r.Body).Decode(target); err != nil {
		return errors.New("the body is not JSON")
	}
	return nil
}

func (p *Portal) answerLab(w http.ResponseWriter, r *http.Request, v any) {
	if sendsJSON(r) {
		answerJSON(w, v)
		return
	}
	p.visits.change(w, r, func(s *session) { s.notice = "lab.done" })
	http.Redirect(w, r, "/lab", http.StatusSeeOther)
}

func (p *Portal) refuseLab(w http.ResponseWriter, r *http.Request, reason error) {
	if sendsJSON(r) {
		http.Error(w, reason.Error(), http.StatusBadRequest)
		return
	}
	p.fail(w, r, http.StatusBadRequest, "problem.lab", reason)
}
