package register

import (
	"context"
	"net/url"
	"slices"
	"time"

	"oneid/app/internal/check"
	"oneid/app/internal/draft"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Questions is the step that chooses five challenge questions and answers them.
// What is right and how answers are kept is package question's to say; a draft
// keeps the good answers of a refused form too, so that nobody types them twice.
type Questions struct {
	DB     *db.DB
	Drafts *draft.Drafts
	Form   *question.Form
}

// Slug is the step's segment of the address.
func (*Questions) Slug() string { return "questions" }

// Name is what the progress list calls it.
func (*Questions) Name() i18n.Msg { return i18n.M("register.steps.questions") }

// Needed is always true.
func (*Questions) Needed(*draft.Draft) bool { return true }

// Done tells whether all five are answered.
func (*Questions) Done(d *draft.Draft) bool { return question.Complete(d.Questions) }

// Forget drops the answers and keeps which questions were chosen.
func (*Questions) Forget(d *draft.Draft) {
	d.Questions = slices.Clone(d.Questions)
	for i := range d.Questions {
		d.Questions[i].Answer = secret.HashedAnswer{}
	}
}

// Show asks the questions, each time without any answer.
func (q *Questions) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	shown, err := q.Form.Show(ctx, d.Questions, typed)
	if err != nil {
		return ui.Page{}, err
	}
	m := view.QuestionsModel{Here: here(ctx, q, d, typed), Errors: errs}
	for _, s := range shown {
		m.Fields = append(m.Fields, view.QuestionField{
			Number: s.Position, Desk: s.Desk(), Question: s.Question(), Answer: s.Answer(),
			Chosen: s.Chosen, Kept: s.Kept, Options: options(s.Offer),
		})
	}
	// Chosen before, and every answer gone: what they were checked against has
	// changed since.
	m.Again = typed == nil && len(d.Questions) > 0 &&
		!slices.ContainsFunc(d.Questions, func(k question.Kept) bool { return k.Answer.Hash != "" })
	return view.Questions(m), nil
}

// Judge checks the five together.
func (q *Questions) Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	good, errs, err := q.Form.Judge(ctx, d.Questions, typed, own(d))
	if err != nil {
		return nil, nil, err
	}
	if errs.Any() {
		return nil, errs, q.keep(ctx, d, typed, good)
	}
	return func(_ context.Context, _ db.Tx, d *draft.Draft) error {
		d.Questions = good
		return nil
	}, nil, nil
}

// keep saves the good answers of a refused form, unless none is new or the
// draft has moved on meanwhile.
func (q *Questions) keep(ctx context.Context, d *draft.Draft, typed url.Values, good []question.Kept) error {
	isNew := func(g question.Kept) bool {
		before, _ := question.Find(d.Questions, g.Kind, g.ID)
		return before.Hash != g.Answer.Hash
	}
	if !slices.ContainsFunc(good, isNew) {
		return nil
	}
	return db.InTx(ctx, q.DB, func(ctx context.Context, tx db.Tx) error {
		now, err := q.Drafts.Lock(ctx, tx, d.ID)
		if err != nil || now.Version != d.Version || now.Account != "" {
			return err
		}
		now.Questions, now.Reviewed = good, false
		if err := q.Drafts.Save(ctx, tx, now); err != nil {
			return err
		}
		d.Questions, d.Reviewed, d.Version = good, false, now.Version
		typed.Del(view.FieldSaved) // the page that follows is newer than the form
		return nil
	})
}

func options(offer []question.Asked) []ui.Option {
	var list []ui.Option
	for _, q := range offer {
		list = append(list, ui.Option{Value: q.ID, Label: q.Text})
	}
	return list
}

// own is what a person's answers and password must not give away.
func own(d *draft.Draft) check.Own {
	o := check.Own{
		Names:   []string{d.Facts.First, d.Facts.Middle, d.Facts.Last},
		Numbers: []string{d.Facts.Number},
	}
	o.Birth, _ = time.Parse(time.DateOnly, d.Facts.BirthDate) // without a date there is none to look for
	if p := d.Personal; p != nil {
		o.Names = append(o.Names, p.PreferredFirst, p.Middle, p.PreferredLast)
		o.Email, o.Phones = p.Email, []string{p.Phone}
	}
	if d.Designations != nil {
		for _, stated := range *d.Designations {
			o.Numbers = append(o.Numbers, stated.Number)
		}
	}
	if d.Phones != nil {
		for _, phone := range d.Phones.List {
			o.Phones = append(o.Phones, phone.Number)
		}
	}
	return o
}
