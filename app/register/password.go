package register

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"oneid/app/internal/check"
	"oneid/app/internal/draft"
	"oneid/app/internal/password"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Password is the last step: it sets the password and finishes the registration.
// The password is hashed before the transaction and is in no draft, page or log.
type Password struct {
	DB        *db.DB
	Passwords *secret.Passwords
	Common    *check.Common
	Finish    *Finish
}

const passwordSlug = "password"

// Slug is the step's segment of the address.
func (*Password) Slug() string { return passwordSlug }

// Name is what the progress list calls it.
func (*Password) Name() i18n.Msg { return i18n.M("register.steps.password") }

// Needed is always true.
func (*Password) Needed(*draft.Draft) bool { return true }

// Done is true once there is an account.
func (*Password) Done(d *draft.Draft) bool { return d.Account != "" }

// Forget has nothing to drop: a password is never kept in a draft.
func (*Password) Forget(*draft.Draft) {}

// Show asks for the password, each time from an empty field.
func (p *Password) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	m, err := p.model(ctx, d, typed)
	m.Errors = errs
	return view.Password(m), err
}

func (p *Password) model(ctx context.Context, d *draft.Draft, typed url.Values) (view.PasswordModel, error) {
	loginID, err := nextLoginID(ctx, p.DB, p.Finish.Names, d)
	return view.PasswordModel{
		Here: here(ctx, p, d, typed), LoginID: loginID + "@" + p.Finish.Domain, Check: password.RegisterCheck,
	}, err
}

// Assist judges what is typed where there is no script to do it live.
func (p *Password) Assist(ctx context.Context, d *draft.Draft, typed url.Values) (ui.Page, bool, error) {
	if !typed.Has(ui.FieldCheck) {
		return ui.Page{}, false, nil
	}
	m, err := p.model(ctx, d, typed)
	if err != nil {
		return ui.Page{}, true, err
	}
	own, err := p.own(ctx, d)
	if err != nil {
		return ui.Page{}, true, err
	}
	m.Status = password.Checked(password.Choice{Typed: typed.Get("password"), Again: typed.Get("confirm")}, own, p.Common)
	return view.Password(m), true, nil
}

// Choosing is what is known of the person of a registration. Nobody is choosing a
// password in one that is over, or has no names yet.
func (p *Password) Choosing(ctx context.Context, id db.DraftID) (check.Own, bool, error) {
	d, err := p.Finish.Drafts.Read(ctx, p.DB, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && (d.Account != "" || d.Personal == nil) {
		return check.Own{}, false, nil
	}
	if err != nil {
		return check.Own{}, false, err
	}
	own, err := p.own(ctx, d)
	return own, true, err
}

func (p *Password) own(ctx context.Context, d *draft.Draft) (check.Own, error) {
	loginID, err := nextLoginID(ctx, p.DB, p.Finish.Names, d)
	o := own(d)
	o.LoginID = loginID
	return o, err
}

// Lock takes the lock that a licence's other doors take before the draft's.
func (p *Password) Lock(ctx context.Context, tx db.Tx, d *draft.Draft) error {
	return db.LockLicence(ctx, tx, d.College, p.Finish.number(d))
}

// Judge checks the password, hashes it and returns the change that makes the
// account.
func (p *Password) Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	if typed.Has(view.FieldLater) {
		// Who leaves for later finishes nothing, whatever the fields hold.
		errs := new(form.Errors)
		errs.Add("password", i18n.M("check.password.missing"))
		return nil, errs, nil
	}
	own, err := p.own(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	errs := new(form.Errors)
	chosen := typed.Get("password")
	check.Password(errs, "password", chosen, own, p.Common)
	check.Confirm(errs, "confirm", chosen, typed.Get("confirm"))
	if errs.Any() {
		return nil, errs, nil
	}
	taken, err := db.AccountsByLicence(ctx, p.DB, d.College, p.Finish.number(d))
	if err != nil {
		return nil, nil, err
	}
	if len(taken) > 0 {
		// The change below is then refused too, and leads to the page that says so.
		if _, err := p.Finish.Refuse(ctx, d.ID); err != nil {
			return nil, nil, err
		}
		return diverted, nil, nil
	}
	hashed, err := p.Passwords.Hash(ctx, chosen)
	if err != nil {
		return nil, nil, err
	}
	shown, _, _ := strings.Cut(typed.Get("loginid"), "@")
	return func(ctx context.Context, tx db.Tx, d *draft.Draft) error {
		return p.Finish.create(ctx, tx, d, hashed, shown)
	}, nil, nil
}

func diverted(context.Context, db.Tx, *draft.Draft) error { return &Diverted{Path: existingPath} }
