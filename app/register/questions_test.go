package register

import (
	"net/http"
	"strings"
	"testing"

	"oneid/app/internal/secret"
	"oneid/db"
)

func TestTheGuidesSampleAnswersPass(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("questions")

	b.fill("questions", answerFields()...).wantGo("/register/phone")

	d := b.read(b.id)
	if len(d.Questions) != 5 {
		t.Fatalf("%d answers are kept, want 5", len(d.Questions))
	}
	for i, said := range []string{"honda  ACCORD", "John", "math", "BOB", "Joe"} {
		q := d.Questions[i]
		matched, err := w.answers.Match(t.Context(), q.Kind, []secret.GivenAnswer{{Answer: said, Stored: q.Answer}})
		if err != nil || !matched {
			t.Errorf("answer %d does not match %q: %v", i+1, said, err)
		}
	}
}

func TestQuestionsAreSelectedSoThatNothingClashes(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("questions")
	p := b.get("/register/questions")
	p.wantText("Three online questions", "Two Service Desk questions", "Service Desk question 2", "Answer to question 3")

	var fields []string
	for i, answer := range []string{"Honda Accord", "Gustavsson", "Quiltmaking", "Bob", "Tuktoyaktuk"} {
		name := string(rune('1' + i))
		_, list, _ := strings.Cut(p.body, `name="question_`+name+`"`)
		list, _, _ = strings.Cut(list, "</select>")
		selected, _, _ := strings.Cut(list, `" selected`)
		fields = append(fields, "question_"+name, selected[strings.LastIndex(selected, `"`)+1:], "answer_"+name, answer)
	}
	b.post("/register/questions", append(p.hidden(), fields...)...).wantGo("/register/phone")
}

func TestQuestionsSpeakFrench(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("questions")
	p := b.fill("questions", "switch_language", "fr", "question_1", "first-car", "answer_1", "Secretive")
	p.wantStatus(http.StatusOK).wantText("Quels étaient la marque et le modèle de votre première voiture?").wantNever("Secretive")
}

func TestAnswersThatAreRefused(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("questions")
	for name, c := range map[string]struct {
		fields []string
		says   string
	}{
		"a question twice":     {[]string{"question_2", "first-car"}, "You chose this question twice."},
		"an answer twice":      {[]string{"answer_2", "honda accord"}, "You gave this answer to another question."},
		"across the kinds":     {[]string{"answer_5", "MATH"}, "You gave this answer to another question."},
		"too short":            {[]string{"answer_3", "m1"}, "Use an answer with at least 3 letters or digits."},
		"the own name":         {[]string{"answer_2", "Randy"}, "Your answer contains your own name."},
		"missing at the desk":  {[]string{"answer_5", ""}, "Enter an answer to Service Desk question 2."},
		"a question of online": {[]string{"question_5", "first-concert"}, "This question is no longer offered."},
		"nothing chosen":       {[]string{"question_1", ""}, "Choose question 1 from the list."},
	} {
		p := b.fill("questions", answerFields(c.fields...)...)
		p.wantStatus(http.StatusUnprocessableEntity).wantText("There is a problem", c.says).wantNever("Honda", "Math", "MATH", "honda")
		if t.Failed() {
			t.Fatalf("case: %s", name)
		}
		b.rules.Steps.Find(b.read(b.id), "questions")
		(&whole{world: b.world}).change(b.id, (&Questions{}).drop)
	}
}

// drop forgets even which questions were chosen, so that cases don't meet.
func (q *Questions) drop(d *draftOf) { d.Questions = nil }

func TestAGoodAnswerNeedNotBeTypedAgain(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("questions")
	b.fill("questions", answerFields("answer_2", "", "answer_5", "x")...).
		wantStatus(http.StatusUnprocessableEntity).wantText("Answered. Leave empty to keep your answer.")

	b.fill("questions", answerFields("answer_1", "", "answer_2", "Freddy Knuckle", "answer_3", "", "answer_4", "", "answer_5", "Bartholomew")...).
		wantGo("/register/phone")
}

func TestANewAnswerIsHeldAgainstThoseThatAreKept(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")

	p := b.fill("questions", answerFields("answer_1", "", "answer_2", "BOB", "answer_3", "", "answer_4", "", "answer_5", "")...)

	p.wantStatus(http.StatusUnprocessableEntity).wantText("You gave this answer to another question.")
}

func TestAKeptAnswerBelongsToItsQuestion(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")
	none := []string{"answer_1", "", "answer_2", "", "answer_3", "", "answer_4", "", "answer_5", ""}

	b.fill("questions", answerFields(append(none, "question_1", "first-concert")...)...).
		wantStatus(http.StatusUnprocessableEntity).wantText("Enter an answer to question 1.")

	// In another place it is still that question's.
	b.fill("questions", answerFields(append(none, "question_1", "first-childhood-friend", "question_2", "first-car")...)...).
		wantGo("/register/phone")
}

func TestAnswersAreForgottenWhenTheNameChanges(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")

	b.fill("personal", personalFields("preferred_first", "Bobby")...)

	b.get("/register/phone").wantGo("/register/questions?skipped=1")
	b.get("/register/questions").wantText("For your security your answers were not kept. Enter them again.")
	b.fill("questions", answerFields("answer_4", "Bobby")...).wantText("Your answer contains your own name.")
}

func TestAWithdrawnQuestionStaysForWhoAnsweredIt(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	if _, err := w.db.NewUpdate().Model((*db.ChallengeQuestion)(nil)).Set("offered = false").Where("id = ?", "first-car").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	none := []string{"answer_1", "", "answer_2", "", "answer_3", "", "answer_4", "", "answer_5", ""}
	b.fill("questions", answerFields(none...)...).wantGo("/register/phone")

	other := w.browse(func() (f draftFacts) { f = randy(); f.Number = "100094"; return }()).upTo("questions")
	other.fill("questions", answerFields()...).wantStatus(http.StatusUnprocessableEntity).wantText("This question is no longer offered.")
}
