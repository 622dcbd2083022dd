package register

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"oneid/app/internal/check"
	"oneid/app/internal/draft"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	view "oneid/views/register"
	"oneid/views/ui"
)

// Questions is the step that chooses five challenge questions and answers them.
//
// An answer is kept as a hash from the moment it is sent, whatever is wrong
// with the others, and is never shown again. Leaving its field empty keeps it as
// long as the question stays the same.
type Questions struct {
	DB      *db.DB
	Drafts  *draft.Drafts
	Answers *secret.Answers
	Check   *check.Answers
}

// slot is one of the five places for a question.
type slot struct {
	kind     secret.AnswerKind
	position int // among its kind
	number   int // on the page
}

func (s slot) question() string { return "question_" + strconv.Itoa(s.number) }
func (s slot) answer() string   { return "answer_" + strconv.Itoa(s.number) }
func (s slot) desk() bool       { return s.kind == secret.DeskAnswer }

func slots() []slot {
	return []slot{
		{secret.OnlineAnswer, 1, 1}, {secret.OnlineAnswer, 2, 2}, {secret.OnlineAnswer, 3, 3},
		{secret.DeskAnswer, 1, 4}, {secret.DeskAnswer, 2, 5},
	}
}

// Slug is the step's segment of the address.
func (*Questions) Slug() string { return "questions" }

// Name is what the progress list calls it.
func (*Questions) Name() i18n.Msg { return i18n.M("register.steps.questions") }

// Needed is always true.
func (*Questions) Needed(*draft.Draft) bool { return true }

// Done tells whether all five are answered.
func (*Questions) Done(d *draft.Draft) bool {
	for _, s := range slots() {
		at := slices.IndexFunc(d.Questions, func(q draft.Question) bool { return q.Kind == s.kind && q.Position == s.position })
		if at < 0 || d.Questions[at].Answer.Hash == "" {
			return false
		}
	}
	return true
}

// Forget drops the answers and keeps which questions were chosen.
func (*Questions) Forget(d *draft.Draft) {
	d.Questions = slices.Clone(d.Questions)
	for i := range d.Questions {
		d.Questions[i].Answer = secret.HashedAnswer{}
	}
}

// Show asks the questions, each time without any answer.
func (q *Questions) Show(ctx context.Context, d *draft.Draft, typed url.Values, errs *form.Errors) (ui.Page, error) {
	all, err := db.ChallengeQuestions(ctx, q.DB)
	if err != nil {
		return ui.Page{}, err
	}
	m := view.QuestionsModel{Here: here(ctx, q, d, typed), Errors: errs}
	chosen := choices(d, typed, all)
	for _, s := range slots() {
		f := view.QuestionField{
			Number: s.position, Desk: s.desk(), Question: s.question(), Answer: s.answer(),
			Chosen: chosen[s], Options: options(all, s.kind, chosen[s]),
		}
		_, f.Kept = kept(d, s.kind, chosen[s])
		m.Fields = append(m.Fields, f)
	}
	// Chosen before, and every answer gone: what they were checked against has
	// changed since.
	m.Again = typed == nil && len(d.Questions) > 0 &&
		!slices.ContainsFunc(d.Questions, func(q draft.Question) bool { return q.Answer.Hash != "" })
	return view.Questions(m), nil
}

// Judge checks the five together and hashes what is new. Answers with nothing
// wrong are kept even when others are refused, so that nobody types them twice.
func (q *Questions) Judge(ctx context.Context, d *draft.Draft, typed url.Values) (Change, *form.Errors, error) {
	all, err := db.ChallengeQuestions(ctx, q.DB)
	if err != nil {
		return nil, nil, err
	}
	errs := new(form.Errors)
	given := make([]check.Answer, 0, len(slots()))
	for _, s := range slots() {
		given = append(given, read(d, typed, all, s))
	}
	q.Check.Check(errs, given, own(d))
	good, err := q.hash(ctx, errs, d, given)
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

// read is a row of the form as it is judged.
func read(d *draft.Draft, typed url.Values, all []db.ChallengeQuestion, s slot) check.Answer {
	a := check.Answer{
		Desk: s.desk(), Number: s.position, QuestionField: s.question(), AnswerField: s.answer(),
		Chosen: typed.Get(s.question()), Text: typed.Get(s.answer()),
	}
	_, a.Kept = kept(d, s.kind, a.Chosen)
	for _, offered := range all {
		if offered.ID == a.Chosen && offered.Kind == string(s.kind) && (offered.Offered || a.Kept) {
			a.Question = check.Question{ID: offered.ID, EN: offered.TextEn, FR: offered.TextFr, Weak: offered.Weak}
		}
	}
	return a
}

// kept is the answer that the draft holds to a question, in whatever place.
func kept(d *draft.Draft, kind secret.AnswerKind, id string) (secret.HashedAnswer, bool) {
	for _, q := range d.Questions {
		if q.Kind == kind && q.ID == id && q.Answer.Hash != "" {
			return q.Answer, true
		}
	}
	return secret.HashedAnswer{}, false
}

// hash turns the rows with nothing wrong into what is stored. It takes one row
// after the other: side by side, one person's five would wait for each other at
// the turnstile, and a dozen people would fill its queue.
func (q *Questions) hash(ctx context.Context, errs *form.Errors, d *draft.Draft, given []check.Answer) ([]draft.Question, error) {
	var good []draft.Question
	for i, g := range given {
		if !errs.Of(g.QuestionField).Zero() || !errs.Of(g.AnswerField).Zero() {
			continue
		}
		s := slots()[i]
		answer, known := kept(d, s.kind, g.Chosen)
		if g.Text != "" {
			twice, err := q.repeats(ctx, d, given, g)
			if err != nil {
				return nil, err
			}
			if twice {
				errs.Add(g.AnswerField, i18n.M("register.questions.answer_twice"))
				continue
			}
			if answer, err = q.Answers.Hash(ctx, s.kind, g.Text); err != nil {
				return nil, err
			}
			known = true
		}
		if known {
			good = append(good, draft.Question{Kind: s.kind, Position: s.position, ID: g.Chosen, Answer: answer})
		}
	}
	return good, nil
}

// repeats tells whether a new answer is one that is kept for another question.
// Only its hash is there to compare with.
func (q *Questions) repeats(ctx context.Context, d *draft.Draft, given []check.Answer, g check.Answer) (bool, error) {
	for i, other := range given {
		if other.Text != "" || !other.Kept || other.AnswerField == g.AnswerField {
			continue
		}
		kind := slots()[i].kind
		stored, _ := kept(d, kind, other.Chosen)
		same, err := q.Answers.Match(ctx, kind, []secret.GivenAnswer{{Answer: g.Text, Stored: stored}})
		if err != nil || same {
			return same, err
		}
	}
	return false, nil
}

// keep saves the good answers of a refused form, unless none is new or the
// draft has moved on meanwhile.
func (q *Questions) keep(ctx context.Context, d *draft.Draft, typed url.Values, good []draft.Question) error {
	isNew := func(g draft.Question) bool {
		before, _ := kept(d, g.Kind, g.ID)
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

// choices is the question shown in each place: what was typed, what was saved,
// or one that no other place has.
func choices(d *draft.Draft, typed url.Values, all []db.ChallengeQuestion) map[slot]string {
	chosen, used := map[slot]string{}, map[string]bool{}
	for _, s := range slots() {
		id := typed.Get(s.question())
		if !typed.Has(s.question()) {
			at := slices.IndexFunc(d.Questions, func(q draft.Question) bool { return q.Kind == s.kind && q.Position == s.position })
			if at >= 0 {
				id = d.Questions[at].ID
			}
		}
		chosen[s], used[id] = id, true
	}
	for _, s := range slots() {
		if chosen[s] != "" || typed.Has(s.question()) {
			continue
		}
		for _, offered := range all {
			if offered.Offered && offered.Kind == string(s.kind) && !used[offered.ID] {
				chosen[s], used[offered.ID] = offered.ID, true
				break
			}
		}
	}
	return chosen
}

func options(all []db.ChallengeQuestion, kind secret.AnswerKind, chosen string) []ui.Option {
	var list []ui.Option
	for _, q := range all {
		if q.Kind == string(kind) && (q.Offered || q.ID == chosen) {
			list = append(list, ui.Option{Value: q.ID, Label: i18n.Words(map[i18n.Lang]string{i18n.EN: q.TextEn, i18n.FR: q.TextFr})})
		}
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
