package register

import (
	"context"
	"net/url"

	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Mail is the step that says that ONE Mail Direct is no longer offered.
type Mail struct {
	// Shown is the operator's switch: without it there is no such step.
	Shown bool
}

// Slug is the step's segment of the address.
func (*Mail) Slug() string { return "mail" }

// Name is what the progress list calls it.
func (*Mail) Name() i18n.Msg { return i18n.M("register.steps.mail") }

// Needed is the operator's switch.
func (m *Mail) Needed(*draft.Draft) bool { return m.Shown }

// Done tells whether Next was chosen.
func (*Mail) Done(d *draft.Draft) bool { return d.MailRead }

// Forget makes the notice unread.
func (*Mail) Forget(d *draft.Draft) { d.MailRead = false }

// Show is the notice.
func (m *Mail) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	return view.Mail(view.MailModel{Here: here(ctx, m, d, typed)}), nil
}

// Judge has nothing to check.
func (*Mail) Judge(context.Context, *draft.Draft, url.Values) (Change, *form.Errors, error) {
	return func(_ context.Context, _ db.Tx, d *draft.Draft) error {
		d.MailRead = true
		return nil
	}, nil, nil
}
