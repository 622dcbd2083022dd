package question

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"oneid/app/internal/check"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

// Kept is a chosen question with its answer's hash. The hash is empty where the
// answer is to be given again.
type Kept struct {
	Kind     secret.AnswerKind   `json:"kind"`
	Position int                 `json:"position"` // 1 to 3 online, 1 to 2 desk
	ID       string              `json:"id"`
	Answer   secret.HashedAnswer `json:"answer"`
}

// Slot is one of the five places for a question on the form.
type Slot struct {
	Kind     secret.AnswerKind
	Position int // among its kind
	number   int // on the page
}

// Question is the name of the field that chooses the question.
func (s Slot) Question() string { return "question_" + strconv.Itoa(s.number) }

// Answer is the name of the field that answers it.
func (s Slot) Answer() string { return "answer_" + strconv.Itoa(s.number) }

// Desk tells whether the Service Desk asks it.
func (s Slot) Desk() bool { return s.Kind == secret.DeskAnswer }

// Slots are the five places: three online, then two for the Service Desk.
func Slots() []Slot {
	return []Slot{
		{secret.OnlineAnswer, 1, 1}, {secret.OnlineAnswer, 2, 2}, {secret.OnlineAnswer, 3, 3},
		{secret.DeskAnswer, 1, 4}, {secret.DeskAnswer, 2, 5},
	}
}

// Form judges the form that chooses five questions and answers them.
type Form struct {
	DB      *db.DB
	Answers *secret.Answers
	Check   *check.Answers
}

// Complete tells whether all five are answered.
func Complete(have []Kept) bool {
	for _, s := range Slots() {
		at := slices.IndexFunc(have, s.holds)
		if at < 0 || have[at].Answer.Hash == "" {
			return false
		}
	}
	return true
}

func (s Slot) holds(k Kept) bool { return k.Kind == s.Kind && k.Position == s.Position }

// Find is the answer that is kept to a question, in whatever place.
func Find(have []Kept, kind secret.AnswerKind, id string) (secret.HashedAnswer, bool) {
	for _, k := range have {
		if k.Kind == kind && k.ID == id && k.Answer.Hash != "" {
			return k.Answer, true
		}
	}
	return secret.HashedAnswer{}, false
}

// Shown is a place of the form as it is shown: never with an answer.
type Shown struct {
	Slot
	Chosen string // the question's id
	Kept   bool   // answered before: the field may stay empty
	Offer  []Asked
}

// Show says what each place shows: what was typed, what is kept, or a question
// that no other place has. Typed is nil on the first visit.
func (f *Form) Show(ctx context.Context, have []Kept, typed url.Values) ([]Shown, error) {
	all, err := db.ChallengeQuestions(ctx, f.DB)
	if err != nil {
		return nil, err
	}
	chosen := choices(have, typed, all)
	var shown []Shown
	for _, s := range Slots() {
		_, kept := Find(have, s.Kind, chosen[s])
		shown = append(shown, Shown{Slot: s, Chosen: chosen[s], Kept: kept, Offer: offer(all, s.Kind, chosen[s])})
	}
	return shown, nil
}

// Judge checks the five together and hashes what is new. It returns the rows
// with nothing wrong: all five when errs is empty. Never call it inside a
// transaction.
func (f *Form) Judge(ctx context.Context, have []Kept, typed url.Values, own check.Own) (good []Kept, errs *form.Errors, err error) {
	all, err := db.ChallengeQuestions(ctx, f.DB)
	if err != nil {
		return nil, nil, err
	}
	errs = new(form.Errors)
	given := make([]check.Answer, 0, len(Slots()))
	for _, s := range Slots() {
		given = append(given, read(have, typed, all, s))
	}
	f.Check.Check(errs, given, own)
	good, err = f.hash(ctx, errs, have, given)
	return good, errs, err
}

// read is a row of the form as it is judged.
func read(have []Kept, typed url.Values, all []db.ChallengeQuestion, s Slot) check.Answer {
	a := check.Answer{
		Desk: s.Desk(), Number: s.Position, QuestionField: s.Question(), AnswerField: s.Answer(),
		Chosen: typed.Get(s.Question()), Text: typed.Get(s.Answer()),
	}
	_, a.Kept = Find(have, s.Kind, a.Chosen)
	for _, offered := range all {
		if offered.ID == a.Chosen && offered.Kind == string(s.Kind) && (offered.Offered || a.Kept) {
			a.Question = check.Question{ID: offered.ID, EN: offered.TextEn, FR: offered.TextFr, Weak: offered.Weak}
		}
	}
	return a
}

// hash turns the rows with nothing wrong into what is stored. It takes one row
// after the other: side by side, one person's five would wait for each other at
// the turnstile, and a dozen people would fill its queue.
func (f *Form) hash(ctx context.Context, errs *form.Errors, have []Kept, given []check.Answer) ([]Kept, error) {
	var good []Kept
	for i, g := range given {
		if !errs.Of(g.QuestionField).Zero() || !errs.Of(g.AnswerField).Zero() {
			continue
		}
		s := Slots()[i]
		answer, known := Find(have, s.Kind, g.Chosen)
		if g.Text != "" {
			twice, err := f.repeats(ctx, have, given, g)
			if err != nil {
				return nil, err
			}
			if twice {
				errs.Add(g.AnswerField, i18n.M("register.questions.answer_twice"))
				continue
			}
			if answer, err = f.Answers.Hash(ctx, s.Kind, g.Text); err != nil {
				return nil, err
			}
			known = true
		}
		if known {
			good = append(good, Kept{Kind: s.Kind, Position: s.Position, ID: g.Chosen, Answer: answer})
		}
	}
	return good, nil
}

// repeats tells whether a new answer is one that is kept for another question.
// Only its hash is there to compare with.
func (f *Form) repeats(ctx context.Context, have []Kept, given []check.Answer, g check.Answer) (bool, error) {
	for i, other := range given {
		if other.Text != "" || !other.Kept || other.AnswerField == g.AnswerField {
			continue
		}
		kind := Slots()[i].Kind
		stored, _ := Find(have, kind, other.Chosen)
		same, err := f.Answers.Match(ctx, kind, []secret.GivenAnswer{{Answer: g.Text, Stored: stored}})
		if err != nil || same {
			return same, err
		}
	}
	return false, nil
}

// choices is the question shown in each place.
func choices(have []Kept, typed url.Values, all []db.ChallengeQuestion) map[Slot]string {
	chosen, used := map[Slot]string{}, map[string]bool{}
	for _, s := range Slots() {
		id := typed.Get(s.Question())
		if !typed.Has(s.Question()) {
			if at := slices.IndexFunc(have, s.holds); at >= 0 {
				id = have[at].ID
			}
		}
		chosen[s], used[id] = id, true
	}
	for _, s := range Slots() {
		if chosen[s] != "" || typed.Has(s.Question()) {
			continue
		}
		for _, offered := range all {
			if offered.Offered && offered.Kind == string(s.Kind) && !used[offered.ID] {
				chosen[s], used[offered.ID] = offered.ID, true
				break
			}
		}
	}
	return chosen
}

// offer lists the questions to choose from, with the one chosen though it may
// be offered no more.
func offer(all []db.ChallengeQuestion, kind secret.AnswerKind, chosen string) []Asked {
	var list []Asked
	for _, q := range all {
		if q.Kind == string(kind) && (q.Offered || q.ID == chosen) {
			list = append(list, asked(q))
		}
	}
	return list
}

// Of reads the five that an account has.
func Of(ctx context.Context, q db.Querier, id db.AccountID) ([]Kept, error) {
	stored, err := db.ChallengeAnswersOf(ctx, q, id)
	if err != nil {
		return nil, err
	}
	var have []Kept
	for _, a := range stored {
		have = append(have, Kept{
			Kind: secret.AnswerKind(a.Kind), Position: a.Position, ID: a.QuestionID,
			Answer: secret.HashedAnswer{Hash: a.Hash, PepperVersion: a.PepperVersion, Normaliser: a.Normaliser},
		})
	}
	return have, nil
}

// Rows are the five as an account keeps them. Answers that did not change keep
// nothing of when they were first set: the set is new as a whole.
func Rows(tx db.Tx, id db.AccountID, have []Kept) []db.ChallengeAnswer {
	var rows []db.ChallengeAnswer
	for _, k := range have {
		rows = append(rows, db.ChallengeAnswer{
			AccountID: id, Kind: string(k.Kind), Position: k.Position, QuestionID: k.ID,
			Hash: k.Answer.Hash, PepperVersion: k.Answer.PepperVersion, Normaliser: k.Answer.Normaliser, SetAt: tx.At,
		})
	}
	return rows
}
