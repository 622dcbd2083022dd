package credentials

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"

	"oneid/app/internal/audit"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
)

// Questions changes the five challenge questions and their answers, all at
// once: old answers are not kept, so that nobody changes a part unseen.
//
// Answers that were good in a form that was refused are not typed twice: their
// hashes travel in the page, sealed for the session.
type Questions struct {
	DB      *db.DB
	Form    *question.Form
	Book    *question.Book
	People  *people.Book
	Notices *notice.Teller
	Audit   *audit.Log
}

// fieldKept carries the sealed hashes of answers that need not be typed again.
const fieldKept = "kept"

// Show is the five places of the form as it stands. typed is nil at first.
func (r *Questions) Show(ctx context.Context, session string, typed url.Values) ([]question.Shown, error) {
	return r.Form.Show(ctx, r.open(ctx, session, typed.Get(fieldKept)), typed)
}

// Change judges the form and, when all five are good, replaces what the account
// had. Otherwise what is wrong comes back, and kept for the field of that name.
func (r *Questions) Change(ctx context.Context, id db.AccountID, session string, typed url.Values) (errs *form.Errors, kept string, err error) {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return nil, "", err
	}
	own, err := r.People.Own(ctx, r.DB, account)
	if err != nil {
		return nil, "", err
	}
	good, errs, err := r.Form.Judge(ctx, r.open(ctx, session, typed.Get(fieldKept)), typed, own)
	if err != nil {
		return nil, "", err
	}
	if errs.Any() {
		kept, err := r.seal(ctx, session, good)
		return errs, kept, err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if _, err := db.LockAccount(ctx, tx, id); err != nil {
			return err
		}
		if err := db.ReplaceChallengeAnswers(ctx, tx, id, question.Rows(tx, id, good)); err != nil {
			return err
		}
		// Something held was just proven: guesses at the old ones no longer count.
		if err := r.Book.Reopen(ctx, tx, id); err != nil {
			return err
		}
		if err := r.Notices.Tell(ctx, tx, id, outbox.QuestionsChanged{}); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.CredentialsQuestionsChanged, Subject: string(id)})
	})
	if err != nil {
		return nil, "", fmt.Errorf("change questions: %w", err)
	}
	return nil, "", nil
}

func keptPlace(session string) secret.Place {
	return secret.Place{Table: "sessions", Column: "answers", Row: session}
}

func (r *Questions) seal(ctx context.Context, session string, good []question.Kept) (string, error) {
	if len(good) == 0 {
		return "", nil
	}
	sealed, err := r.People.Sealer.SealJSON(ctx, keptPlace(session), good)
	if err != nil {
		return "", fmt.Errorf("seal answers: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// open reads what seal wrote in the same session; anything else is nothing, and
// the answers are asked for again.
func (r *Questions) open(ctx context.Context, session, kept string) []question.Kept {
	sealed, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil || len(sealed) == 0 {
		return nil
	}
	var have []question.Kept
	if err := r.People.Sealer.OpenJSON(ctx, keptPlace(session), sealed, &have); err != nil {
		return nil
	}
	return have
}
