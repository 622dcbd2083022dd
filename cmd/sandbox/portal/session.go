package portal

import (
	"net/http"
	"sync"
	"time"

	"oneid/cmd/sandbox/site"
)

const (
	sessionCookie = "portal"
	sessionIdle   = 30 * time.Minute
	// consentFresh is how long a consent given in a session lets a request of
	// the product be answered without asking again.
	consentFresh = 10 * time.Minute
	// requestLife is how long a request waits for its member to sign in and consent.
	requestLife = 15 * time.Minute
)

// session is one browser's visit. Its fields are guarded by sessions.mu.
type session struct {
	member    string // empty: not signed in
	signedIn  time.Time
	seen      time.Time
	consented time.Time
	notice    string // key of a message for the next page
	waiting   map[string]request
}

type sessions struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]*session
}

// of reads the session of a browser. Without one it answers an empty value.
func (s *sessions) of(r *http.Request) session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.find(r); found != nil {
		return *found
	}
	return session{}
}

func (s *sessions) find(r *http.Request) *session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	found := s.open[c.Value]
	if found == nil || s.now().Sub(found.seen) > sessionIdle {
		delete(s.open, c.Value)
		return nil
	}
	found.seen = s.now()
	return found
}

// change alters the browser's session, opening one if there is none.
func (s *sessions) change(w http.ResponseWriter, r *http.Request, alter func(*session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.find(r)
	if found == nil {
		found = &session{seen: s.now(), waiting: map[string]request{}}
		s.put(w, found)
	}
	alter(found)
}

// signIn opens a session under a new name, so that one planted in the browser
// beforehand is worth nothing, and takes along the requests that wait.
func (s *sessions) signIn(w http.ResponseWriter, r *http.Request, member string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := &session{member: member, signedIn: s.now(), seen: s.now(), waiting: map[string]request{}}
	if old := s.find(r); old != nil {
		fresh.waiting = old.waiting
		if old.member == member {
			fresh.consented = old.consented
		}
	}
	s.drop(r)
	s.put(w, fresh)
}

func (s *sessions) signOut(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(r)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (s *sessions) drop(r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		delete(s.open, c.Value)
	}
}

func (s *sessions) put(w http.ResponseWriter, fresh *session) {
	name := site.Token()
	s.open[name] = fresh
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// hold keeps a request until its member has signed in and consented.
func (s *sessions) hold(w http.ResponseWriter, r *http.Request, req request) string {
	id := site.Token()
	s.change(w, r, func(own *session) { own.waiting[id] = req })
	return id
}

// waiting finds a held request of this browser.
func (s *sessions) held(r *http.Request, id string) (request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.find(r)
	if own == nil {
		return request{}, false
	}
	req, ok := own.waiting[id]
	if !ok || s.now().Sub(req.Received) > requestLife {
		return request{}, false
	}
	return req, true
}

// release forgets a held request once it has been answered.
func (s *sessions) release(r *http.Request, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own := s.find(r); own != nil {
		delete(own.waiting, id)
	}
}
