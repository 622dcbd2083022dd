package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"oneid/cmd/sandbox/site"
)

// Consent is the record of one consent to the hand-over.
type Consent struct {
	Member   string    `json:"member"`
	At       time.Time `json:"at"`
	Language string    `json:"language"`
	Version  string    `json:"version"`
}

// record is what the portal keeps in its file.
type record struct {
	Secret    string            `json:"secret"` // makes the opaque name of each member
	Names     map[string]Name   `json:"names"`
	Births    map[string]string `json:"births"`
	Standings map[string]string `json:"standings"`
	Consents  []Consent         `json:"consents"`
}

// book holds the members and what has changed about them.
type book struct {
	path string

	mu      sync.Mutex
	samples []Member
	kept    record
}

func openBook(path string) (*book, error) {
	samples, err := Samples()
	if err != nil {
		return nil, err
	}
	b := &book{path: path, samples: samples, kept: record{
		Secret: site.Token() + site.Token(), Names: map[string]Name{}, Births: map[string]string{}, Standings: map[string]string{},
	}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, b.save()
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &b.kept); err != nil {
		return nil, fmt.Errorf("read %s (delete it to start afresh): %w", path, err)
	}
	return b, nil
}

// save is called with the lock held, except while opening.
func (b *book) save() error {
	data, err := json.MarshalIndent(b.kept, "", "  ")
	if err != nil {
		return err
	}
	return site.WriteFile(b.path, data)
}

// all lists the members as they stand now.
func (b *book) all() []Member {
	b.mu.Lock()
	defer b.mu.Unlock()
	members := slices.Clone(b.samples)
	for i := range members {
		m := &members[i]
		if name, ok := b.kept.Names[m.Number]; ok {
			m.Legal = name
		}
		if birth, ok := b.kept.Births[m.Number]; ok {
			m.BirthDate = birth
		}
		if standing, ok := b.kept.Standings[m.Number]; ok {
			m.Status = standing
		}
	}
	return members
}

func (b *book) member(number string) (Member, bool) {
	for _, m := range b.all() {
		if m.Number == number {
			return m, true
		}
	}
	return Member{}, false
}

func (b *book) signIn(user, password string) (Member, bool) {
	for _, m := range b.all() {
		if m.Portal.User == user && m.Portal.Password == password {
			return m, true
		}
	}
	return Member{}, false
}

func (b *book) correct(number string, name Name, birth string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept.Names[number] = name
	b.kept.Births[number] = birth
	return b.save()
}

func (b *book) setStanding(number, standing string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept.Standings[number] = standing
	return b.save()
}

func (b *book) consent(c Consent) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept.Consents = append(b.kept.Consents, c)
	return b.save()
}

// consents lists a member's consents, the newest first.
func (b *book) consents(number string) []Consent {
	b.mu.Lock()
	defer b.mu.Unlock()
	var own []Consent
	for _, c := range slices.Backward(b.kept.Consents) {
		if c.Member == number {
			own = append(own, c)
		}
	}
	return own
}

func (b *book) secret() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.kept.Secret
}
