package register

import (
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Help is the help with one step: what it needs, and whom to ask. back is the
// address of the step.
func Help(slug, back string) ui.Page {
	return ui.Page{Title: i18n.M("register.help.title"), Body: help(slug), Back: back, NoIndex: true}
}

// HasHelp reports whether there is help with a step of this name.
func HasHelp(slug string) bool {
	name, _ := helpWith(slug)
	return !name.Zero()
}

// helpWith is the name of a step and what to say about it, a paragraph each.
func helpWith(slug string) (i18n.Msg, []i18n.Msg) {
	switch slug {
	case "policies":
		return i18n.M("register.policies.title"), []i18n.Msg{i18n.M("register.help.policies")}
	case "personal":
		return i18n.M("register.personal.title"), []i18n.Msg{
			i18n.M("register.help.personal"), i18n.M("register.personal.email_taken_note"), i18n.M("register.help.personal_who"),
		}
	case "profession":
		return i18n.M("register.profession.title"), []i18n.Msg{i18n.M("register.help.profession"), i18n.M("register.help.profession_who")}
	case "questions":
		return i18n.M("register.questions.title"), []i18n.Msg{i18n.M("register.help.questions")}
	case "phone":
		return i18n.M("register.phone.title"), []i18n.Msg{i18n.M("register.help.phone")}
	case "mail":
		return i18n.M("register.mail.title"), []i18n.Msg{i18n.M("register.help.mail")}
	case "review":
		return i18n.M("register.review.title"), []i18n.Msg{i18n.M("register.help.review")}
	case "password":
		return i18n.M("register.password.title"), []i18n.Msg{i18n.M("register.help.password")}
	case "complete":
		return i18n.M("register.complete.title"), []i18n.Msg{i18n.M("register.help.complete")}
	}
	return i18n.Msg{}, nil
}
