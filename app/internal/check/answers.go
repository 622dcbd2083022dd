package check

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"oneid/app/internal/secret"
	"oneid/views/form"
	"oneid/views/i18n"
)

// Limits of a challenge answer: letters and digits at least, as normalised, and
// characters at most, as typed.
const (
	minAnswer = 3
	MaxAnswer = 100
)

// Question is a challenge question as far as its answers are judged.
type Question struct {
	ID     string
	EN, FR string
	Weak   []string // the lists of common answers that apply
}

// Answer is one row of the form: a question chosen, and what was typed.
type Answer struct {
	Desk          bool
	Number        int // counted from 1 among its kind
	QuestionField string
	AnswerField   string
	Chosen        string   // the id that was posted
	Question      Question // the zero Question if the id is not one on offer
	Text          string
	Kept          bool // answered before and not typed again: only the question is judged
}

//go:embed weak-answers.json
var weakFile []byte

// Answers judges the answers to challenge questions. It knows the common ones.
type Answers struct {
	weak map[string]map[string]bool // list, then folded answer
}

// NewAnswers reads the lists of common answers.
func NewAnswers() (*Answers, error) { return shippedAnswers() }

// shippedAnswers is the list as compiled in, read once in a process.
var shippedAnswers = sync.OnceValues(func() (*Answers, error) {
	var lists map[string]map[string][]string
	if err := json.Unmarshal(weakFile, &lists); err != nil {
		return nil, fmt.Errorf("read common answers: %w", err)
	}
	a := &Answers{weak: map[string]map[string]bool{}}
	for name, languages := range lists {
		a.weak[name] = map[string]bool{}
		for _, list := range languages {
			for _, answer := range list {
				a.weak[name][same(answer)] = true
			}
		}
	}
	return a, nil
})

// Check judges the questions and answers of one person together: all five when
// they register, or those that change and those that stay. No question and no
// answer may come twice.
func (a *Answers) Check(errs *form.Errors, given []Answer, own Own) {
	questions, answers := map[string]bool{}, map[string]bool{}
	for _, g := range given {
		a.checkQuestion(errs, g, questions)
		if g.Kept && g.Text == "" {
			continue
		}
		if fault := a.fault(g, own); !fault.Zero() {
			errs.Add(g.AnswerField, fault)
			continue
		}
		if answers[same(g.Text)] {
			errs.Add(g.AnswerField, i18n.M("register.questions.answer_twice"))
		}
		answers[same(g.Text)] = true
	}
}

func (a *Answers) checkQuestion(errs *form.Errors, g Answer, seen map[string]bool) {
	switch {
	case g.Chosen == "" && g.Desk:
		errs.Add(g.QuestionField, i18n.M("register.questions.desk_question_missing", "Number", g.Number))
	case g.Chosen == "":
		errs.Add(g.QuestionField, i18n.M("register.questions.question_missing", "Number", g.Number))
	case g.Question.ID != g.Chosen:
		errs.Add(g.QuestionField, i18n.M("register.questions.question_unknown"))
	case seen[g.Chosen]:
		errs.Add(g.QuestionField, i18n.M("register.questions.question_twice"))
	}
	if g.Chosen != "" {
		seen[g.Chosen] = true
	}
}

func (a *Answers) fault(g Answer, own Own) i18n.Msg {
	answer := secret.Normalise(g.Text)
	readings := []string{answer}
	switch {
	case strings.TrimSpace(g.Text) == "" && g.Desk:
		return i18n.M("register.questions.desk_answer_missing", "Number", g.Number)
	case strings.TrimSpace(g.Text) == "":
		return i18n.M("register.questions.answer_missing", "Number", g.Number)
	case utf8.RuneCountInString(g.Text) > MaxAnswer:
		return i18n.M("register.questions.answer_long", "Max", MaxAnswer)
	case letters(answer) < minAnswer:
		return i18n.M("register.questions.answer_short")
	case repeats(answer, g.Question):
		return i18n.M("register.questions.answer_in_question")
	case own.namedIn(readings):
		return i18n.M("register.questions.answer_name")
	case own.birthIn(readings) || !own.Birth.IsZero() && bare(answer) == own.Birth.Format("2006"):
		return i18n.M("register.questions.answer_birth")
	case own.contactIn(readings) || own.numberIn(readings) || own.loginIn(readings):
		return i18n.M("register.questions.answer_contact")
	case a.common(g):
		return i18n.M("register.questions.answer_common")
	}
	return i18n.Msg{}
}

// common reports whether many people give this answer, or it is one key held
// down.
func (a *Answers) common(g Answer) bool {
	folded := same(g.Text)
	for _, list := range g.Question.Weak {
		if a.weak[list][folded] {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(folded)
	return strings.Trim(folded, string(first)) == ""
}

// same is what two answers share that a person would call the same. It forgives
// more than the comparison at sign-in does, so that "Jean-Paul" and "Jean Paul"
// are not given to two questions.
func same(answer string) string { return secret.FoldName(secret.Normalise(answer)) }

func letters(answer string) int {
	n := 0
	for _, r := range answer {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// repeats reports whether every word of the answer stands in its question.
func repeats(answer string, question Question) bool {
	asked := strings.Fields(secret.Normalise(question.EN) + " " + secret.Normalise(question.FR))
	for word := range strings.FieldsSeq(answer) {
		if !slices.Contains(asked, word) {
			return false
		}
	}
	return true
}
