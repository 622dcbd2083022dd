package register

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/code"
	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

func TestPhoneFormsAreJudgedTogether(t *testing.T) {
	t.Parallel()
	direct := &draft.Draft{Content: draft.Content{Personal: &draft.Personal{Phone: "+14165550100"}}}
	extension := &draft.Draft{Content: draft.Content{Personal: &draft.Personal{Phone: "+14165550100", Extension: "12"}}}
	for name, c := range map[string]struct {
		draft  *draft.Draft
		fields []string
		field  string // where something is wrong
		key    string
		want   []string
	}{
		"one number":          {direct, []string{"phones", "1", "phone_1_use", "other", "phone_1_number", "(416) 555 0123", "phone_1_method", "text"}, "", "", []string{"+14165550123"}},
		"the contact number":  {direct, []string{"phones", "1", "phone_1_use", "contact", "phone_1_method", "call"}, "", "", []string{"+14165550100"}},
		"contact typed too":   {direct, []string{"phones", "1", "phone_1_use", "contact", "phone_1_number", "416 555-0100", "phone_1_method", "call"}, "", "", []string{"+14165550100"}},
		"contact and another": {direct, []string{"phones", "1", "phone_1_use", "contact", "phone_1_number", "416 555-0199", "phone_1_method", "call"}, "phone_1_use", "register.phone.use_which", nil},
		"no contact with extension": {extension, []string{"phones", "1", "phone_1_use", "contact", "phone_1_method", "call"},
			"phone_1_number", "register.phone.missing", nil},
		"nothing":                 {direct, []string{"phones", "1", "phone_1_use", "other", "phone_1_method", "text"}, "phone_1_number", "register.phone.missing", nil},
		"none, and says so":       {extension, []string{"phones", "1", "no_direct", "yes"}, "", "", nil},
		"none, contact preset":    {direct, []string{"phones", "1", "phone_1_use", "contact", "phone_1_method", "text", "no_direct", "yes"}, "", "", nil},
		"both":                    {extension, []string{"phones", "1", "phone_1_number", "4165550123", "phone_1_method", "text", "no_direct", "yes"}, "no_direct", "register.phone.both", nil},
		"an extension":            {extension, []string{"phones", "1", "phone_1_number", "416-555-0123 x12", "phone_1_method", "text"}, "phone_1_number", "register.phone.extension", nil},
		"too short":               {extension, []string{"phones", "1", "phone_1_number", "555-0123", "phone_1_method", "text"}, "phone_1_number", "register.phone.invalid", nil},
		"premium":                 {extension, []string{"phones", "1", "phone_1_number", "900-555-0123", "phone_1_method", "text"}, "phone_1_number", "check.phone.premium", nil},
		"abroad":                  {extension, []string{"phones", "1", "phone_1_number", "+33 1 42 68 53 00", "phone_1_method", "text"}, "phone_1_number", "check.phone.country", nil},
		"no method":               {extension, []string{"phones", "1", "phone_1_number", "4165550123"}, "phone_1_method", "register.phone.method_missing", nil},
		"a method nobody offered": {extension, []string{"phones", "1", "phone_1_number", "4165550123", "phone_1_method", "pigeon"}, "phone_1_method", "register.phone.method_missing", nil},
		"twice": {extension, []string{"phones", "2", "phone_1_number", "4165550123", "phone_1_method", "text", "phone_2_number", "416.555.0123", "phone_2_method", "call"},
			"phone_2_number", "register.phone.twice", nil},
		"three, one left empty": {extension, []string{"phones", "3", "phone_1_number", "4165550123", "phone_1_method", "text", "phone_2_number", " ", "phone_3_number", "6135550123", "phone_3_method", "call"},
			"", "", []string{"+14165550123", "+16135550123"}},
		"a fourth is not read": {extension, []string{"phones", "4", "phone_4_number", "4165550123", "phone_4_method", "text"}, "phone_1_number", "register.phone.missing", nil},
	} {
		typed := url.Values{}
		for i := 0; i+1 < len(c.fields); i += 2 {
			typed.Set(c.fields[i], c.fields[i+1])
		}
		errs := new(form.Errors)
		list := (&Phone{}).judge(errs, c.draft, readPhones(t.Context(), c.draft, typed))
		if c.key != "" {
			if got := errs.Of(c.field).Key; got != c.key {
				t.Errorf("%s: %s says %q, want %q (all: %v)", name, c.field, got, c.key, errs.All())
			}
			continue
		}
		if errs.Any() {
			t.Errorf("%s: refused: %v", name, errs.All())
		}
		if len(list) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, list, c.want)
			continue
		}
		for i, phone := range list {
			if phone.Number != c.want[i] {
				t.Errorf("%s: number %d is %s, want %s", name, i+1, phone.Number, c.want[i])
			}
		}
	}
}

func TestThePageOffersTheContactNumberOnlyWhenItIsDirect(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")
	b.get("/register/phone").wantNot("Use my contact number").
		wantText("Carrier charges may apply", "I do not have a direct number, for example I have an extension", "What happens when we check?", "Add a number (optional)")

	b.fill("personal", personalFields("extension", "")...)
	b.get("/register/phone").wantText("Use my contact number 416-555-0100", "Use a different number")
}

func TestNumbersAreAddedAndRemovedWithoutScript(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")
	p := b.fill("phone", phoneFields("add", "1")...).wantStatus(http.StatusOK).wantText("Phone 2").wantValue("phone_1_number", "416-555-0123")
	p = b.post("/register/phone", append(p.hidden(), phoneFields("add", "1", "phone_2_number", "613-555-0123", "phone_2_method", "call")...)...)
	p.wantText("Phone 3").wantNot("Add a number (optional)")

	fields := phoneFields("phone_2_number", "613-555-0123", "phone_2_method", "call", "phone_3_number", "705-555-0123", "phone_3_method", "text")
	p = b.post("/register/phone", append(p.hidden(), append(fields, "remove", "2")...)...)
	p.wantText("The phone number was removed.").wantValue("phone_2_number", "705-555-0123").wantNot("Phone 3")

	b.post("/register/phone", append(p.hidden(), phoneFields("phone_2_number", "705-555-0123", "phone_2_method", "text")...)...).wantGo("/register/mail")
	got := b.read(b.id).Phones
	if len(got.List) != 2 || got.List[1] != (draft.Phone{Number: "+17055550123", Method: db.MethodText}) {
		t.Errorf("saved %+v", got)
	}
}

func (w *whole) newestCode(id db.DraftID) *db.Code {
	w.Helper()
	codes, err := db.CodesOfDraft(w.Context(), w.db, id, string(code.Test))
	if err != nil || len(codes) == 0 {
		w.Fatalf("no code was sent: %v", err)
	}
	return &codes[0]
}

func TestATestCodeConfirmsANumber(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	p := b.fill("phone", phoneFields("test", "1")...).wantStatus(http.StatusOK).
		wantText("We sent a code to 416-555-0123. It works until 12:10 p.m.", "Confirm this number")

	text, err := code.Text(w.ring, w.newestCode(b.id))
	if err != nil {
		t.Fatal(err)
	}
	wrong := "000000"
	if text == wrong {
		wrong = "000001"
	}
	p = b.post("/register/phone", append(p.hidden(), phoneFields("confirm", "1", "phone_1_code", wrong)...)...)
	p.wantStatus(http.StatusUnprocessableEntity).wantText("This code does not match.")
	p = b.post("/register/phone", append(p.hidden(), phoneFields("confirm", "1", "phone_1_code", "")...)...)
	p.wantStatus(http.StatusUnprocessableEntity).wantText("Enter the 6-digit code from the text message.")
	p = b.post("/register/phone", append(p.hidden(), phoneFields("confirm", "1", "phone_1_code", text[:3]+" "+text[3:])...)...)
	p.wantStatus(http.StatusOK).wantText("This number is confirmed.").wantNot("Send a test code")

	b.post("/register/phone", append(p.hidden(), phoneFields()...)...).wantGo("/register/mail")
	at := b.read(b.id).Phones.List[0].ConfirmedAt
	if !at.Equal(noon) {
		t.Errorf("confirmed at %s, want %s", at, noon)
	}
	// Saved again later, it stays confirmed since then.
	w.clock.Advance(time.Minute)
	b.fill("phone", phoneFields()...).wantGo("/register/mail")
	if at := b.read(b.id).Phones.List[0].ConfirmedAt; !at.Equal(noon) {
		t.Errorf("confirmed at %s, want %s", at, noon)
	}
	if n := b.audited(audit.CodePassed); n != 1 {
		t.Errorf("%d codes passed in the audit, want 1", n)
	}
}

func TestACodeToOneNumberConfirmsNoOther(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	p := b.fill("phone", phoneFields("test", "1")...)
	text, err := code.Text(w.ring, w.newestCode(b.id))
	if err != nil {
		t.Fatal(err)
	}
	b.post("/register/phone", append(p.hidden(), phoneFields("phone_1_number", "613-555-0123", "confirm", "1", "phone_1_code", text)...)...).
		wantStatus(http.StatusUnprocessableEntity).wantText("This code has expired. Send a new test code.")
}

func TestTooManyCodesAreRefusedWithAClockTime(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")
	b.fill("phone", phoneFields("test", "1")...).wantStatus(http.StatusOK)
	b.fill("phone", phoneFields("test", "1")...).wantStatus(http.StatusUnprocessableEntity).wantText("You have asked for several codes. You can ask again at 12:01 p.m.")
}

func TestWrongCodesAreLockedInTheEnd(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	p := b.fill("phone", phoneFields("test", "1")...)
	for range 5 {
		p = b.post("/register/phone", append(p.hidden(), phoneFields("confirm", "1", "phone_1_code", "nonsense")...)...)
	}
	w.clock.Advance(31 * time.Second)
	p = b.post("/register/phone", append(p.hidden(), phoneFields("test", "1")...)...).wantStatus(http.StatusOK)
	for range 6 {
		p = b.post("/register/phone", append(p.hidden(), phoneFields("confirm", "1", "phone_1_code", "nonsense")...)...)
	}
	p.wantStatus(http.StatusUnprocessableEntity)
	if !regexp.MustCompile(`can try again at|has expired`).MatchString(p.text()) {
		t.Errorf("the page doesn't say when: %s", p.text())
	}
}

func TestATestCallShowsADigitAndWaitsForIt(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	call := []string{"phone_1_method", "call"}
	p := b.fill("phone", phoneFields(append(call, "test", "1")...)...).wantText("When you hear the voice, press")
	c := w.newestCode(b.id)
	poll := "/register/phone/call?row=1&code=" + string(c.ID)
	b.get(poll).wantStatus(http.StatusNoContent)

	digit := string(rune('0' + *c.Digit))
	p.wantText("I’ve pressed " + digit)
	p = b.post("/register/phone", append(p.hidden(), phoneFields(append(call, "pressed", "1")...)...)...)
	p.wantStatus(http.StatusOK).wantText("We have not received your key yet. Press " + digit)

	if outcome, err := w.codes.Pressed(t.Context(), c.ID, *c.Digit); err != nil || outcome != code.Right {
		t.Fatalf("pressing the digit is %s, %v", outcome, err)
	}
	b.get(poll).wantStatus(http.StatusOK).wantText("This number is confirmed.")
	b.post("/register/phone", append(p.hidden(), phoneFields(append(call, "pressed", "1")...)...)...).wantText("This number is confirmed.")
	b.post("/register/phone", append(p.hidden(), phoneFields(call...)...)...).wantGo("/register/mail")
	if got := b.read(b.id).Phones.List[0]; got.ConfirmedAt.IsZero() || got.Method != db.MethodCall {
		t.Errorf("saved %+v", got)
	}
}

func TestACallOfSomeoneElseIsOver(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	b.fill("phone", phoneFields("phone_1_method", "call", "test", "1")...)
	poll := "/register/phone/call?row=1&code=" + string(w.newestCode(b.id).ID)
	facts := randy()
	facts.Number = "100094"
	other := w.browse(facts)
	other.get(poll).wantStatus(http.StatusOK).wantText("This call has ended.")
	other.get("/register/phone/call?row=x&code=nonsense").wantStatus(http.StatusOK).wantText("This call has ended.")
}

func TestAWrongKeyIsTold(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("phone")
	p := b.fill("phone", phoneFields("phone_1_method", "call", "test", "1")...)
	c := w.newestCode(b.id)
	if _, err := w.codes.Pressed(t.Context(), c.ID, (*c.Digit+1)%9); err != nil {
		t.Fatal(err)
	}
	b.get("/register/phone/call?row=1&code=" + string(c.ID)).wantText("A different key was pressed")
	b.post("/register/phone", append(p.hidden(), phoneFields("phone_1_method", "call", "pressed", "1")...)...).wantText("A different key was pressed", "Make a test call")
}

func TestTheMailNoticeIsTheOperatorsToRemove(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("mail")
	b.get("/register/mail").wantText("The ONE Mail Direct secure email service is no longer offered.", "Choose Next to go on.", "Step 6 of 7")
	b.fill("mail").wantGo("/register/review")

	w.rules.Steps[5].(*Mail).Shown = false
	facts := randy()
	facts.Number = "100094"
	without := w.browse(facts).upTo("mail")
	without.get("/register/mail").wantGo("/register/review")
	without.get("/register/review").wantText("Step 6 of 6")
}

func TestPhoneNumbersAreShownAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	d := &draft.Draft{Content: draft.Content{
		Personal: &draft.Personal{Phone: "+14165550100"},
		Phones:   &draft.Phones{List: []draft.Phone{{Number: "+14165550100", Method: "text"}, {Number: "+16135550123", Method: "call"}}},
	}}
	f := readPhones(i18n.Switch(t.Context(), i18n.FR), d, nil)
	if !f.rows[0].contact() || f.rows[0].typed != "" {
		t.Errorf("the contact number is not selected: %+v", f.rows[0])
	}
	if f.rows[1].typed != "613\u00a0555-0123" {
		t.Errorf("typed is %q", f.rows[1].typed)
	}
}
