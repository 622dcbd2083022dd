package credentials_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/ui"
)

func TestEveryChangeAsksForFreshProofFirst(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	phone := string(k.phones()[0].ID)
	stale := k.freshAda()
	k.clock.Advance(11 * time.Minute)
	for name, v := range map[string]*visitor{"never proven": k.ada(), "proven eleven minutes ago": stale} {
		for _, ask := range []struct{ method, path string }{
			{"GET", "/profile/password"}, {"POST", "/profile/password"},
			{"GET", "/profile/questions"}, {"POST", "/profile/questions"},
			{"POST", "/profile/phones"}, {"GET", "/profile/phones/add"}, {"POST", "/profile/phones/add"},
			{"GET", "/profile/phones/remove/" + phone}, {"POST", "/profile/phones/remove/" + phone},
			{"POST", "/profile/codes"},
			{"POST", "/profile/devices"}, {"GET", "/profile/devices/" + phone}, {"POST", "/profile/devices/" + phone},
			{"POST", "/profile/sessions"},
		} {
			if got := v.send(ask.method, ask.path, nil); got.location != "/challenge" {
				t.Errorf("%s: %s %s: got %d to %q, want to /challenge", name, ask.method, ask.path, got.status, got.location)
			}
		}
		for _, path := range []string{"/profile/security", "/profile/phones", "/profile/codes", "/profile/devices", "/profile/sessions"} {
			if got := v.get(path); got.status != http.StatusOK {
				t.Errorf("%s: looking at %s: got %d", name, path, got.status)
			}
		}
	}
	if len(k.mails(t)) != 0 || k.ends() != "23" {
		t.Errorf("something was changed: %d messages, phones %q", len(k.mails(t)), k.ends())
	}
}

func TestSignedOutAndHalfSignedInSeeNothing(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	half := k.ada()
	half.get("/test/signin?owed=new_browser")
	for _, path := range []string{
		"/profile/security", "/profile/password", "/profile/phones", "/profile/codes", "/profile/devices", "/profile/sessions",
	} {
		half.get(path).wantTo(t, "/challenge")
	}
}

func TestWhatWasTypedComesBackAfterTheProofSecretsExcepted(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.ada()
	ada.post("/profile/phones/add", "number", "416 555 0177", "method", "call").wantTo(t, "/challenge")
	ada.prove(access.FactorText)
	page := ada.get("/profile/phones/add")
	if page.value("number") != "416 555 0177" || page.main.Find("input[name=method][value=call]").AttrOr("checked", "none") == "none" {
		t.Errorf("number %q, the call is not chosen, in %q", page.value("number"), page.said())
	}
	if again := ada.get("/profile/phones/add"); again.value("number") != "" {
		t.Errorf("asked once more, %q is still there", again.value("number"))
	}

	k.clock.Advance(11 * time.Minute)
	ada.post("/profile/password", "current", adasPassword, "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77").wantTo(t, "/challenge")
	ada.prove(access.FactorText)
	for _, name := range []string{"current", "password", "confirm"} {
		if got := ada.get("/profile/password").value(name); got != "" {
			t.Errorf("%s came back as %q", name, got)
		}
	}
	if !k.passes(adasPassword) {
		t.Error("the password was changed by the form that was interrupted")
	}
}

func TestWhoHoldsNothingProvesWhatTheyHave(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	k.run("DELETE FROM challenge_phones")
	ada := k.ada()
	ada.get("/profile/phones/add").want(t, http.StatusOK)
	k.clock.Advance(11 * time.Minute)
	ada.get("/profile/phones/add").wantTo(t, "/challenge")

	k.run(`INSERT INTO challenge_answers (account_id, kind, position, question_id, hash, pepper_version, normaliser, set_at)
		SELECT ?, kind, position, id, 'x', 1, 1, now() FROM challenge_questions WHERE kind = 'online' LIMIT 3`, k.account)
	ada.prove(access.FactorPassword)
	ada.get("/profile/phones/add").wantTo(t, "/challenge") // the questions are more than the password
	ada.prove(access.FactorQuestions)
	ada.get("/profile/phones/add").want(t, http.StatusOK)
}

func TestANewPasswordEndsAllElseAndThisSessionGoesOn(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	other, ada := k.ada(), k.freshAda()
	k.remember("Clinic laptop")
	before := ada.token()

	done := ada.post("/profile/password", "current", adasPassword, "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77")
	done.wantTo(t, "/profile/security")
	ada.get(done.location).want(t, http.StatusOK, "Your password is changed. We sent you an email about it.")
	if !k.passes("Zebra Lamp 77") {
		t.Error("the new password does not match")
	}
	if ada.token() == before || ada.token() == "" {
		t.Error("the session that stays kept its token")
	}
	old := *ada
	old.client = &http.Client{CheckRedirect: ada.client.CheckRedirect, Jar: k.jarWith(before)}
	for name, v := range map[string]*visitor{"another session": other, "the token before": &old} {
		if got := v.get("/profile/security"); got.status == http.StatusOK {
			t.Errorf("%s still opens the page", name)
		}
	}
	if left, err := k.devices.List(t.Context(), k.d, k.account); err != nil || len(left) != 0 {
		t.Errorf("%d devices are still recognised, %v", len(left), err)
	}
	k.wantTold(outbox.KindPasswordChanged, "ada@example.ca", adasPhone)
	if n := k.recorded(t, audit.CredentialsPasswordChanged); n != 1 {
		t.Errorf("recorded %d times, want once", n)
	}
	if again := ada.get("/profile/security"); strings.Contains(again.said(), "Your password is changed") {
		t.Error("it is said twice")
	}
}

func TestARefusedPasswordChangesNothingAndSaysWhy(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	for _, test := range []struct{ current, typed, again, want string }{
		{"", "Zebra Lamp 77", "Zebra Lamp 77", "Enter your current password."},
		{"Wrong 4 Horses", "Zebra Lamp 77", "Zebra Lamp 77", "Your current password does not match."},
		{adasPassword, "Zebra Lamp 77", "Zebra Lamp 78", "The two passwords are different."},
		{adasPassword, "zebra lamp 77", "zebra lamp 77", "Add an upper case letter"},
		{adasPassword, "Byron Lamp 77", "Byron Lamp 77", "contains your name"},
		{adasPassword, "Tel 4165550123x", "Tel 4165550123x", "contains your email address or phone number"},
		{adasPassword, "Password1", "Password1", "lists that attackers use"},
		{adasPassword, adasPassword, adasPassword, "This is your current password."},
	} {
		got := ada.post("/profile/password", "current", test.current, "password", test.typed, "confirm", test.again)
		got.want(t, http.StatusUnprocessableEntity, test.want)
		if got.value("current")+got.value("password")+got.value("confirm") != "" {
			t.Errorf("%s: a secret came back", test.want)
		}
	}
	if !k.passes(adasPassword) || len(k.told(outbox.KindPasswordChanged)) != 0 {
		t.Error("the password was changed, or news of it sent")
	}
}

func TestTheLastTenPasswordsCannotComeBack(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.ada()
	current := adasPassword
	change := func(to string) answer {
		t.Helper()
		k.clock.Advance(time.Minute)
		ada.prove(access.FactorText)
		return ada.post("/profile/password", "current", current, "password", to, "confirm", to)
	}
	for i := range 9 {
		next := fmt.Sprintf("Zebra Lamp %d%d", i+11, i+42)
		change(next).wantTo(t, "/profile/security")
		current = next
	}
	change(adasPassword).want(t, http.StatusUnprocessableEntity, "You used this password before.")
	change("Copper Kettle 99").wantTo(t, "/profile/security")
	current = "Copper Kettle 99"
	change(adasPassword).wantTo(t, "/profile/security")
	past, err := db.PastPasswords(t.Context(), k.d, k.account, 100)
	if err != nil || len(past) != 10 {
		t.Errorf("%d passwords are remembered, %v, want 10", len(past), err)
	}
}

func TestGuessingTheCurrentPasswordInAnOpenSessionMustWait(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	for range 11 {
		ada.post("/profile/password", "current", "Wrong 4 Horses", "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77")
	}
	ada.post("/profile/password", "current", adasPassword, "password", "Zebra Lamp 77", "confirm", "Zebra Lamp 77").
		want(t, http.StatusUnprocessableEntity, "You can try again at")
	if !k.passes(adasPassword) {
		t.Error("the password was changed by a guess that had to wait")
	}
}

func TestSessionsAreEndedOneByOneOrAll(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	clinic, phone, home := k.ada(), k.ada(), k.freshAda()
	page := home.get("/profile/sessions")
	page.want(t, http.StatusOK, "This session", "End all other sessions")
	buttons := page.main.Find("button[name=end]")
	if buttons.Length() != 2 {
		t.Fatalf("got %d sessions to end, want 2: %q", buttons.Length(), page.said())
	}
	id := buttons.First().AttrOr("value", "")
	home.follow(home.post("/profile/sessions", "end", id)).want(t, http.StatusOK, "1 session was ended.")
	dead := 0
	for _, v := range []*visitor{clinic, phone} {
		if v.get("/profile/security").status != http.StatusOK {
			dead++
		}
	}
	if dead != 1 {
		t.Errorf("%d sessions ended, want 1", dead)
	}
	none := home.follow(home.post("/profile/sessions", "end", id))
	none.want(t, http.StatusOK, "0 sessions were ended.")
	none.wantMood(t, ui.Info, "status")
	k.ada()
	home.follow(home.post("/profile/sessions", "others", "1")).want(t, http.StatusOK, "2 sessions were ended.", "This is your only open session.")
	if home.get("/profile/security").status != http.StatusOK {
		t.Error("the session that asked ended too")
	}
	if n := k.recorded(t, audit.CredentialsSessionsEnded); n != 2 {
		t.Errorf("recorded %d times, want 2", n)
	}
}

func TestNobodyTouchesAnothersKeys(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	k.ada()
	device, phone := string(k.remember("Clinic laptop")), string(k.phones()[0].ID)
	session := ada.get("/profile/sessions").main.Find("button[name=end]").AttrOr("value", "")
	ada.post("/profile/phones/add", "number", "416 555 0177", "method", "text")
	code := string(k.newestCode().ID)

	bob := k.stranger()
	bob.follow(bob.post("/profile/sessions", "end", session)).want(t, http.StatusOK, "0 sessions were ended.")
	bob.post("/profile/devices", "forget", device).wantTo(t, "/profile/devices")
	bob.get("/profile/devices/"+device).wantTo(t, "/profile/devices")
	bob.post("/profile/devices/"+device, "name", "Mine").wantTo(t, "/profile/devices")
	bob.get("/profile/phones/remove/"+phone).wantTo(t, "/profile/phones")
	bob.post("/profile/phones/remove/"+phone).wantTo(t, "/profile/phones")
	bob.post("/profile/phones", "up", phone).wantTo(t, "/profile/phones")
	bob.post("/profile/phones", "confirm", phone).wantTo(t, "/profile/phones")
	for _, path := range []string{"/profile/phones/confirm/", "/profile/phones/call/"} {
		bob.get(path+code).want(t, http.StatusNotFound)
		bob.get(path+"nonsense").want(t, http.StatusNotFound)
	}
	bob.post("/profile/phones/confirm/"+code, "code", k.digits()).want(t, http.StatusNotFound)
	bob.post("/profile/phones/confirm/"+code, "again", "1").want(t, http.StatusNotFound)

	if page := ada.get("/profile/sessions"); page.main.Find("button[name=end]").Length() != 1 || k.ends() != "23" {
		t.Errorf("Ada's sessions or phones changed: %q, phones %q", page.said(), k.ends())
	}
	if d, err := k.devices.List(t.Context(), k.d, k.account); err != nil || len(d) != 1 || d[0].Name != "Clinic laptop" {
		t.Errorf("Ada's devices changed: %v, %v", d, err)
	}
}

// remember adds a recognised device.
func (k *keys) remember(name string) db.DeviceID {
	k.t.Helper()
	var id db.DeviceID
	k.write(k.t, func(ctx context.Context, tx db.Tx) error {
		made, err := k.devices.Remember(ctx, tx, k.account, name, nil)
		id = made.Device
		return err
	})
	return id
}

func TestDevicesAreForgottenAndNamed(t *testing.T) {
	t.Parallel()
	k := withKeys(t)
	ada := k.freshAda()
	ada.get("/profile/devices").want(t, http.StatusOK, "No device is remembered.")
	laptop, phone := k.remember("Clinic laptop"), k.remember("My phone")
	ada.get("/profile/devices").want(t, http.StatusOK, "Clinic laptop", "My phone", "Remembered until December 21, 2026")

	path := "/profile/devices/" + string(laptop)
	if got := ada.get(path).value("name"); got != "Clinic laptop" {
		t.Errorf("the form says %q", got)
	}
	ada.post(path, "name", "  ").want(t, http.StatusUnprocessableEntity, "Give this device a name")
	ada.post(path, "name", strings.Repeat("x", 61)).want(t, http.StatusUnprocessableEntity, "60 characters or fewer")
	ada.follow(ada.post(path, "name", "Salle 4")).want(t, http.StatusOK, "The device is now called “Salle 4”.")
	ada.follow(ada.post("/profile/devices", "forget", string(phone))).want(t, http.StatusOK, "We no longer remember “My phone”.")
	for _, odd := range []string{string(phone), "nonsense"} {
		ada.post("/profile/devices", "forget", odd).wantTo(t, "/profile/devices")
		ada.get("/profile/devices/"+odd).wantTo(t, "/profile/devices")
		ada.post("/profile/devices/"+odd, "name", "Mine").wantTo(t, "/profile/devices")
	}
	ada.follow(ada.post("/profile/devices", "all", "1")).want(t, http.StatusOK, "We no longer remember any device.")
	if left, err := k.devices.List(t.Context(), k.d, k.account); err != nil || len(left) != 0 {
		t.Errorf("%d devices are left, %v", len(left), err)
	}
}
