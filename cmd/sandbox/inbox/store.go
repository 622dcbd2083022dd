package inbox

import (
	"slices"
	"strings"
	"sync"
	"time"

	"oneid/cmd/sandbox/site"
)

// Channels a message can come by.
const (
	Mail = "mail"
	Text = "sms"
	Call = "call"
)

const keepMessages = 20000

// Message is one mail, text or call. Of a call, Body is what was said so far
// and State how far it has come.
type Message struct {
	ID      string    `json:"id"`
	Channel string    `json:"channel"`
	To      string    `json:"to"`
	From    string    `json:"from"`
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
	At      time.Time `json:"at"`
	State   string    `json:"state,omitempty"`
	HTML    string    `json:"html,omitempty"`
	Lang    string    `json:"language,omitempty"`
}

// store keeps the newest messages and tells who waits when something changes.
type store struct {
	mu       sync.Mutex
	messages []*Message
	version  int
	changed  chan struct{}
}

func newStore() *store { return &store{changed: make(chan struct{})} }

// add keeps a message, giving it an id if it has none.
func (s *store) add(m Message) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.ID == "" {
		m.ID = site.Token()
	}
	s.messages = append(s.messages, &m)
	if len(s.messages) > keepMessages {
		s.messages = slices.Delete(s.messages, 0, len(s.messages)-keepMessages)
	}
	s.touch()
	return m.ID
}

// touch is called with the lock held.
func (s *store) touch() {
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

// alter changes a message that may since have been dropped.
func (s *store) alter(id string, change func(*Message)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.ID == id {
			change(m)
			s.touch()
			return
		}
	}
}

// one finds a message by its id.
func (s *store) one(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.ID == id {
			return *m, true
		}
	}
	return Message{}, false
}

// list answers the messages to an address by a channel, newest first. An empty
// address or channel means any.
func (s *store) list(to, channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Message{}
	for _, m := range slices.Backward(s.messages) {
		if (to == "" || sameAddress(m.To, to)) && (channel == "" || m.Channel == channel) {
			found = append(found, *m)
		}
	}
	return found
}

func (s *store) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = nil
	s.touch()
}

// now answers how often the store has changed.
func (s *store) now() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// sameAddress compares mail addresses without case, and phone numbers by their
// digits, since a plus sign in a query often arrives as a space.
func sameAddress(a, b string) bool {
	if strings.Contains(a, "@") || strings.Contains(b, "@") {
		return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
	}
	return digits(a) == digits(b) && digits(a) != ""
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
