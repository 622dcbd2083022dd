package recovery_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/saml/samltest"
)

func TestEachPairOfProofsLeadsToANewPassword(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"questions", "text"}, {"questions", "call"}, {"questions", "link"}, {"text", "link"}, {"call", "link"}, {"link", "questions"},
	} {
		t.Run(pair[0]+" and "+pair[1], func(t *testing.T) {
			t.Parallel()
			w := setUp(t, adasPhone)
			v := w.begun()
			v.provesBy(pair[0])
			v.Get(proofsPath).WantStatus(http.StatusOK).WantText("One more proof of a different kind", "Confirmed at")
			v.Get(newPath).WantRedirect(proofsPath)
			v.provesBy(pair[1])
			v.Get(proofsPath).WantRedirect(newPath)

			v.Get(newPath).WantStatus(http.StatusOK).WantText("all your sessions and remembered devices end")
			v.setsPassword(fresh).WantRedirect("/signin")
			v.Get("/signin").WantText("Your password is changed.", "For 24 hours")

			w.visitor().Post("/signin", "loginid", w.ada.LoginID, "password", w.ada.Password).WantStatus(http.StatusUnprocessableEntity)
			w.ada.Password = fresh
			w.SignedIn(w.ada)
			w.WantAudit(audit.RecoveryDone, 1)
			w.WantIntact()
		})
	}
}

func TestTheRulesOfTheNewPasswordAreTickedWithAndWithoutScript(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	v := w.begun()
	const live = "/password/check/recovery"
	v.Post(live, "password", "Byron 47 tin").WantStatus(http.StatusNoContent)
	v.provesBy("questions")
	v.Post(live, "password", "Byron 47 tin").WantStatus(http.StatusNoContent)
	v.provesBy("text")
	page := v.Get(newPath).WantStatus(http.StatusOK).WantText("At least 8 characters long, not yet met")
	if at, _ := page.Find("#password-rules").Attr("data-check"); at != live {
		t.Errorf("it is judged at %q, want %q", at, live)
	}
	v.Post(live, "password", "Byron 47 tin").WantStatus(http.StatusOK).WantText("contains your name")
	w.visitor().Post(live, "password", "Byron 47 tin").WantStatus(http.StatusNoContent)

	page = v.send(newPath, "password", "maple tin", "confirm", "maple", "check", "1").WantStatus(http.StatusOK)
	page.WantText("2 rules left to meet.", "The two passwords don’t match yet.").WantNever("maple tin")
	w.WantAudit(audit.RecoveryDone, 0)
	v.setsPassword(fresh).WantRedirect("/signin")
}

func TestTheMessageOfARecoveryNamesItsBrowserAndItsTime(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	began := w.Clock.Now()
	w.begun()
	w.Clock.Advance(3 * time.Minute) // the errand comes later
	w.Errands()
	n, ok := w.WantSent(outbox.KindRecoveryStarted, adasMail).(outbox.Notice)
	if !ok || n.Event.Device != "Firefox, Linux" || !n.Event.At.Equal(began) {
		t.Errorf("told of %q at %s, want Firefox, Linux at %s", n.Event.Device, n.Event.At, began)
	}
}

func TestAPasskeyAloneIsEnough(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	w := &world{App: app, ada: app.Account(apptest.Holder{Licence: "100093"})}
	device := app.Device()
	b := app.SignedIn(w.ada).AddPasskey(device, "Phone").WantRedirect("/profile/passkeys")
	b.Open(app.Viewer(apptest.ConnectingOntario), samltest.Ask{})
	app.Clock.Advance(time.Minute)

	v := w.begun()
	v.chooses("passkey").WantRedirect(passkeyPath)
	v.Get(passkeyPath).WantStatus(http.StatusOK)
	recovery, _ := v.Get(passkeyPath).Value("recovery")
	v.UsePasskey(device, passkeyPath, "recovery", recovery).WantRedirect(newPath)
	v.setsPassword(fresh).WantRedirect("/signin")
	app.Errand(departure.Errand) // services are told
	// Another's passkey proves nothing.
	other := app.Account(apptest.Holder{First: "Bob", Last: "Stone", Email: "bob@example.ca"})
	stranger := w.visitor()
	stranger.starts(other.LoginID).WantRedirect(proofsPath)
	recovery, _ = stranger.Get(passkeyPath).Value("recovery")
	stranger.UsePasskey(device, passkeyPath, "recovery", recovery).WantStatus(http.StatusUnprocessableEntity)
	stranger.Get(newPath).WantRedirect(proofsPath)
}

func TestOneKindAloneNeverSuffices(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)

	// A phone by text and by call is one kind.
	v := w.begun()
	v.chooses("text").WantRedirect(codePath)
	digits := w.texted()
	w.Clock.Advance(pause)
	v.chooses("call").WantRedirect(codePath)
	w.Deliver()
	v.presses()
	v.Get(codePath).WantRedirect(proofsPath)
	v.Get(proofsPath).WantStatus(http.StatusOK).WantNever(`value="text"`, `value="call"`)
	v.send(proofsPath, "proof", "text")
	v.Post(codePath, "code", digits)
	v.Get(newPath).WantRedirect(proofsPath)

	// Right answers, given over and over, are one too.
	q := w.begun()
	for range 3 {
		q.Get(proofsPath)
		if q.Get(questionsPath).Status == http.StatusOK {
			q.answersRight(questionsPath)
		}
		q.Get(newPath).WantRedirect(proofsPath)
	}
	q.setsPassword(fresh).WantRedirect(proofsPath)
	w.WantAudit(audit.RecoveryDone, 0)
	w.SignedIn(w.ada)
}

func TestAfterAResetNothingThatWasOpenGoesOn(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	first, second := w.SignedIn(w.ada), w.SignedIn(w.ada)
	other := w.begun()
	other.provesBy("questions")
	waiting := w.begun()
	waiting.chooses("text").WantRedirect(codePath)
	w.Deliver()

	v := w.begun()
	v.provesBy("questions")
	v.provesBy("link")
	w.Clock.Advance(time.Second)
	v.setsPassword(fresh).WantRedirect("/signin")

	first.Get("/home").WantRedirect("/session/ended?why=elsewhere")
	second.On(w.Node()).Get("/home").WantRedirect("/session/ended?why=elsewhere")
	other.Get(proofsPath).WantStatus(http.StatusGone).WantText("was closed for your safety")
	if n := w.Rows("codes", "state = 'sent'"); n != 0 {
		t.Errorf("%d codes can still pass", n)
	}
	w.Errands()
	if m, ok := w.WantSent(outbox.KindRecoveryDone, adasMail).(outbox.Notice); !ok || m.Event.NotMe == "" {
		t.Errorf("the notice offers no way to object: %+v", m)
	}
	w.WantSent(outbox.KindRecoveryDone, adasPhone)
	account, err := db.AccountByID(t.Context(), w.DB, w.ada.ID)
	if err != nil || account.RecoveredAt == nil {
		t.Errorf("the reset is not noted: %v %v", account.RecoveredAt, err)
	}
	v.setsPassword("Another 59 lantern").WantRedirect("/signin") // the form again does nothing
	w.WantAudit(audit.RecoveryDone, 1)
	w.ada.Password = fresh
	w.SignedIn(w.ada)
}

func TestANewPasswordMeetsEveryRule(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	v := w.begun()
	v.provesBy("questions")
	v.provesBy("text")
	for typed, said := range map[string]string{
		"":                 "Enter a password",
		"short1A":          "8 characters",
		"Ada Lovelace 77x": "name",
		"Password1":        "",
		w.ada.Password:     "",
	} {
		page := v.setsPassword(typed).WantStatus(http.StatusUnprocessableEntity)
		page.WantError("password", said)
		if typed != "" {
			page.WantNever(typed)
		}
	}
	v.send(newPath, "password", fresh, "confirm", fresh+"x").WantStatus(http.StatusUnprocessableEntity)
	w.WantAudit(audit.RecoveryDone, 0)
	v.setsPassword(fresh).WantRedirect("/signin")
}

func TestARecoveryEndsAfterHalfAnHourAndBelongsToItsBrowser(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	v := w.begun()
	v.provesBy("questions")
	w.visitor().Get(proofsPath).WantRedirect(startPath)
	w.Clock.Advance(29*time.Minute + 59*time.Second)
	v.Get(proofsPath).WantStatus(http.StatusOK)
	w.Clock.Advance(time.Second)
	v.Get(proofsPath).WantStatus(http.StatusGone).WantText("Start again")
	v.Get(codePath).WantStatus(http.StatusGone)

	// A link lengthens it to its own half hour, and no further than an hour.
	v = w.begun()
	for range 3 {
		v.chooses("link").WantRedirect(linkSentPath)
		w.Clock.Advance(20*time.Minute - time.Second)
	}
	v.Get(proofsPath).WantStatus(http.StatusOK)
	w.Clock.Advance(3 * time.Second)
	v.Get(proofsPath).WantStatus(http.StatusGone)
}

func TestAFormOfAnotherRecoveryIsNotTakenForThisOne(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	bob := w.Account(apptest.Holder{First: "Bob", Last: "Stone", Email: "bob@example.ca"})
	v := w.begun()
	old, _ := v.Get(proofsPath).Value("recovery")
	v.starts(bob.LoginID).WantRedirect(proofsPath)

	v.Post(proofsPath, "recovery", old, "proof", "text").WantRedirect(proofsPath)
	v.Post(questionsPath, "recovery", old, "answer_1", "a", "answer_2", "b").WantRedirect(proofsPath)
	if n := w.Rows("codes", ""); n != 0 {
		t.Errorf("%d codes for a page that was left", n)
	}
}

func TestWhoeverHasNothingLeftGetsANumberForTheDesk(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	v := w.begun()
	v.provesBy("questions")
	v.Get(proofsPath).WantText("I can use none of these")
	v.send(proofsPath, "do", "none").WantRedirect(deskPath)
	page := v.Get(deskPath).WantStatus(http.StatusOK).WantText("1-866-250-1554", "saved for 24 hours", "You gave one kind of proof")
	number := page.Reference()
	w.Errands()
	m, ok := w.WantSent(outbox.KindRecoveryDesk, adasMail).(outbox.Notice)
	if news, is := m.News.(outbox.RecoveryDesk); !ok || !is || news.Reference != number {
		t.Errorf("mailed %+v, want the number %s", m, number)
	}
	if e := w.WantAudit(audit.RecoveryDesk, 1); e.Reference != number || e.Subject != string(w.ada.ID) {
		t.Errorf("recorded %s about %s", e.Reference, e.Subject)
	}
	w.Clock.Advance(24*time.Hour - time.Second)
	if n := w.Rows("recoveries", "state = 'desk' AND reference = '"+number+"' AND account_id IS NOT NULL"); n != 1 {
		t.Errorf("%d recoveries wait at the desk", n)
	}

	// A stranger hears the same, and nobody is written to.
	stranger := w.visitor()
	stranger.starts("NOBODY.HERE").WantRedirect(proofsPath)
	stranger.send(proofsPath, "do", "none").WantRedirect(deskPath)
	stranger.Get(deskPath).WantStatus(http.StatusOK).WantText("give the reference number")
}

func TestALapsedTemporaryPasswordIsNotResetHere(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	w.Exec("UPDATE passwords SET temporary = true, set_at = set_at - interval '90 days'")
	v := w.begun()
	v.provesBy("questions")
	v.provesBy("text")
	v.Get(newPath).WantStatus(http.StatusForbidden).WantText("can’t be reset here", "1-866-250-1554")
	v.Post(newPath, "recovery", w.recovery(), "password", fresh, "confirm", fresh).WantStatus(http.StatusForbidden)
	w.WantAudit(audit.RecoveryDone, 0)
}

// recovery is the newest recovery's id.
func (w *world) recovery() string {
	w.Helper()
	var id string
	if err := w.DB.NewRaw("SELECT id FROM recoveries ORDER BY created_at DESC, id DESC LIMIT 1").Scan(w.Context(), &id); err != nil {
		w.Fatal(err)
	}
	return id
}

func TestAnAccountThatIsClosedMeanwhileIsNotReset(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	v := w.begun()
	v.provesBy("questions")
	v.provesBy("text")
	w.Exec("UPDATE accounts SET status = 'suspended'")
	page := v.setsPassword(fresh).WantStatus(http.StatusForbidden).WantText("This account is not open")
	if e := w.WantAudit(audit.RecoveryStopped, 1); e.Reference != page.Reference() {
		t.Errorf("recorded %s, shown %s", e.Reference, page.Reference())
	}
	w.WantAudit(audit.RecoveryDone, 0)
}

// A sign-in that was judged before a reset must not leave a session behind it.
func TestASignInAndAResetAtTheSameTimeLeaveNothingOfTheOldPassword(t *testing.T) {
	t.Parallel()
	w := setUp(t, adasPhone)
	for round := range 6 {
		old := w.ada.Password
		v := w.begun()
		v.provesBy("questions")
		v.provesBy("text")
		recovery := w.recovery()
		next := strings.Replace(fresh, "58", string(rune('a'+round))+"58", 1)
		stop := w.ticks()
		var all sync.WaitGroup
		browsers := make([]*apptest.Browser, 4)
		for i := range browsers {
			browsers[i] = w.Browser()
			all.Go(func() { browsers[i].Post("/signin", "loginid", w.ada.LoginID, "password", old) })
		}
		all.Go(func() {
			v.Post(newPath, "recovery", recovery, "password", next, "confirm", next).WantRedirect("/signin")
		})
		all.Wait()
		stop()
		for _, b := range browsers {
			if page := b.Get("/home"); page.Status == http.StatusOK {
				t.Errorf("round %d: signed in with the password of before", round)
			}
		}
		w.ada.Password = next
		w.Clock.Advance(2 * time.Hour)
	}
	w.WantAudit(audit.RecoveryDone, 6)
}

// ticks has the clock run until the returned func is called: of two things in
// the same instant none is before the other.
func (w *world) ticks() (stop func()) {
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				w.Clock.Advance(time.Microsecond)
				runtime.Gosched()
			}
		}
	})
	return func() { close(done); running.Wait() }
}

func TestAPhantomOfASessionIsNotWritten(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	at := w.Clock.Now()
	put := func(hash string, proven time.Time) {
		t.Helper()
		err := db.PutSession(t.Context(), w.DB, &db.Session{
			TokenHash: hash, Kind: db.SessionAccount, AccountID: w.ada.ID, Data: []byte("x"), ProvenAt: proven,
			CreatedAt: at, SeenAt: at, IdleUntil: at.Add(time.Hour), ExpiresAt: at.Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	held, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		w.Write(func(ctx context.Context, tx db.Tx) error {
			if _, err := db.LockAccount(ctx, tx, w.ada.ID); err != nil {
				return err
			}
			close(held)
			if _, err := db.EndSessionsOf(ctx, tx, w.ada.ID, "", "elsewhere"); err != nil {
				return err
			}
			return db.NoteRecovered(ctx, tx, w.ada.ID, at.Add(time.Second))
		})
	}()
	<-held
	put("before", at) // waits for the reset, and then finds it
	<-done
	put("after", at.Add(2*time.Second))
	if n := w.Rows("sessions", "token_hash = 'before'"); n != 0 {
		t.Error("a session of before the reset was written after it")
	}
	if n := w.Rows("sessions", "token_hash = 'after'"); n != 1 {
		t.Error("a session of after the reset was refused")
	}
	w.Exec("UPDATE accounts SET status = 'frozen'")
	put("frozen", at.Add(3*time.Second))
	if n := w.Rows("sessions", "token_hash = 'frozen'"); n != 0 {
		t.Error("a session was begun for an account that is frozen")
	}
}
