package register

import (
	"context"
	"errors"
	"oneid/views/existing"

	"oneid/app/internal/draft"
	"oneid/db"
	view "oneid/views/register"
)

// Complete shows the Login ID to a browser whose registration has become an
// account. Any other is led on in the wizard.
func (f *Finish) Complete(ctx context.Context, id db.DraftID) (Outcome, error) {
	d, out, err := f.read(ctx, id)
	if err != nil || d == nil {
		return out, err
	}
	if d.Account == "" {
		return Outcome{Go: resumePath, College: d.College}, nil
	}
	a, err := db.AccountByID(ctx, f.DB, d.Account)
	if err != nil {
		return Outcome{}, err
	}
	person, err := f.People.Open(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	contact, err := f.People.Contact(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	m := view.CompleteModel{Name: person.DisplayName(), LoginID: a.LoginID + "@" + f.Domain, Email: contact.Email}
	if d.Wanted != "" {
		m.Wanted = d.Wanted + "@" + f.Domain
	}
	return Outcome{Page: view.Complete(m), College: d.College}, nil
}

// Existing tells a browser whose licence has an account by now that it has, and
// the account's holder that it was asked for again.
func (f *Finish) Existing(ctx context.Context, id db.DraftID) (Outcome, error) {
	d, out, err := f.read(ctx, id)
	if err != nil || d == nil {
		return out, err
	}
	if d.Account != "" {
		return Outcome{Go: root + completeSlug, College: d.College}, nil
	}
	accounts, err := f.Refuse(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if accounts == 0 {
		return Outcome{Go: resumePath, College: d.College}, nil
	}
	return Outcome{Page: existing.Page(accounts), College: d.College}, nil
}

// resumePath leads a person to where they left off.
const resumePath = root + "resume"

// read returns the draft, or none and where that leads.
func (f *Finish) read(ctx context.Context, id db.DraftID) (*draft.Draft, Outcome, error) {
	d, err := f.Drafts.Read(ctx, f.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, gone(), nil
	}
	return d, Outcome{}, err
}
