package register

import (
	"context"
	"errors"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/register"
)

// Why a registration is left, as its audit event says.
const (
	whyLater  = "later"
	whyCancel = "cancel"
	whyNotMe  = view.WhyNotMe
)

// Left is a registration that waits for its person.
type Left struct {
	College db.CollegeCode // empty: there is no such registration any more
	Step    int            // at which it goes on
	Until   time.Time      // when it is erased
}

// Pause notes that a person leaves and means to come back, and mails them how,
// if they have told where. What they saved stays as long as it would have.
func (r *Rules) Pause(ctx context.Context, id db.DraftID, why string) (Left, error) {
	var left Left
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		d, err := r.Drafts.Lock(ctx, tx, id)
		if err != nil || d.Account != "" {
			return err
		}
		left = r.left(d)
		if d.Personal != nil {
			err := r.Outbox.Send(ctx, tx, outbox.DraftKept{
				To: outbox.Person{
					Draft: d.ID, Name: called(d), Email: d.Personal.Email, Language: i18n.Lang(d.Personal.Language),
				},
				Step: left.Step, Until: left.Until,
			})
			if err != nil {
				return err
			}
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RegisterDraftPaused, Subject: string(id), Details: map[string]string{"why": why},
		})
	})
	if errors.Is(err, db.ErrNotFound) {
		return Left{}, nil
	}
	return left, err
}

// Waiting tells what waits under an id, for a page that says so. A finished or
// erased registration is none.
func (r *Rules) Waiting(ctx context.Context, id db.DraftID) (Left, error) {
	d, err := r.Drafts.Read(ctx, r.DB, id)
	if errors.Is(err, db.ErrNotFound) {
		return Left{}, nil
	}
	if err != nil || d.Account != "" {
		return Left{}, err
	}
	return r.left(d), nil
}

func (r *Rules) left(d *draft.Draft) Left {
	return Left{College: d.College, Step: r.Steps.info(d, r.next(d)).Number, Until: d.ExpiresAt}
}

// Erase deletes a registration for good and ends its sessions everywhere. One
// that is finished is an account by now, and stays.
func (r *Rules) Erase(ctx context.Context, id db.DraftID, why string) (db.CollegeCode, error) {
	var college db.CollegeCode
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		d, err := r.Drafts.Lock(ctx, tx, id)
		if err != nil || d.Account != "" {
			return err
		}
		college = d.College
		if err := db.EraseDraft(ctx, tx, id); err != nil {
			return err
		}
		if err := db.EndSessionsOfDraft(ctx, tx, id, "", "erased"); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RegisterDraftErased, Subject: string(id), Details: map[string]string{"why": why},
		})
	})
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return college, err
}

// Restart drops every answer and keeps what the college stated.
func (r *Rules) Restart(ctx context.Context, id db.DraftID) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		d, err := r.Drafts.Lock(ctx, tx, id)
		if err != nil || d.Account != "" {
			return err
		}
		d.Content = draft.Content{Facts: d.Facts, Refused: d.Refused}
		if err := r.Drafts.Save(ctx, tx, d); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.RegisterDraftRestarted, Subject: string(id)})
	})
}

// Resume welcomes a person back and tells where they left off. Who had not yet
// begun goes straight to the first step.
func (r *Rules) Resume(ctx context.Context, id db.DraftID) (Outcome, error) {
	d, _, err := r.read(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return gone(), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if d.Account != "" {
		return Outcome{Page: view.Finished(), College: d.College}, nil
	}
	next := r.next(d)
	if next.Slug() == r.Steps[0].Slug() && d.Personal == nil {
		return Outcome{Go: root + next.Slug(), College: d.College}, nil
	}
	info := r.Steps.info(d, next)
	return Outcome{College: d.College, Page: view.Welcome(view.Resume{
		Name: called(d), Step: info.Number, Title: next.Name(), Until: d.ExpiresAt, Go: root + next.Slug(),
		Updated: d.Personal == nil && d.Renewed,
	})}, nil
}

// Aside shows a page beside the steps, with the way back to the step that the
// person came from, if they may be there.
func (r *Rules) Aside(ctx context.Context, id db.DraftID, from string, page func(back string) Outcome) (Outcome, error) {
	d, _, err := r.read(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return gone(), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if d.Account != "" {
		return Outcome{Page: view.Finished(), College: d.College}, nil
	}
	if r.Steps.Find(d, from) == nil || !r.Steps.Reachable(d, from) {
		from = r.next(d).Slug()
	}
	out := page(root + from)
	out.College = d.College
	return out, nil
}

// next is the first step that is not done; when all are, the last.
func (r *Rules) next(d *draft.Draft) Step {
	if next := r.Steps.Next(d); next != nil {
		return next
	}
	return r.Steps[len(r.Steps)-1]
}

// called is the name that a person is greeted by.
func called(d *draft.Draft) string {
	switch {
	case d.Personal != nil:
		return d.Personal.PreferredFirst
	case d.Facts.First != "":
		return d.Facts.First
	}
	return d.Facts.Last
}
