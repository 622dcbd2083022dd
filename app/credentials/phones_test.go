package credentials_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
)

func TestAPhoneIsAddedOnceItsCodeComesBack(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	sent := ada.post("/profile/phones/add", "number", "(647) 555-0177", "method", "text")
	page := ada.follow(sent)
	page.want(t, http.StatusOK, "Confirm the number ending in 77", "We sent a code to 647-555-0177.")
	if k.ends() != "23" {
		t.Fatalf("before the code, the phones are %q", k.ends())
	}
	ada.post(sent.location, "code", "").want(t, http.StatusUnprocessableEntity, "Enter the 6-digit code")
	wrong := "000000"
	if k.digits() == wrong {
		wrong = "000001"
	}
	ada.post(sent.location, "code", wrong).want(t, http.StatusUnprocessableEntity, "does not match")
	done := ada.post(sent.location, "code", k.digits()[:3]+" "+k.digits()[3:])
	ada.follow(done).want(t, http.StatusOK, "The number ending in 77 was added.", "Number ending in 77, by text Confirmed")
	if k.ends() != "23 77" {
		t.Errorf("the phones are %q, want 23 77", k.ends())
	}
	k.wantTold(outbox.KindPhoneAdded, "ada@example.ca", adasPhone, "+16475550177")
	if n := k.recorded(t, audit.CredentialsPhoneAdded); n != 1 {
		t.Errorf("recorded %d times, want once", n)
	}
	// A second click on the button of a page left open changes nothing.
	ada.post(sent.location, "code", k.digits()).wantTo(t, "/profile/phones")
	if k.ends() != "23 77" || len(k.told(outbox.KindPhoneAdded)) != 3 {
		t.Errorf("twice: phones %q, told %v", k.ends(), k.told(outbox.KindPhoneAdded))
	}
}

func TestACallConfirmsANumberByItsDigit(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	sent := ada.post("/profile/phones/add", "number", "647 555 0177", "method", "call")
	page := ada.follow(sent)
	c := k.newestCode()
	if got := strings.TrimSpace(page.main.Find(".digit").Text()); len(got) != 1 || int(got[0]-'0') != *c.Digit {
		t.Fatalf("the page shows %q, the call asks for %d", got, *c.Digit)
	}
	poll := "/profile/phones/call/" + string(c.ID)
	if page.main.Find("[data-hx-get='"+poll+"']").Length() != 1 {
		t.Errorf("nothing asks for %s", poll)
	}
	ada.get(poll).want(t, http.StatusNoContent)
	ada.post(sent.location, "pressed", "1").want(t, http.StatusOK, "We have not received your key yet.")
	if _, err := k.codes.Pressed(t.Context(), c.ID, *c.Digit); err != nil {
		t.Fatal(err)
	}
	over := ada.get(poll)
	over.want(t, http.StatusOK, "Confirmed. One moment…")
	if over.main.Find("[data-hx-post='"+sent.location+"']").Length() != 1 {
		t.Error("the page does not go on by itself")
	}
	if k.ends() != "23" {
		t.Fatal("asking how the call stands added the number")
	}
	ada.follow(ada.post(sent.location, "pressed", "1")).want(t, http.StatusOK, "The number ending in 77 was added.", "Number ending in 77, by call")
	if k.ends() != "23 77" {
		t.Errorf("the phones are %q", k.ends())
	}
}

func TestAWrongDigitAddsNothing(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	sent := ada.post("/profile/phones/add", "number", "647 555 0177", "method", "call")
	c := k.newestCode()
	if got, err := k.codes.Pressed(t.Context(), c.ID, (*c.Digit+1)%9); err != nil || got != code.Wrong {
		t.Fatalf("got %s, %v", got, err)
	}
	ada.get("/profile/phones/call/"+string(c.ID)).want(t, http.StatusOK, "A different key was pressed")
	ada.post(sent.location, "pressed", "1").want(t, http.StatusOK, "A different key was pressed", "Call me again")
	if k.ends() != "23" {
		t.Errorf("the phones are %q", k.ends())
	}
}

func TestANumberThatCannotBeAChallengePhoneIsRefused(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	for number, want := range map[string]string{
		"":               "Enter a phone number.",
		"416 555 0123":   "This number is already one of your challenge phones.",
		"1 900 555 0123": "", // whatever the words: refused
	} {
		ada.post("/profile/phones/add", "number", number, "method", "text").want(t, http.StatusUnprocessableEntity, want)
	}
	ada.post("/profile/phones/add", "number", "647 555 0177").want(t, http.StatusUnprocessableEntity, "Choose text or call.")
	k.addPhone("+16475550178", true)
	k.addPhone("+16475550179", true)
	ada.post("/profile/phones/add", "number", "647 555 0177", "method", "text").
		want(t, http.StatusUnprocessableEntity, "You can add up to three numbers.")
	ada.get("/profile/phones/add").want(t, http.StatusOK, "You have three challenge phones.")
	if page := ada.get("/profile/phones"); page.main.Find("a[href='/profile/phones/add']").Length() != 0 {
		t.Error("a fourth is offered")
	}
}

func TestCodesToANewNumberAreLimitedLikeAllOthers(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	sent := ada.post("/profile/phones/add", "number", "647 555 0177", "method", "text")
	ada.post(sent.location, "again", "1").want(t, http.StatusUnprocessableEntity, "You can ask again at")
	k.clock.Advance(31 * time.Second)
	first := k.newestCode().ID
	ada.follow(ada.post(sent.location, "again", "1")).want(t, http.StatusOK, "647-555-0177")
	if k.newestCode().ID != first {
		t.Error("another code was made while the first one works")
	}
	for range 5 {
		k.clock.Advance(31 * time.Second)
		ada.post(sent.location, "again", "1")
	}
	texts := 0
	for _, m := range k.mails(t) {
		if _, ok := m.Message.(outbox.Code); ok {
			texts++
		}
	}
	if texts != 3 {
		t.Errorf("%d texts went out within ten minutes, want 3", texts)
	}
}

func TestANumberFromBeforeIsConfirmedLater(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	id := k.addPhone("+16475550177", false)
	ada := k.freshAda()
	ada.get("/profile/phones").want(t, http.StatusOK, "Number ending in 77, by text Not confirmed yet")
	sent := ada.post("/profile/phones", "confirm", string(id))
	ada.follow(sent).want(t, http.StatusOK, "Confirm the number ending in 77")
	ada.follow(ada.post(sent.location, "code", k.digits()))
	if phones := k.phones(); len(phones) != 2 || phones[1].ConfirmedAt == nil || phones[1].ID != id {
		t.Errorf("got %+v", phones)
	}
}

func TestPhonesAreOrdered(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	k.addPhone("+16475550177", true)
	last := k.addPhone("+16475550188", true)
	ada := k.freshAda()
	for range 2 {
		ada.follow(ada.post("/profile/phones", "up", string(last))).want(t, http.StatusOK, "The order of your phones is saved.")
	}
	if k.ends() != "88 23 77" {
		t.Errorf("the order is %q, want 88 23 77", k.ends())
	}
	for _, nowhere := range [][2]string{{"up", string(last)}, {"up", "nonsense"}, {"down", string(k.phones()[2].ID)}} {
		ada.post("/profile/phones", nowhere[0], nowhere[1]).wantTo(t, "/profile/phones")
	}
	ada.follow(ada.post("/profile/phones", "down", string(last)))
	if k.ends() != "23 88 77" {
		t.Errorf("the order is %q, want 23 88 77", k.ends())
	}
	page := ada.get("/profile/phones")
	if page.main.Find("button[name=up]").Length() != 2 || page.main.Find("button[name=down]").Length() != 2 {
		t.Errorf("of three, two go up and two down: %q", page.said())
	}
}

func TestARemovedNumberHearsOfItAndTheLastOneWarns(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	second := k.addPhone("+16475550177", true)
	ada := k.freshAda()
	path := "/profile/phones/remove/" + string(second)
	if page := ada.get(path); strings.Contains(page.said(), "This is your only challenge phone.") {
		t.Error("one of two warns like the last")
	}
	ada.follow(ada.post(path)).want(t, http.StatusOK, "The number ending in 77 was removed.")
	k.wantTold(outbox.KindPhoneRemoved, "ada@example.ca", adasPhone, "+16475550177")
	ada.post(path).wantTo(t, "/profile/phones") // again, from a page left open
	last := "/profile/phones/remove/" + string(k.phones()[0].ID)
	ada.get(last).want(t, http.StatusOK, "Remove the number ending in 23?", "This is your only challenge phone.")
	ada.follow(ada.post(last)).want(t, http.StatusOK, "You have no challenge phone.")
	if n := k.recorded(t, audit.CredentialsPhoneRemoved); n != 2 || k.ends() != "" {
		t.Errorf("recorded %d times, phones %q", n, k.ends())
	}
}

func TestAfterARecoveryChangesWaitUnlessTheProofIsFromBefore(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	reset := k.clock.Now().Add(time.Hour)
	k.clock.Advance(2 * time.Hour)
	k.run("UPDATE accounts SET recovered_at = ?", reset)

	// Her phone was there before the reset.
	k.freshAda().get("/profile/phones/add").want(t, http.StatusOK)
	k.freshAda().get("/profile/security").want(t, http.StatusOK, "Your password was reset on November 21, 2026.")

	// A phone that came after it opens nothing; a code made after it neither.
	k.run("UPDATE challenge_phones SET created_at = ?", reset.Add(time.Minute))
	k.write(t, k.makeCodes)
	phone := string(k.phones()[0].ID)
	for _, kind := range []string{access.FactorText, access.FactorRecovery} {
		v := k.ada()
		v.prove(kind)
		for _, ask := range []struct{ method, path string }{
			{"GET", "/profile/phones/add"}, {"POST", "/profile/phones/add"}, {"POST", "/profile/phones"},
			{"POST", "/profile/phones/remove/" + phone}, {"GET", "/profile/questions"}, {"POST", "/profile/questions"}, {"POST", "/profile/codes"},
		} {
			got := v.send(ask.method, ask.path, nil)
			got.want(t, http.StatusForbidden, "This change has to wait", "Your password was reset on November 21, 2026.")
		}
		v.get("/profile/password").want(t, http.StatusOK) // shutting others out never waits
	}
	k.clock.Advance(23 * time.Hour)
	k.freshAda().get("/profile/phones/add").want(t, http.StatusOK)
	if page := k.freshAda().get("/profile/security"); strings.Contains(page.said(), "Your password was reset") {
		t.Error("a day later it still says so")
	}
}

func TestWhoHeldNothingBeforeARecoveryWaits(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	k.run("DELETE FROM challenge_phones")
	k.run("UPDATE accounts SET recovered_at = ?", k.clock.Now())
	k.clock.Advance(time.Minute)
	k.ada().get("/profile/phones/add").want(t, http.StatusForbidden, "This change has to wait")
	if p := k.phones(); len(p) != 0 {
		t.Errorf("got %d phones", len(p))
	}
}
