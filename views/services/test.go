package services

import (
	"slices"
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// TestModel is what was seen of a service's exchanges, and a request judged.
type TestModel struct {
	Head      Head
	Until     time.Time // exchanges are recorded until then; zero: they are not
	Exchanges []Exchange
	Pasted    string
	Errors    *form.Errors
	Judged    *Judged
	Again     bool // it is a recorded one, judged by today's settings
}

// Exchange is one that was recorded.
type Exchange struct {
	ID, Binding, Verdict string
	Kind                 string // signin, logout_theirs or logout_ours
	At                   time.Time
	Answered             bool
	Checks               []Check
	Raw                  string // as it came; empty where that could tell of a person
	Document, Answer     string // decoded and masked
	Again                bool   // can be judged again
}

// Judged is a request judged and not answered.
type Judged struct {
	Document, Binding string
	Checks            []Check
	Accepted          bool
}

// Test is the page.
func Test(m TestModel) ui.Page {
	return m.Head.page(ui.Page{Body: test(m), Errors: m.Errors, FormID: "judge"})
}

// Rule says how a rule came out.
func Rule(rule string, passed bool) i18n.Msg {
	switch {
	case rule == "read" && passed:
		return i18n.M("services.test.read")
	case rule == "read":
		return i18n.M("services.test.not_read")
	case rule == "issuer" && passed:
		return i18n.M("services.test.issuer")
	case rule == "issuer":
		return i18n.M("services.test.other_issuer")
	case rule == "metadata" && passed:
		return i18n.M("services.test.metadata")
	case rule == "metadata":
		return i18n.M("services.test.metadata_ended")
	case rule == "signature" && passed:
		return i18n.M("services.test.signature")
	case rule == "signature":
		return i18n.M("services.test.bad_signature")
	case rule == "destination" && passed:
		return i18n.M("services.test.destination")
	case rule == "destination":
		return i18n.M("services.test.other_destination")
	case rule == "age" && passed:
		return i18n.M("services.test.age")
	case rule == "age":
		return i18n.M("services.test.bad_age")
	case passed:
		return i18n.M("services.test.reply")
	}
	return i18n.M("services.test.other_reply")
}

// kind says what passed, and who asked.
func (e Exchange) kind() i18n.Msg {
	switch e.Kind {
	case "logout_theirs":
		return i18n.M("services.test.kind_logout_theirs")
	case "logout_ours":
		return i18n.M("services.test.kind_logout_ours")
	}
	return i18n.M("services.test.kind_signin")
}

func (e Exchange) state() (ui.Kind, string, i18n.Msg) {
	switch {
	case e.Verdict != "":
		return ui.Bad, "cross", i18n.M("services.test.refused")
	case e.Answered:
		return ui.OK, "check", i18n.M("services.test.answered")
	}
	return ui.Info, "clock", i18n.M("services.test.open")
}

// titled names a part of it, apart from the same part of another.
func (e Exchange) titled(part i18n.Msg) i18n.Msg {
	return i18n.M("services.test.part", "Item", part, "Time", second(e.At))
}

// crossed tells whether any check did not come out well.
func (e Exchange) crossed() bool {
	return slices.ContainsFunc(e.Checks, func(c Check) bool { return !c.Passed })
}

// broken writes a document one element to a line, for people to read.
func broken(doc string) string {
	out := make([]byte, 0, len(doc)+len(doc)/20)
	for i := 0; i < len(doc); i++ {
		if i > 0 && doc[i] == '<' && doc[i-1] == '>' {
			out = append(out, '\n')
		}
		out = append(out, doc[i])
	}
	return string(out)
}
