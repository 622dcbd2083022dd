package check

import (
	"strings"
	"testing"
	"time"

	"oneid/views/form"
)

var (
	car     = Question{ID: "first-car", EN: "Make and model of your first car?", FR: "Quels étaient la marque et le modèle de votre première voiture?", Weak: []string{"generic", "car"}}
	friend  = Question{ID: "first-childhood-friend", EN: "What is the name of your first childhood friend?", FR: "Comment s’appelle votre premier ami ou votre première amie d’enfance?", Weak: []string{"generic", "given_name"}}
	award   = Question{ID: "first-award", EN: "What is the first award you ever won?", FR: "Quel est le premier prix que vous avez gagné?", Weak: []string{"generic", "award"}}
	sibling = Question{ID: "sibling-middle-name", EN: "What is your oldest sibling’s middle name?", FR: "Quel est le deuxième prénom de l’aîné de vos frères et sœurs?", Weak: []string{"generic", "given_name"}}
	father  = Question{ID: "father-middle-name", EN: "What is the middle name of your father?", FR: "Quel est le deuxième prénom de votre père?", Weak: []string{"generic", "given_name"}}
)

// five are the guide's own questions with the answers given.
func five(texts ...string) []Answer {
	var given []Answer
	for i, q := range []Question{car, friend, award, sibling, father} {
		n := string(rune('1' + i))
		given = append(given, Answer{
			Desk: i > 2, Number: i%3 + 1, QuestionField: "question" + n, AnswerField: "answer" + n, Chosen: q.ID, Question: q, Text: texts[i],
		})
	}
	return given
}

func answers(t *testing.T) *Answers {
	t.Helper()
	a, err := NewAnswers()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheGuidesOwnAnswersPass(t *testing.T) {
	t.Parallel()
	var errs form.Errors
	own := burt
	own.Names = []string{"RANDY", "BURT"}
	answers(t).Check(&errs, five("Honda Accord", "John", "Math", "Bob", "Joe"), own)
	if errs.Any() {
		t.Errorf("faults: %+v", errs.All())
	}
}

func TestAnswersOthersCouldGuess(t *testing.T) {
	t.Parallel()
	a := answers(t)
	own := Own{
		Names: []string{"Élodie", "Anne", "Lefèvre-Bélanger"}, LoginID: "ELODIE.LEFEVRE-BELANGER", Email: "otterlamp@example.ca",
		Phones: []string{"+14169672606"}, Numbers: []string{"100125"}, Birth: time.Date(1986, 6, 24, 0, 0, 0, 0, time.UTC),
	}
	for _, c := range []struct {
		question Question
		text     string
		want     string
	}{
		{car, "Peugeot 405", ""}, {friend, "Ezekiel", ""}, {friend, "Zorika", ""}, {award, "Concours de piano", ""}, {friend, "Фёдор", ""},
		{car, "", "register.questions.answer_missing"}, {car, " \t", "register.questions.answer_missing"}, {car, "ab", "register.questions.answer_short"}, {car, "!!!", "register.questions.answer_short"},
		{car, "L'A", "register.questions.answer_short"}, {car, strings.Repeat("x y ", 30), "register.questions.answer_long"},
		{car, "First Car", "register.questions.answer_in_question"}, {car, "VOITURE", "register.questions.answer_in_question"}, {friend, "childhood friend!", "register.questions.answer_in_question"},
		{friend, "Élodie", "register.questions.answer_name"}, {friend, "elodie", "register.questions.answer_name"}, {friend, "Lefevre", "register.questions.answer_name"},
		{friend, "my Anne", "register.questions.answer_name"}, {friend, "Bélangerville", "register.questions.answer_name"},
		{award, "1986-06-24", "register.questions.answer_birth"}, {award, "24 juin", "register.questions.answer_birth"}, {award, "June 24", "register.questions.answer_birth"}, {award, "1986", "register.questions.answer_birth"},
		{award, "967 2606", "register.questions.answer_contact"}, {award, "Otter Lamp", "register.questions.answer_contact"}, {award, "no 100125", "register.questions.answer_contact"},
		{friend, "Emma", "register.questions.answer_common"}, {friend, "ÉMILIE", "register.questions.answer_common"}, {friend, "Jean-Paul", "register.questions.answer_common"}, {friend, "jean paul", "register.questions.answer_common"},
		{car, "password", "register.questions.answer_common"}, {award, "n/a", "register.questions.answer_short"}, {award, "I don't know", "register.questions.answer_common"}, {award, "aaaaaaa", "register.questions.answer_common"}, {award, "7777777", "register.questions.answer_common"},
		{sibling, "Sœur", "register.questions.answer_common"}, {car, "Emma", ""},
	} {
		var errs form.Errors
		a.Check(&errs, []Answer{{Number: 1, QuestionField: "q", AnswerField: "a", Chosen: c.question.ID, Question: c.question, Text: c.text}}, own)
		if got := errs.Of("a").Key; got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.question.ID, c.text, got, c.want)
		}
	}
}

func TestNothingComesTwice(t *testing.T) {
	t.Parallel()
	a := answers(t)
	check := func(given []Answer) *form.Errors {
		var errs form.Errors
		a.Check(&errs, given, Own{})
		return &errs
	}
	errs := check(five("Peugeot 405", "Ezekiel", "Fencing cup", "the EZÉKIEL.", "Joe"))
	if got := errs.Of("answer4").Key; got != "register.questions.answer_twice" || len(errs.All()) != 1 {
		t.Errorf("an online answer given to the desk: %+v", errs.All())
	}
	same := five("Peugeot 405", "Ezekiel", "Fencing cup", "Bob", "Joe")
	same[2].Chosen, same[2].Question = car.ID, car
	if errs := check(same); errs.Of("question3").Key != "register.questions.question_twice" || len(errs.All()) != 1 {
		t.Errorf("a question chosen twice: %+v", errs.All())
	}
	empty := five("", "", "", "", "")
	for i := range empty {
		empty[i].Chosen = ""
	}
	errs = check(empty)
	if errs.Of("question1").Key != "register.questions.question_missing" || errs.Of("question5").Key != "register.questions.desk_question_missing" || errs.Of("answer5").Key != "register.questions.desk_answer_missing" || len(errs.All()) != 10 {
		t.Errorf("an empty form: %+v", errs.All())
	}
	unknown := five("Peugeot 405", "Ezekiel", "Fencing cup", "Bob", "Joe")
	unknown[0].Question = Question{}
	if errs := check(unknown); errs.Of("question1").Key != "register.questions.question_unknown" {
		t.Errorf("a question not on offer: %+v", errs.All())
	}
	kept := five("Peugeot 405", "", "Fencing cup", "Bob", "Joe")
	kept[1].Kept = true
	if errs := check(kept); errs.Any() {
		t.Errorf("a kept answer: %+v", errs.All())
	}
}
