package ui_test

import (
	"testing"

	"github.com/a-h/templ"

	"oneid/views/i18n"
	"oneid/views/ui"
)

func refused(f ui.Field) ui.Field {
	f.Hint = i18n.M("ui.field.phone_hint")
	f.Error = i18n.M("check.phone.missing")
	return f
}

func TestATextFieldIsTiedToItsLabelHintAndError(t *testing.T) {
	t.Parallel()
	ctx := english(t)
	f := ui.Field{Name: "phones[1].number", Label: i18n.M("register.personal.phone"), Type: "tel", Autocomplete: "tel", InputMode: "tel", Optional: true, MaxLength: 40}

	calm := draw(ctx, t, ui.TextField(f))
	input := only(t, calm, "input")
	attr(t, input, "id", "phones-1-number")
	attr(t, input, "name", "phones[1].number")
	attr(t, input, "aria-invalid", "(none)")
	attr(t, input, "aria-describedby", "(none)")
	attr(t, input, "maxlength", "40")
	attr(t, only(t, calm, "label"), "for", "phones-1-number")
	want(t, "label", words(only(t, calm, "label")), "Contact Phone Number (optional)")

	wrong := draw(ctx, t, ui.TextField(refused(f)))
	input = only(t, wrong, "input")
	attr(t, input, "aria-invalid", "true")
	attr(t, input, "aria-describedby", "phones-1-number-e phones-1-number-h") // the error first: it is what changed
	want(t, "error", words(only(t, wrong, "#phones-1-number-e")), "Error: "+i18n.T(ctx, "check.phone.missing"))
	only(t, wrong, ".has-error")
}

func TestEveryKindOfFieldKeepsTheWiring(t *testing.T) {
	t.Parallel()
	ctx := english(t)
	options := []ui.Option{{Value: "a", Label: i18n.Verbatim("A")}, {Value: "b", Label: i18n.Verbatim("B")}}
	f := refused(ui.Field{Name: "x.y", Label: i18n.M("ui.field.choose"), Options: options})
	for name, c := range map[string]templ.Component{
		"text": ui.TextField(f), "area": ui.TextArea(f, 3), "code": ui.CodeField(f), "password": ui.PasswordField(f), "answer": ui.AnswerField(f),
		"select": ui.Select(f), "radios": ui.Radios(f), "pair": ui.RadioPair(f), "checkbox": ui.Checkbox(f, false), "tick": ui.Tick(f, false),
		"date": ui.DateField(f, ui.DateParts{}),
	} {
		doc := draw(ctx, t, c)
		only(t, doc, "#x-y") // where the summary's link leads
		described := only(t, doc, `[aria-describedby="x-y-e x-y-h"]`)
		only(t, doc, "#x-y-e")
		only(t, doc, "#x-y-h")
		if doc.Find("[aria-invalid=true]").Length() == 0 {
			t.Errorf("%s: a refused field must say so", name)
		}
		if described.Is("fieldset") {
			only(t, doc, "fieldset > legend:first-child")
		}
		doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *selection) {
			id := s.AttrOr("id", "")
			if doc.Find(`label[for="`+id+`"]`).Length() == 0 && s.Closest("label").Length() == 0 {
				t.Errorf("%s: %s has no label", name, id)
			}
		})
	}
}

func TestSecretsAreNeverPutBack(t *testing.T) {
	t.Parallel()
	f := ui.Field{Name: "secret", Label: i18n.M("signin.form.password"), Value: "maple tin", Autocomplete: "current-password"}
	for _, c := range []templ.Component{ui.PasswordField(f), ui.AnswerField(f)} {
		input := only(t, draw(english(t), t, c), "input")
		attr(t, input, "type", "password")
		attr(t, input, "value", "(none)")
		attr(t, input, "spellcheck", "false")
	}
}

func TestShowNamesWhatItShows(t *testing.T) {
	t.Parallel()
	for lang, wanted := range map[i18n.Lang][2]string{
		i18n.EN: {"Show password", "Show answer, Answer 1"},
		i18n.FR: {"Afficher le mot de passe", "Afficher la réponse, Answer 1"},
	} {
		ctx := in(t, lang)
		password := only(t, draw(ctx, t, ui.PasswordField(ui.Field{Name: "p", Label: i18n.M("signin.form.password")})), "button")
		want(t, "password", words(password), wanted[0])
		attr(t, password, "hidden", "") // until the script that makes it work shows it
		attr(t, password, "type", "button")
		answer := only(t, draw(ctx, t, ui.AnswerField(ui.Field{Name: "a", Label: i18n.Verbatim("Answer 1")})), "button")
		want(t, "answer", words(answer), wanted[1])
	}
}

func TestACodeIsOneFieldThatAutofillFinds(t *testing.T) {
	t.Parallel()
	input := only(t, draw(english(t), t, ui.CodeField(ui.Field{Name: "code", Label: i18n.M("challenge.text.label")})), "input")
	attr(t, input, "autocomplete", "one-time-code")
	attr(t, input, "inputmode", "numeric")
	attr(t, input, "type", "text")
}

func TestWhatWasChosenStaysChosen(t *testing.T) {
	t.Parallel()
	ctx := english(t)
	f := ui.Field{Name: "language", Label: i18n.M("register.personal.language"), Value: "fr", Options: []ui.Option{
		{Value: "en", Label: i18n.Verbatim("English"), Lang: "en"}, {Value: "fr", Label: i18n.Verbatim("Français"), Lang: "fr"},
	}}
	radio := only(t, draw(ctx, t, ui.Radios(f)), "input[checked]")
	attr(t, radio, "value", "fr")
	attr(t, radio, "id", "language-2")
	attr(t, only(t, draw(ctx, t, ui.Select(f)), "option[selected]"), "value", "fr")
	attr(t, only(t, draw(ctx, t, ui.Tick(ui.Field{Name: "t", Label: i18n.M("ui.action.yes")}, true)), "input[checked]"), "value", "yes")
	only(t, draw(ctx, t, ui.Radios(f)), `b[lang="fr"]`)
}
