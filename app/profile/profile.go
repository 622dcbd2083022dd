package profile

import (
	"context"
	"errors"
	"fmt"

	"oneid/app/internal/people"
	"oneid/db"
	"oneid/db/reference"
)

// Rules decides what a person sees of themselves.
type Rules struct {
	DB        *db.DB
	People    *people.Book
	Reference *reference.Reference
}

// Profile is all that My Profile shows.
type Profile struct {
	Account      *db.Account
	Person       people.Person
	Contact      people.Contact
	Designations []Designation
	Agreements   []Agreement
	Means        db.Means
}

// Designation is a licence, opened, with its college.
type Designation struct {
	*db.Designation
	Number  string
	College *db.College
}

// Agreement is a document that the person agreed to.
type Agreement struct {
	db.Agreement
	Title string // in the reader's language, if there is one
}

// Look reads a person's profile, for a reader of a language.
func (r *Rules) Look(ctx context.Context, id db.AccountID, language string) (Profile, error) {
	var p Profile
	var err error
	if p.Account, err = db.AccountByID(ctx, r.DB, id); err != nil {
		return p, err
	}
	if p.Person, err = r.People.Open(ctx, p.Account); err != nil {
		return p, err
	}
	if p.Contact, err = r.People.Contact(ctx, p.Account); err != nil {
		return p, err
	}
	if p.Means, err = db.MeansOf(ctx, r.DB, id, r.DB.Clock.Now()); err != nil {
		return p, err
	}
	if p.Designations, err = r.designations(ctx, id); err != nil {
		return p, err
	}
	agreed, err := db.AgreementsOf(ctx, r.DB, id)
	if err != nil {
		return p, err
	}
	for _, a := range agreed {
		document, err := db.DocumentVersion(ctx, r.DB, a.Name, a.Version, language)
		if errors.Is(err, db.ErrNotFound) {
			document, err = db.DocumentVersion(ctx, r.DB, a.Name, a.Version, a.Language)
		}
		if err != nil {
			return p, err
		}
		p.Agreements = append(p.Agreements, Agreement{Agreement: a, Title: document.Title})
	}
	return p, nil
}

func (r *Rules) designations(ctx context.Context, id db.AccountID) ([]Designation, error) {
	rows, err := db.DesignationsOf(ctx, r.DB, id)
	if err != nil {
		return nil, err
	}
	list := make([]Designation, len(rows))
	for i := range rows {
		list[i].Designation = &rows[i]
		if list[i].Number, err = r.People.Licence(ctx, &rows[i]); err != nil {
			return nil, err
		}
		if list[i].College, err = db.CollegeByCode(ctx, r.DB, rows[i].College); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Agreed returns a document in the version and language that an account agreed
// to, and when. db.ErrNotFound: it did not.
func (r *Rules) Agreed(ctx context.Context, id db.AccountID, name, version string) (*db.Document, db.Agreement, error) {
	agreed, err := db.AgreementsOf(ctx, r.DB, id)
	if err != nil {
		return nil, db.Agreement{}, err
	}
	for _, a := range agreed {
		if a.Name == name && a.Version == version {
			document, err := db.DocumentVersion(ctx, r.DB, name, version, a.Language)
			return document, a, err
		}
	}
	return nil, db.Agreement{}, fmt.Errorf("find agreement to %s %s: %w", name, version, db.ErrNotFound)
}
