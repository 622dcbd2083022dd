package register

import (
	"context"
	"net/url"
	"sync"

	"oneid/app/internal/draft"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// noted is a step that only notes that it was done, where the real one does.
type noted struct {
	slug   string
	drafts *draft.Drafts
}

func (n noted) Slug() string { return n.slug }

func (n noted) Name() i18n.Msg {
	switch n.slug {
	case "questions":
		return i18n.M("register.steps.questions")
	case "phone":
		return i18n.M("register.steps.phone")
	case "mail":
		return i18n.M("register.steps.mail")
	}
	return i18n.M("register.steps.password")
}

func (noted) Needed(*draft.Draft) bool { return true }

func (n noted) Done(d *draft.Draft) bool {
	switch n.slug {
	case "questions":
		return d.Questions != nil
	case "phone":
		return d.Phones != nil
	case "mail":
		return d.MailRead
	case "review":
		return d.Reviewed
	}
	return false
}

func (n noted) Forget(d *draft.Draft) {
	switch n.slug {
	case "questions":
		d.Questions = nil
	case "phone":
		d.Phones = nil
	case "mail":
		d.MailRead = false
	case "review":
		d.Reviewed = false
	}
}

func (n noted) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	h := here(ctx, n, d, typed)
	return ui.Page{Title: n.Name(), Errors: errs, Body: view.Form(h)}, nil
}

func (n noted) Judge(context.Context, *draft.Draft, url.Values) (Change, *form.Errors, error) {
	return func(ctx context.Context, tx db.Tx, d *draft.Draft) error {
		switch n.slug {
		case "questions":
			d.Questions = []question.Kept{{ID: "q", Answer: secret.HashedAnswer{Hash: newMark()}}} // salted, as the real ones
		case "phone":
			d.Phones = &draft.Phones{NoDirect: true}
		case "mail":
			d.MailRead = true
		case "review":
			d.Reviewed = true
		case "password":
			return n.finish(ctx, tx, d)
		}
		return nil
	}, nil, nil
}

// finish makes an account as bare as the tables allow.
func (n noted) finish(ctx context.Context, tx db.Tx, d *draft.Draft) error {
	id := db.NewID[db.AccountID]()
	err := db.InsertAccount(ctx, tx, &db.Account{
		ID: id, Subject: string(id), LoginID: "RANDY.BURT", Status: db.AccountActive, StatusAt: tx.At, Language: "en",
		Person: db.Sealed{1}, Email: db.Sealed{1}, EmailIndex: db.Index{1}, ContactPhone: db.Sealed{1}, PersonIndex: db.Index{1},
		CreatedAt: tx.At, UpdatedAt: tx.At,
	})
	if err != nil {
		return err
	}
	return n.drafts.Finish(ctx, tx, d, id)
}

// dataKeys keeps wrapped keys in memory.
type dataKeys struct {
	mu   sync.Mutex
	kept []secret.WrappedKey
}

func (k *dataKeys) Load(_ context.Context, scope string) ([]secret.WrappedKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []secret.WrappedKey
	for _, key := range k.kept {
		if key.Scope == scope {
			found = append(found, key)
		}
	}
	return found, nil
}

func (k *dataKeys) Add(_ context.Context, key secret.WrappedKey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, key)
	return nil
}
