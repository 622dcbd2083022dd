package form_test

import (
	"testing"

	"oneid/views/form"
	"oneid/views/i18n"
)

func TestTheFirstFaultOfAFieldWinsAndTheOrderStays(t *testing.T) {
	t.Parallel()
	var e form.Errors
	e.Add("phone", i18n.M("check.phone.missing"))
	e.Add("email", i18n.M("check.email.missing"))
	e.Add("phone", i18n.M("check.phone.invalid"))
	e.Add("title", i18n.Msg{}) // no fault at all

	all := e.All()
	if len(all) != 2 || all[0].Field != "phone" || all[1].Field != "email" {
		t.Fatalf("got %v, want phone, then email", all)
	}
	if got := e.Of("phone").Key; got != "check.phone.missing" {
		t.Errorf("got %s, want the first fault", got)
	}
	if !e.Of("title").Zero() || !e.Any() {
		t.Error("want no fault of title, and some faults in all")
	}
}

func TestNoErrorsAreNoFaults(t *testing.T) {
	t.Parallel()
	var none *form.Errors
	if none.Any() || none.All() != nil || !none.Of("email").Zero() {
		t.Error("nil must read as no faults")
	}
}
