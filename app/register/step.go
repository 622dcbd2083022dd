package register

import (
	"context"
	"net/url"

	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Step is one page of the wizard.
type Step interface {
	// Slug is the step's segment of the address and the start of its message
	// keys.
	Slug() string
	// Name is what the progress list calls it.
	Name() i18n.Msg
	// Needed is false when this person skips the step.
	Needed(*draft.Draft) bool
	// Done is derived from the draft, never stored.
	Done(*draft.Draft) bool
	// Show returns the page: what was typed when a form was refused, else what
	// the draft holds.
	Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error)
	// Judge checks a posted form and does its slow work (hashing) outside any
	// transaction. Without errors it returns what to change.
	Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error)
	// Forget drops the answers this step owns.
	Forget(*draft.Draft)
}

// Change writes a judged answer into the locked draft, with whatever belongs
// to it in the same transaction.
type Change func(ctx context.Context, tx db.Tx, d *draft.Draft) error

// Assisting is a step whose form has more buttons than Next: they change what
// is shown, or try something out, and stay on the page.
type Assisting interface {
	// Assist answers such a button. assisted is false when none was pressed.
	Assist(ctx context.Context, d *draft.Draft, typed url.Values) (p ui.Page, assisted bool, err error)
}

// Steps is the wizard in order.
type Steps []Step

// Next returns the first needed step that is not done; nil when all are.
func (s Steps) Next(d *draft.Draft) Step {
	for _, step := range s {
		if step.Needed(d) && !step.Done(d) {
			return step
		}
	}
	return nil
}

// Find returns a needed step by its slug, and nil for any other.
func (s Steps) Find(d *draft.Draft, slug string) Step {
	for _, step := range s {
		if step.Slug() == slug && step.Needed(d) {
			return step
		}
	}
	return nil
}

// Reachable allows a step only when every needed step before it is done.
func (s Steps) Reachable(d *draft.Draft, slug string) bool {
	for _, step := range s {
		switch {
		case !step.Needed(d):
		case step.Slug() == slug:
			return true
		case !step.Done(d):
			return false
		}
	}
	return false
}

// after returns the needed step after one; nil after the last.
func (s Steps) after(d *draft.Draft, at Step) Step {
	found := false
	for _, step := range s {
		if found && step.Needed(d) {
			return step
		}
		found = found || step.Slug() == at.Slug()
	}
	return nil
}
