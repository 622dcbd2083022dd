package register

import (
	"context"
	"errors"
	"net/url"
	"reflect"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/app/internal/fault"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Rules decide what may be done in a registration, and do it.
type Rules struct {
	DB     *db.DB
	Drafts *draft.Drafts
	Steps  Steps
	Audit  *audit.Log
	Outbox *outbox.Outbox
}

// Lapsing is a step whose answer can go out of date while nobody touches it: a
// policy is replaced, a question is withdrawn. A lapsed answer counts as none.
type Lapsing interface {
	// Lapsed says why a done step is to be done again; zero if it is not.
	Lapsed(context.Context, *draft.Draft) (i18n.Msg, error)
}

// Leading is a step that later answers lean on.
type Leading interface {
	// Upsets names the later steps to be done again after this change.
	Upsets(before, after *draft.Draft) []string
}

// Locking is a step whose change needs more locks than the draft's. They are
// taken before it, in the order in which other capabilities take them.
type Locking interface {
	Lock(ctx context.Context, tx db.Tx, d *draft.Draft) error
}

// Diverted is the error of a Change that must not be saved because the world
// has moved on, for example another registration of this licence was first. The
// person is led to Path.
type Diverted struct{ Path string }

func (d *Diverted) Error() string { return "register: diverted to " + d.Path }

// Outcome is what an address or a form of the wizard leads to: a page, or a
// place to go on.
type Outcome struct {
	Go      string // where to go on; empty: show Page
	Page    ui.Page
	Refused bool // the page shows what is wrong with the form
	// Gone is set when there is no such registration any more; there is no Page.
	Gone bool
	// College is where the person comes from, for the words of the page.
	College db.CollegeCode
}

// Open shows a step. One whose turn has not come leads to the first that is not
// done; a finished registration has only its end.
func (r *Rules) Open(ctx context.Context, id db.DraftID, slug string) (Outcome, error) {
	d, lapsed, err := r.read(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return gone(), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	step, elsewhere := r.at(d, slug)
	if elsewhere != nil {
		return *elsewhere, nil
	}
	if lapsed.slug == slug {
		ctx = withNotice(ctx, lapsed.why)
	}
	return r.show(ctx, d, step, nil, nil)
}

// Retype shows a step again with what was typed, in another language, and
// judges nothing.
func (r *Rules) Retype(ctx context.Context, id db.DraftID, slug string, typed url.Values) (Outcome, error) {
	d, _, err := r.read(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return gone(), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	step, elsewhere := r.at(d, slug)
	if elsewhere != nil {
		return *elsewhere, nil
	}
	return r.show(ctx, d, step, typed, nil)
}

// submitTries bounds how often a form is judged anew because the draft changed
// while it was being judged.
const submitTries = 3

// Submit judges a step's form and saves it. Sending the same form twice leads
// on twice; a form made before another tab changed the step is not saved.
func (r *Rules) Submit(ctx context.Context, id db.DraftID, slug string, typed url.Values) (Outcome, error) {
	if err := r.noteTampering(ctx, id, slug, typed); err != nil {
		return Outcome{}, err
	}
	for range submitTries {
		d, _, err := r.read(ctx, id)
		if errors.Is(err, db.ErrNotFound) {
			return gone(), nil
		}
		if err != nil {
			return Outcome{}, err
		}
		step, elsewhere := r.at(d, slug)
		if elsewhere != nil {
			return *elsewhere, nil
		}
		if sentBefore(d, typed) {
			return r.onward(d, step, typed), nil
		}
		out, settled, err := r.try(ctx, d, step, typed)
		if err != nil || settled {
			return out, err
		}
	}
	return Outcome{}, fault.New(fault.Conflict, errors.New("draft keeps changing"))
}

// try judges and saves once. settled is false when the draft changed meanwhile.
func (r *Rules) try(ctx context.Context, d *draft.Draft, step Step, typed url.Values) (out Outcome, settled bool, err error) {
	if assisting, ok := step.(Assisting); ok {
		p, assisted, err := assisting.Assist(ctx, d, typed)
		if err != nil {
			return Outcome{}, true, err
		}
		if assisted {
			return Outcome{Page: r.Steps.framed(ctx, d, step, p, typed), Refused: p.Errors.Any(), College: d.College}, true, nil
		}
	}
	if mark := typed.Get(view.FieldSaved); mark != "" && mark != saved(step, d) {
		out, err := r.show(withNotice(ctx, i18n.M("register.state.other_tab")), d, step, nil, nil)
		out.Refused = true
		return out, true, err
	}
	change, errs, err := step.Judge(ctx, d, typed)
	if err != nil {
		return Outcome{}, true, err
	}
	if errs.Any() {
		out, err := r.show(ctx, d, step, typed, errs)
		out.Refused = true
		return out, true, err
	}
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if locking, ok := step.(Locking); ok {
			if err := locking.Lock(ctx, tx, d); err != nil {
				return err
			}
		}
		locked, err := r.Drafts.Lock(ctx, tx, d.ID)
		switch {
		case err != nil:
			return err
		case sentBefore(locked, typed):
			settled, out = true, r.onward(locked, step, typed)
			return nil
		case locked.Version != d.Version:
			return nil
		}
		settled = true
		out, err = r.save(ctx, tx, locked, step, change, typed)
		return err
	})
	var diverted *Diverted
	if errors.As(err, &diverted) {
		return Outcome{Go: diverted.Path, College: d.College}, true, nil
	}
	return out, settled, err
}

// save changes a locked draft. What leaned on the old answer is forgotten, and
// the check page is to be read again.
func (r *Rules) save(ctx context.Context, tx db.Tx, d *draft.Draft, step Step, change Change, typed url.Values) (Outcome, error) {
	before := &draft.Draft{ID: d.ID, College: d.College, Content: copied(d.Content)}
	if err := change(ctx, tx, d); err != nil {
		return Outcome{}, err
	}
	if d.Account != "" {
		// The change was the last one: the draft has become an account.
		return Outcome{Go: root + completeSlug, College: d.College}, nil
	}
	if step.Slug() != reviewSlug && !reflect.DeepEqual(parts(before.Content), parts(d.Content)) {
		d.Reviewed = false
		if leading, ok := step.(Leading); ok {
			for _, slug := range leading.Upsets(before, d) {
				if other := r.Steps.Find(d, slug); other != nil {
					other.Forget(d)
				}
			}
		}
	}
	d.Mark = typed.Get(view.FieldMark)
	if err := r.Drafts.Save(ctx, tx, d); err != nil {
		return Outcome{}, err
	}
	err := r.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.RegisterStepSaved, Subject: string(d.ID), Details: map[string]string{"step": step.Slug()},
	})
	return r.onward(d, step, typed), err
}

func sentBefore(d *draft.Draft, typed url.Values) bool {
	mark := typed.Get(view.FieldMark)
	return mark != "" && mark == d.Mark
}

// lapse is an answer that is out of date.
type lapse struct {
	slug string
	why  i18n.Msg
}

// read reads a draft and drops the first answer that has lapsed, and says which.
// Nothing is written: it lapses anew each time until the step is done again.
func (r *Rules) read(ctx context.Context, id db.DraftID) (*draft.Draft, lapse, error) {
	d, err := r.Drafts.Read(ctx, r.DB, id)
	if err != nil || d.Account != "" {
		return d, lapse{}, err
	}
	for _, step := range r.Steps {
		lapsing, ok := step.(Lapsing)
		if !ok || !step.Needed(d) || !step.Done(d) {
			continue
		}
		why, err := lapsing.Lapsed(ctx, d)
		if err != nil {
			return nil, lapse{}, err
		}
		if !why.Zero() {
			step.Forget(d)
			return d, lapse{step.Slug(), why}, nil
		}
	}
	return d, lapse{}, nil
}

// at finds the step of an address, or where a person belongs who may not open
// it.
func (r *Rules) at(d *draft.Draft, slug string) (Step, *Outcome) {
	if d.Account != "" {
		if len(r.Steps) > 0 && slug == r.Steps[len(r.Steps)-1].Slug() {
			// Finish was clicked twice, or Back was.
			return nil, &Outcome{Go: root + completeSlug, College: d.College}
		}
		return nil, &Outcome{Page: view.Finished(), College: d.College}
	}
	step := r.Steps.Find(d, slug)
	if step != nil && r.Steps.Reachable(d, slug) {
		return step, nil
	}
	address := root + r.next(d).Slug()
	if step != nil {
		address += "?skipped=1"
	}
	return nil, &Outcome{Go: address, College: d.College}
}

func (r *Rules) show(ctx context.Context, d *draft.Draft, step Step, typed url.Values, errs *form.Errors) (Outcome, error) {
	p, err := step.Show(ctx, d, typed, errs)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Page: r.Steps.framed(ctx, d, step, p, typed), College: d.College}, nil
}

// onward leads to the step after one; who came from the check page goes back to
// it, by way of what the change has upset.
func (r *Rules) onward(d *draft.Draft, step Step, typed url.Values) Outcome {
	undone := r.Steps.Next(d)
	after := r.Steps.after(d, step)
	change := typed.Get(view.FieldChange) != "" && step.Slug() != reviewSlug
	switch {
	case change && r.Steps.Reachable(d, reviewSlug):
		return Outcome{Go: root + reviewSlug, College: d.College}
	case change && undone != nil:
		return Outcome{Go: root + undone.Slug() + "?change=1", College: d.College}
	case after != nil && r.Steps.Reachable(d, after.Slug()):
		return Outcome{Go: root + after.Slug(), College: d.College}
	case undone != nil:
		return Outcome{Go: root + undone.Slug(), College: d.College}
	}
	return Outcome{Go: root + completeSlug, College: d.College}
}

func gone() Outcome { return Outcome{Gone: true} }

// lockedFields are names that a form of ours never sends: what the college stated.
// Someone who sends them is trying to change it.
func lockedFields() []string {
	return []string{
		"legal_first", "legal_middle", "legal_last", "first", "last", "gender", "birth", "birth_date",
		"college", "number", "registration_number", "licence", "class", "status",
	}
}

// noteTampering records an attempt to change what the college stated. Nothing
// reads these fields, so there is nothing to refuse.
func (r *Rules) noteTampering(ctx context.Context, id db.DraftID, slug string, typed url.Values) error {
	fields := ""
	for _, name := range lockedFields() {
		if typed.Has(name) {
			fields += " " + name
		}
	}
	if fields == "" {
		return nil
	}
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.RegisterStepTampered, Subject: string(id),
			Details: map[string]string{"step": slug, "fields": fields[1:]},
		})
	})
}
