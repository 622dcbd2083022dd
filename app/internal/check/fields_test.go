package check

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"oneid/views/form"
)

// fault is the key of the fault at a field, empty if there is none.
func fault(judge func(errs *form.Errors)) string {
	var errs form.Errors
	judge(&errs)
	all := errs.All()
	if len(all) == 0 {
		return ""
	}
	return all[0].Msg.Key
}

func TestEmailAddresses(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"ada@example.ca": "", " Ada.Lovelace+oneid@mail.example.co.uk\n": "", "o'connor@example.ca": "", "ada@médecin.example": "", "a@b.ca": "",
		"": "check.email.missing", "  ": "check.email.missing",
		"ada": "check.email.invalid", "ada@": "check.email.invalid", "@example.ca": "check.email.invalid", "ada@example": "check.email.invalid",
		"ada@@example.ca": "check.email.invalid", "ada@example..ca": "check.email.invalid", ".ada@example.ca": "check.email.invalid", "a..b@example.ca": "check.email.invalid",
		"ada lovelace@example.ca": "check.email.invalid", "\"ada\"@example.ca": "check.email.invalid", "ada@[127.0.0.1]": "check.email.invalid", "ada@127.0.0.1": "check.email.invalid",
		"ada@example.ca\r\nBcc: x@example.ca": "check.email.invalid", "ada@exa_mple.ca": "check.email.invalid", "ada@-example.ca": "check.email.invalid", "ada,b@example.ca": "check.email.invalid",
		"Ada <ada@example.ca>": "check.email.invalid", "ada@example.c": "check.email.invalid", strings.Repeat("a", 65) + "@example.ca": "check.email.invalid",
		"a@" + strings.Repeat("example.", 40) + "ca": "check.email.too_long",
	} {
		if got := fault(func(errs *form.Errors) { Email(errs, "email", typed) }); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	if got := Email(&form.Errors{}, "email", " Ada@Example.ca "); got != "Ada@Example.ca" {
		t.Errorf("kept as %q", got)
	}
}

func TestContactNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, extension, want string }{
		{"416-967-2606", "", "+14169672606"}, {"(416) 967 2606", "", "+14169672606"}, {"1 416 967 2606", "", "+14169672606"}, {"+1.416.967.2606", "", "+14169672606"},
		{"416-967-2606", " 123 ", "+14169672606;ext=123"}, {"416-967-2606 x123", "", "+14169672606;ext=123"}, {"416-967-2606 ext. 123", "", "+14169672606;ext=123"},
		{"416-967-2606 x123", "456", "+14169672606;ext=456"}, {"1-800-268-7096", "606", "+18002687096;ext=606"}, {"４１６ ９６７ ２６０６", "", "+14169672606"}, {"212-736-5000", "", "+12127365000"},
		{"416-555-0123", "", "+14165550123"}, {"613-555-0142", "", "+16135550142"},
		{"", "", "register.personal.phone_missing"}, {"  ", "1", "register.personal.phone_missing"}, {"967-2606", "", "check.phone.invalid"}, {"416-967-26066", "", "check.phone.invalid"},
		{"hello", "", "check.phone.invalid"}, {"116-967-2606", "", "check.phone.invalid"}, {"416-067-2606", "", "check.phone.invalid"}, {strings.Repeat("4", 500), "", "check.phone.invalid"},
		{"+33 1 42 68 53 00", "", "check.phone.country"}, {"+44 20 7946 0018", "", "check.phone.country"}, {"876-555-0123", "", "check.phone.country"}, {"242-322-1234", "", "check.phone.country"},
		{"900-555-0123", "", "check.phone.premium"}, {"416-976-0123", "", "check.phone.premium"},
		{"416-967-2606", "12a", "check.phone.extension_invalid"}, {"416-967-2606", "1234567", "check.phone.extension_invalid"}, {"416-967-2606", "#12", "check.phone.extension_invalid"},
	} {
		var errs form.Errors
		got := Phones{}.Contact(&errs, "phone", "extension", c.typed, c.extension)
		if all := errs.All(); len(all) > 0 {
			got = all[0].Msg.Key
		}
		if got != c.want {
			t.Errorf("%q x %q: %s, want %s", c.typed, c.extension, got, c.want)
		}
	}
}

func TestChallengeNumbersReachOnePersonAndCostNobodyMuch(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"416-967-2606": "+14169672606", "+1 (613) 555-0142": "+16135550142", "212-736-5000": "+12127365000",
		"": "check.phone.missing", "416-967-2606 x12": "register.phone.extension", "967-2606": "register.phone.invalid", "911": "register.phone.invalid",
		"1-900-555-0123": "check.phone.premium", "905-976-1234": "check.phone.premium", "1-800-268-7096": "check.phone.premium", "888-268-7096": "check.phone.premium",
		// Numbers in countries that share +1: callbacks there are a classic of toll fraud.
		"876-927-1234": "check.phone.country", "242-322-1234": "check.phone.country", "809-555-1234": "check.phone.country", "284-494-1234": "check.phone.country",
		"473-440-1234": "check.phone.country", "787-721-1234": "check.phone.country", "441-295-1234": "check.phone.country", "268-460-1234": "check.phone.country",
		"+870 773 111 632": "check.phone.country", "+8816 2245 1234": "check.phone.country", "+44 7700 900123": "check.phone.country",
	} {
		var errs form.Errors
		got := Phones{}.Challenge(&errs, "phone", typed, 1)
		if all := errs.All(); len(all) > 0 {
			got = all[0].Msg.Key
		}
		if got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
	var errs form.Errors
	if got := (Phones{Regions: []string{"CA"}}).Challenge(&errs, "phone", "212-736-5000", 1); got != "" || errs.Of("phone").Key != "check.phone.country" {
		t.Errorf("with Canada only, a number in New York gives %q, %+v", got, errs.All())
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Ada": "", "Jean-François": "", "O’Connor": "", "St. John": "", "李": "", "Ng": "", "O": "", "Nguyễn": "", "E\u0301lodie": "", strings.Repeat("é", 30): "", "María José": "",
		"": "register.personal.first_missing", " \u200b ": "register.personal.first_missing", strings.Repeat("a", 31): "register.personal.first_long",
		"Ada2": "register.personal.name_letters", "Ada@": "register.personal.name_letters", "<b>Ada": "register.personal.name_letters", "A_B": "register.personal.name_letters",
		"-": "register.personal.name_letters", "...": "register.personal.name_letters", "Ada😀": "register.personal.name_letters", "Z\u0336\u0337\u0338\u0339a": "register.personal.name_letters",
		"Ada\x00": "register.personal.name_letters", "\u0301da": "register.personal.name_letters", "Dr, Ada": "register.personal.name_letters",
	} {
		if got := fault(func(errs *form.Errors) { FirstName(errs, "first", typed) }); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	var errs form.Errors
	FirstName(&errs, "first", "A<d2>a<")
	if got := errs.Of("first").Args[1]; got != "< 2 >" {
		t.Errorf("the characters to remove are %q", got)
	}
	if got := LastName(&form.Errors{}, "last", "  de  la\tCruz "); got != "de la Cruz" {
		t.Errorf("kept as %q", got)
	}
	if got := fault(func(errs *form.Errors) { LastName(errs, "last", strings.Repeat("a", 46)) }); got != "register.personal.last_long" {
		t.Errorf("a long last name: %q", got)
	}
	if got := fault(func(errs *form.Errors) { MiddleNames(errs, "middle", "") }); got != "" {
		t.Errorf("no middle names: %q", got)
	}
}

func TestDatesOfBirth(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct{ day, month, year, want string }{
		{"12", "4", "1968", ""}, {" 01 ", "01", "1970", ""}, {"29", "2", "1980", ""}, {"２", "5", "1939", ""}, {"20", "11", "2026", ""},
		{"", "", "", "check.date.missing"}, {"", "4", "1968", "check.date.day_missing"}, {"12", "", "1968", "check.date.month_missing"}, {"12", "4", "", "check.date.year_missing"},
		{"31", "4", "1968", "check.date.invalid"}, {"29", "2", "1981", "check.date.invalid"}, {"0", "4", "1968", "check.date.invalid"}, {"12", "13", "1968", "check.date.invalid"},
		{"12", "0", "1968", "check.date.invalid"}, {"x", "4", "1968", "check.date.invalid"}, {"-1", "4", "1968", "check.date.invalid"}, {"12", "4", "0000", "check.date.invalid"},
		{"012", "4", "1968", "check.date.invalid"}, {"12", "4", "19680", "check.date.invalid"}, {"12", "4", "68", "check.date.year_short"}, {"22", "11", "2026", "check.date.future"}, {"1", "1", "2030", "check.date.future"},
	} {
		if got := fault(func(errs *form.Errors) { BirthDate(errs, "birth", c.day, c.month, c.year, today) }); got != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.day, c.month, c.year, got, c.want)
		}
	}
	if got := BirthDate(&form.Errors{}, "birth", "12", "4", "1968", today).Format(time.DateOnly); got != "1968-04-12" {
		t.Errorf("read as %s", got)
	}
}

func TestAnythingTypedIsJudgedWithoutPanic(t *testing.T) {
	t.Parallel()
	a, l := answers(t), loginNames(t)
	pieces := rapid.SampledFrom([]string{"+", "1", "416", "967", "2606", " x", ";ext=", "@", ".", "tel:", "é", "\u0301", "'", "-", "\u202e", "\x00", "\xff", "李"})
	rapid.Check(t, func(t *rapid.T) {
		typed := strings.Join(rapid.SliceOfN(rapid.OneOf(pieces, rapid.StringN(0, 4, -1)), 0, 12).Draw(t, "typed"), "")
		var errs form.Errors
		email := Email(&errs, "email", typed)
		contact := Phones{}.Contact(&errs, "contact", "extension", typed, typed)
		challenge := Phones{}.Challenge(&errs, "challenge", typed, 1)
		LastName(&errs, "last", typed)
		BirthDate(&errs, "birth", typed, typed, typed, time.Unix(0, 0))
		l.Check(&errs, "first", "other", typed, typed)
		Far(typed, "", typed, typed, typed)
		a.Check(&errs, []Answer{{Number: 1, QuestionField: "q", AnswerField: "a", Chosen: car.ID, Question: car, Text: typed}}, Own{Names: []string{typed}, Email: typed})
		if errs.Of("email").Zero() && strings.ContainsAny(email, " \r\n\t\x00<>\"") {
			t.Fatalf("%q was taken as an address", email)
		}
		if errs.Of("challenge").Zero() && (len(challenge) != 12 || !strings.HasPrefix(challenge, "+1")) {
			t.Fatalf("%q was taken as a challenge number: %q", typed, challenge)
		}
		if errs.Of("contact").Zero() && errs.Of("extension").Zero() && !strings.HasPrefix(contact, "+1") {
			t.Fatalf("%q was taken as a contact number: %q", typed, contact)
		}
	})
}
