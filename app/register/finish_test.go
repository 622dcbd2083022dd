package register

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"oneid/app/internal/audit"
	"oneid/app/internal/draft"
	"oneid/app/internal/outbox"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
)

// another is a person with a licence of their own.
func another(n int) draft.Facts {
	f := randy()
	f.Number = fmt.Sprint(200000 + n)
	f.BirthDate = fmt.Sprintf("19%02d-03-14", n%100)
	return f
}

// finishNow submits the password step without a browser.
func (w *whole) finishNow(id db.DraftID) (Outcome, error) {
	typed := map[string][]string{"password": {goodPassword}, "confirm": {goodPassword}}
	return w.rules.Submit(w.here(), id, passwordSlug, typed)
}

func (w *whole) sent(kind outbox.Kind) []outbox.Opened {
	w.Helper()
	var rows []db.Message
	if err := w.db.NewSelect().Model(&rows).Where("kind = ?", string(kind)).Order("created_at").Scan(w.Context()); err != nil {
		w.Fatal(err)
	}
	var list []outbox.Opened
	for i := range rows {
		opened, err := outbox.Open(w.Context(), w.rules.Outbox.Seal, &rows[i])
		if err != nil {
			w.Fatal(err)
		}
		list = append(list, opened)
	}
	return list
}

func TestFinishMakesTheAccountWithAllThatBelongsToIt(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	id := w.ready(randy(), "Randy", "Burt")
	w.evidence(id)

	out, err := w.finishNow(id)
	if err != nil || out.Go != "/register/complete" {
		t.Fatalf("leads to %q, %v", out.Go, err)
	}

	a := w.only()
	if a.LoginID != "RANDY.BURT" || a.Status != db.AccountActive || a.Language != "fr" || !a.SecondFactor || a.EmailVerifiedAt != nil {
		t.Errorf("account is %+v", a)
	}
	if len(a.Subject) != 32 || strings.Trim(a.Subject, "0123456789abcdef") != "" {
		t.Errorf("subject is %q, want 32 hex digits", a.Subject)
	}
	person, err := w.finish.People.Open(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	want := people.Person{
		Title: "dr", PreferredFirst: "Randy", PreferredLast: "Burt", LegalFirst: "RANDY", LegalMiddle: "JAMES", LegalLast: "BURT",
		Gender: "M", BirthDate: "1965-03-14",
	}
	if person != want {
		t.Errorf("person is %+v, want %+v", person, want)
	}
	contact, err := w.finish.People.Contact(t.Context(), a)
	if err != nil || contact != (people.Contact{Email: "someone@example.ca", Phone: "+14165550100"}) {
		t.Errorf("contact is %+v, %v", contact, err)
	}
	w.wantPassword(a.ID, goodPassword)
	w.wantBelongings(a.ID, id)
	w.wantMail(a)
	if n := w.audited(audit.RegisterAccountCreated); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
	d := w.read(id)
	if d.Account != a.ID || d.Personal != nil || d.Questions != nil || d.Facts.Last != "" {
		t.Errorf("the draft still holds %+v", d.Content)
	}
}

func (w *whole) evidence(id db.DraftID) {
	w.Helper()
	err := db.InTx(w.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
		return db.InsertEvidence(ctx, tx, &db.Evidence{
			ID: db.NewID[db.EvidenceID](), College: "cpso", Issuer: "cpso", AssertionID: "_a", RequestID: "_r", NumberIndex: db.Index{1},
			Message: db.Sealed{1}, SHA256: []byte{1}, KeyFingerprint: "f", Algorithm: "a", IssuedAt: noon, ReceivedAt: noon, DraftID: id,
		})
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *whole) wantPassword(id db.AccountID, password string) {
	w.Helper()
	kept, err := db.PasswordOf(w.Context(), w.db, id)
	if err != nil {
		w.Fatal(err)
	}
	matched, _, err := w.passwords.Match(w.Context(), password, secret.HashedPassword{Hash: kept.Hash, PepperVersion: kept.PepperVersion})
	if err != nil || !matched || kept.Temporary {
		w.Errorf("the password does not match (%v)", err)
	}
	if n := w.rows("password_history"); n != 1 {
		w.Errorf("%d passwords in the history, want 1", n)
	}
}

func (w *whole) wantBelongings(id db.AccountID, of db.DraftID) {
	w.Helper()
	ctx := w.Context()
	answers, err := db.ChallengeAnswersOf(ctx, w.db, id)
	if err != nil || len(answers) != 5 || answers[0].QuestionID != "first-car" || answers[4].Kind != "desk" {
		w.Errorf("answers are %+v, %v", answers, err)
	}
	phones, err := db.ChallengePhonesOf(ctx, w.db, id)
	if err != nil || len(phones) != 2 {
		w.Fatalf("phones are %+v, %v", phones, err)
	}
	number, err := w.finish.People.Sealer.Open(ctx, secret.Place{Table: "challenge_phones", Column: "number", Row: string(phones[0].ID)}, phones[0].Number)
	if err != nil || string(number) != "+14165550123" || phones[0].LastTwo != "23" || phones[0].ConfirmedAt == nil || phones[1].ConfirmedAt != nil {
		w.Errorf("phones are %+v, %v", phones, err)
	}
	held, err := db.DesignationsOf(ctx, w.db, id)
	if err != nil || len(held) != 2 || held[0].Source != db.DesignationEvidence || held[0].Status != db.LicenceActive ||
		held[1].Source != db.DesignationStated || held[1].Status != db.LicenceUnverified || held[1].College != "cmo" {
		w.Errorf("designations are %+v, %v", held, err)
	}
	agreed, err := db.AgreementsOf(ctx, w.db, id)
	if err != nil || len(agreed) != 2 || len(agreed[0].SHA256) != 32 || !agreed[0].AcceptedAt.Equal(noon) {
		w.Errorf("agreements are %+v, %v", agreed, err)
	}
	tied, err := w.db.NewSelect().Table("evidences").Where("account_id = ? AND draft_id = ?", id, of).Count(ctx)
	if err != nil || tied != 1 {
		w.Errorf("%d pieces of evidence are tied to the account, %v", tied, err)
	}
}

func (w *whole) wantMail(a *db.Account) {
	w.Helper()
	welcome := w.sent(outbox.KindWelcome)
	if len(welcome) != 1 || welcome[0].To != "someone@example.ca" || welcome[0].Message.(outbox.Welcome).LoginID != "RANDY.BURT@ONEID.ON.CA" {
		w.Fatalf("welcome is %+v", welcome)
	}
	confirm := w.sent(outbox.KindEmailConfirm)
	if len(confirm) != 1 {
		w.Fatalf("%d links were sent, want 1", len(confirm))
	}
	token, found := strings.CutPrefix(confirm[0].Message.(outbox.EmailConfirm).Link, "https://oneid.example"+outbox.ConfirmPath)
	if !found {
		w.Errorf("the link is %q", confirm[0].Message.(outbox.EmailConfirm).Link)
	}
	link, err := db.LinkByToken(w.Context(), w.db, secret.HashToken(token), db.LinkEmail, noon)
	if err != nil || link.AccountID != a.ID || !link.ExpiresAt.Equal(noon.Add(outbox.LinkLife)) {
		w.Errorf("link is %+v, %v", link, err)
	}
}

func TestEveryoneSeesTheSameEndHoweverOftenTheyFinish(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("password")
	form := append(b.get("/register/password").hidden(), passwordFields()...)
	var tabs sync.WaitGroup
	for range 5 {
		tabs.Go(func() { b.post("/register/password", form...).wantGo("/register/complete") })
	}
	tabs.Wait()

	w.only()
	b.post("/register/password", form...).wantGo("/register/complete")
	for range 2 {
		b.get("/register/complete").wantStatus(http.StatusOK).wantText(
			"Registration Complete", "Congratulations, Randy Burt.", "RANDY.BURT @ONEID.ON.CA", "Copy my Login ID", "We also sent it to randy@example.ca.",
			"The services you are authorized for will be added to your account.", "Ontario Health digital services portal",
			"ONE ID (to manage your account)", "Reference Guide", "About ONE ID",
		)
	}
	b.get("/register/personal").wantText("You have already finished").wantNever("randy@example.ca")
	b.get("/register/password").wantGo("/register/complete")
	if n := w.audited(audit.RegisterAccountCreated); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

func TestOtherSessionsEndWithTheRegistration(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	one := w.browse(randy()).upTo("password")
	other := w.browse(randy()) // resumed elsewhere
	other.get("/register/password").wantStatus(http.StatusOK)

	one.step("password")

	if p := other.get("/register/complete"); p.status == http.StatusOK {
		t.Errorf("another browser sees the Login ID: %s", p.text())
	}
}

func TestAHundredPeopleOfOneNameGetAHundredLoginIDs(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	const people = 100
	ids := make([]db.DraftID, people)
	for i := range ids {
		ids[i] = w.ready(another(i), "John", "Smith")
	}
	var all sync.WaitGroup
	var failed atomic.Int32
	for _, id := range ids {
		all.Go(func() {
			// Who meets a busy server tries again, as people do.
			for range 20 {
				if _, err := w.finishNow(id); err == nil {
					return
				}
			}
			failed.Add(1)
		})
	}
	all.Wait()
	if n := failed.Load(); n > 0 {
		t.Errorf("%d could not finish", n)
	}
	var given []string
	if err := w.db.NewSelect().Table("accounts").Column("login_id").Scan(t.Context(), &given); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, id := range given {
		seen[id] = true
	}
	if len(given) != people || len(seen) != people || !seen["JOHN.SMITH"] || !seen["JOHN.SMITH100"] {
		t.Errorf("%d accounts with %d Login IDs", len(given), len(seen))
	}
}

func TestFiftyFinishesOfOneLicenceMakeOneAccount(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	id := w.ready(randy(), "Randy", "Burt")
	var all sync.WaitGroup
	var led, failed atomic.Int32
	for range 50 {
		all.Go(func() {
			for range 20 {
				out, err := w.finishNow(id)
				if err != nil {
					continue
				}
				if out.Go == "/register/complete" {
					led.Add(1)
				}
				return
			}
			failed.Add(1)
		})
	}
	all.Wait()
	w.only()
	if led.Load() != 50 || failed.Load() != 0 {
		t.Errorf("%d were led to the end, %d failed, want 50 and 0", led.Load(), failed.Load())
	}
}

func TestALicenceThatHasAnAccountMakesNoSecondOne(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	first := w.ready(randy(), "Randy", "Burt")
	if _, err := w.finishNow(first); err != nil {
		t.Fatal(err)
	}
	b := w.browse(randy()) // as if the gate had been open for a moment
	w.change(b.id, func(d *draft.Draft) {
		other := w.read(w.ready(another(1), "Rando", "Burt"))
		facts := d.Facts
		d.Content = other.Content
		d.Facts = facts
	})

	b.step("password").wantGo("/register/existing")
	for range 2 {
		b.get("/register/existing").wantStatus(http.StatusOK).
			wantText("You already have a ONE ID account", "To protect you, we don’t show the Login ID here.", "Forgot Login ID", "Forgot Password").
			wantNever("RANDY.BURT")
	}
	b.step("password").wantGo("/register/existing")

	w.only()
	told := w.sent(outbox.KindRegisterAgain)
	if len(told) != 1 || told[0].To != "someone@example.ca" {
		t.Errorf("the holder was told %+v, want once", told)
	}
	if n := w.audited(audit.RegisterAccountRefused); n != 1 {
		t.Errorf("%d refusals in the audit, want 1", n)
	}
}

func TestOnlyWhoIsRefusedSeesThatThereIsAnAccount(t *testing.T) {
	t.Parallel()
	b := setUpWhole(t).browse(randy()).upTo("phone")
	b.get("/register/existing").wantGo("/register/resume")
}

func TestTwinsAndFarNamesAreFlaggedAndNotMerged(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	twin := randy()
	twin.Number = "100999"
	for _, id := range []db.DraftID{w.ready(randy(), "Randy", "Burt"), w.ready(twin, "Gwendolyn", "Okonkwo")} {
		if _, err := w.finishNow(id); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.rows("accounts"); n != 2 {
		t.Errorf("%d accounts, want 2", n)
	}
	if n := w.audited(audit.RegisterTwinFlagged); n != 1 {
		t.Errorf("%d twins flagged, want 1", n)
	}
	if n := w.audited(audit.RegisterNameFlagged); n != 1 {
		t.Errorf("%d names flagged, want 1", n)
	}
}

func TestALoginIDThatWentToSomeoneElseIsExplained(t *testing.T) {
	t.Parallel()
	w := setUpWhole(t)
	b := w.browse(randy()).upTo("password")
	form := append(b.get("/register/password").hidden(), append(passwordFields(), "loginid", "RANDY.BURT@ONEID.ON.CA")...)
	if _, err := w.finishNow(w.ready(another(1), "Randy", "Burt")); err != nil {
		t.Fatal(err)
	}
	b.post("/register/password", form...).wantGo("/register/complete")
	b.get("/register/complete").wantText("RANDY.BURT2 @ONEID.ON.CA", "Another registration took RANDY.BURT@ONEID.ON.CA at the same moment, so yours is RANDY.BURT2@ONEID.ON.CA.")
}
