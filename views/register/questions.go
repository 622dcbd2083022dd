package register

import (
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// QuestionsModel is the step that chooses challenge questions.
type QuestionsModel struct {
	Here   Here
	Fields []QuestionField
	// Again says that answers given before were not kept.
	Again  bool
	Errors *form.Errors
}

// QuestionField is one question with its answer.
type QuestionField struct {
	Number           int // among its kind
	Desk             bool
	Question, Answer string // names of the fields
	Options          []ui.Option
	Chosen           string
	Kept             bool // answered: the field may stay empty
}

// Questions is the screen of the step.
func Questions(m QuestionsModel) ui.Page {
	return ui.Page{Title: i18n.M("register.questions.title"), Body: questions(m), Errors: m.Errors}
}

func (m QuestionsModel) of(desk bool) []QuestionField {
	var list []QuestionField
	for _, f := range m.Fields {
		if f.Desk == desk {
			list = append(list, f)
		}
	}
	return list
}

func (f QuestionField) questionLabel() i18n.Msg {
	if f.Desk {
		return i18n.M("register.questions.desk_question", "Number", f.Number)
	}
	return i18n.M("register.questions.question", "Number", f.Number)
}

func (f QuestionField) answerLabel() i18n.Msg {
	if f.Desk {
		return i18n.M("register.questions.desk_answer_to", "Number", f.Number)
	}
	return i18n.M("register.questions.answer_to", "Number", f.Number)
}

func (f QuestionField) answerHint() i18n.Msg {
	if f.Kept {
		return i18n.M("register.questions.answered")
	}
	return i18n.Msg{}
}
