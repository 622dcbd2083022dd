package people

import (
	"context"
	"fmt"
	"strings"

	"oneid/app/internal/secret"
	"oneid/db"
)

// Person is what an account says about its person.
type Person struct {
	Title          string `json:"title,omitempty"`
	PreferredFirst string `json:"preferred_first"`
	Middle         string `json:"middle,omitempty"`
	PreferredLast  string `json:"preferred_last"`
	LegalFirst     string `json:"legal_first"`
	LegalMiddle    string `json:"legal_middle,omitempty"`
	LegalLast      string `json:"legal_last"`
	Gender         string `json:"gender,omitempty"`
	BirthDate      string `json:"birth_date"` // YYYY-MM-DD
}

// DisplayName is how pages and services name the person. Someone who writes one
// name in both fields is named once.
func (p Person) DisplayName() string {
	if p.PreferredFirst == p.PreferredLast {
		return p.PreferredFirst
	}
	return strings.TrimSpace(p.PreferredFirst + " " + p.PreferredLast)
}

// Sealer seals and opens columns.
type Sealer interface {
	Seal(ctx context.Context, at secret.Place, plaintext []byte) ([]byte, error)
	Open(ctx context.Context, at secret.Place, sealed []byte) ([]byte, error)
	SealJSON(ctx context.Context, at secret.Place, v any) ([]byte, error)
	OpenJSON(ctx context.Context, at secret.Place, sealed []byte, v any) error
}

// Book opens and seals.
type Book struct {
	Sealer Sealer
	// Index is the key ring's blind index.
	Index func(scope, canonical string) []byte
}

func at(id db.AccountID, column string) secret.Place {
	return secret.Place{Table: "accounts", Column: column, Row: string(id)}
}

// Open returns the person of an account.
func (b *Book) Open(ctx context.Context, a *db.Account) (Person, error) {
	var p Person
	if err := b.Sealer.OpenJSON(ctx, at(a.ID, "person"), a.Person, &p); err != nil {
		return p, fmt.Errorf("open person of account %s: %w", a.ID, err)
	}
	return p, nil
}

// Contact is how to reach a person.
type Contact struct {
	Email string
	Phone string // E.164, with ;ext=
}

// Contact opens how to reach the person of an account.
func (b *Book) Contact(ctx context.Context, a *db.Account) (Contact, error) {
	email, err := b.Sealer.Open(ctx, at(a.ID, "email"), a.Email)
	if err != nil {
		return Contact{}, fmt.Errorf("open email of account %s: %w", a.ID, err)
	}
	phone, err := b.Sealer.Open(ctx, at(a.ID, "contact_phone"), a.ContactPhone)
	if err != nil {
		return Contact{}, fmt.Errorf("open contact phone of account %s: %w", a.ID, err)
	}
	return Contact{Email: string(email), Phone: string(phone)}, nil
}

// Fill seals a person and their contacts into an account that has its id, and
// sets the indexes that find it.
func (b *Book) Fill(ctx context.Context, a *db.Account, p Person, c Contact) error {
	person, err := b.Sealer.SealJSON(ctx, at(a.ID, "person"), p)
	if err != nil {
		return fmt.Errorf("seal person: %w", err)
	}
	email, err := b.Sealer.Seal(ctx, at(a.ID, "email"), []byte(c.Email))
	if err != nil {
		return fmt.Errorf("seal email: %w", err)
	}
	phone, err := b.Sealer.Seal(ctx, at(a.ID, "contact_phone"), []byte(c.Phone))
	if err != nil {
		return fmt.Errorf("seal contact phone: %w", err)
	}
	a.Person, a.Email, a.ContactPhone = person, email, phone
	a.EmailIndex = b.Index("email", secret.CanonicalEmail(c.Email))
	a.PersonIndex = b.NameIndex(p.LegalFirst, p.LegalLast, p.BirthDate)
	a.PreferredIndex = b.NameIndex(p.PreferredFirst, p.PreferredLast, p.BirthDate)
	return nil
}

// NameIndex finds people by a name, legal or preferred, and a birth date
// (YYYY-MM-DD).
func (b *Book) NameIndex(first, last, birthDate string) db.Index {
	return b.Index("person", secret.CanonicalPerson(first, last, birthDate))
}
