package access_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/db"
)

func signedIn(t *testing.T) (*apptest.App, *apptest.Browser) {
	t.Helper()
	return signedInWith(t)
}

func TestASessionEndsWhenNobodyUsesIt(t *testing.T) {
	t.Parallel()
	app, b := signedIn(t)
	app.Clock.Advance(15*time.Minute - time.Second)
	b.Get("/home").WantStatus(200)
	app.Clock.Advance(15*time.Minute - time.Second)
	b.Get("/home").WantStatus(200)
	app.Clock.Advance(15 * time.Minute)
	ended := b.Get("/home").WantRedirect("/session/ended?why=idle").Follow()
	ended.WantStatus(200).WantText("Your session has ended", "You were away for a while").WantNever("Ada")
	b.Get("/session/ended?why=<script>alert(1)</script>").WantStatus(200).WantNever("alert(1)")
}

func TestASessionEndsAtItsAbsoluteEnd(t *testing.T) {
	t.Parallel()
	app, b := signedIn(t)
	for range 71 { // eleven hours and fifty minutes
		app.Clock.Advance(10 * time.Minute)
		if page := b.Get("/home"); page.Status != http.StatusOK {
			t.Fatalf("ended after %s", app.Clock.Now().Sub(apptest.Noon()))
		}
	}
	app.Clock.Advance(10 * time.Minute)
	b.Get("/home").WantRedirect("/session/ended?why=cap").Follow().WantText("For your safety, a session can only last so long.")
}

func TestAskingForMoreTimeGivesIt(t *testing.T) {
	t.Parallel()
	app, b := signedIn(t)
	app.Clock.Advance(14*time.Minute + 50*time.Second)
	more := b.Post("/session/extend").WantStatus(200)
	if strings.Contains(more.Body, "<html") || more.Body == "" {
		t.Errorf("answered with\n%s", more.Body)
	}
	app.Clock.Advance(14*time.Minute + 50*time.Second)
	b.Get("/home").WantStatus(200)
	app.Clock.Advance(15 * time.Minute)
	b.Post("/session/extend").WantStatus(http.StatusUnauthorized)
	app.Browser().Post("/session/extend").WantStatus(http.StatusUnauthorized)
}

func TestARegistrationThatRestsTooLongCanBeTakenUp(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	b.HandOver(apptest.Randy())
	b.Through("policies")
	app.Clock.Advance(30 * time.Minute)
	b.Get("/register/personal").WantRedirect("/register/paused").Follow().WantStatus(200).WantNever("BURT", "Burt")
	b.HandOver(apptest.Randy()).WantRedirect("/register/resume")
	b.Get("/register/personal").WantStatus(200)
}

func TestUseIsWrittenAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	app, b := signedIn(t)
	seen := func() time.Time {
		var at time.Time
		if err := app.DB.QueryRowContext(t.Context(), "SELECT seen_at FROM sessions WHERE kind = 'account'").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at.UTC()
	}
	app.Clock.Advance(59 * time.Second)
	b.Get("/home")
	if !seen().Equal(apptest.Noon()) {
		t.Errorf("written again after 59 s, at %s", seen())
	}
	app.Clock.Advance(time.Second)
	b.Get("/home")
	if !seen().Equal(apptest.Noon().Add(time.Minute)) {
		t.Errorf("after a minute the last use is %s", seen())
	}
}

func TestAnEndedSessionIsNotBroughtBackByARequestInFlight(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.Browser()
	b.Get("/home").WantRedirect("/signin")
	done := make(chan *apptest.Page, 1)
	app.Write(func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, "SELECT FROM sessions FOR UPDATE"); err != nil {
			return err
		}
		go func() { done <- b.Get("/home?again=1") }() // reads its session, and waits to write it
		for app.Rows("pg_stat_activity", "wait_event_type = 'Lock' AND datname = current_database()") == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET ended_at = ?, ended_why = 'elsewhere', data = ''", tx.At)
		return err
	})
	<-done
	if n := app.Rows("sessions", "ended_at IS NULL OR data <> ''"); n != 0 {
		t.Errorf("%d sessions live again", n)
	}
}

func TestWhatASessionHoldsIsSealedAndItsTokenIsNowhere(t *testing.T) {
	t.Parallel()
	app, b := signedIn(t)
	b.Get("/home").WantStatus(200)
	dump := app.Dump()
	if b.Session() == "" || strings.Contains(dump, b.Session()) {
		t.Error("the token stands in the database")
	}
	if strings.Contains(app.Logged(), b.Session()) {
		t.Error("the token stands in the log")
	}
	var data []byte
	if err := app.DB.QueryRowContext(t.Context(), "SELECT data FROM sessions WHERE kind = 'account'").Scan(&data); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Ada", "BYRON", "password", "{"} {
		if strings.Contains(string(data), text+`"`) || strings.Contains(string(data), `"`+text) {
			t.Errorf("the content shows %q", text)
		}
	}

	t.Run("and moved to another session it opens nothing", func(t *testing.T) {
		thief := app.Browser()
		thief.Get("/home")
		app.Exec("UPDATE sessions SET kind = 'account', data = (SELECT data FROM sessions WHERE kind = 'account') WHERE kind = 'anonymous'")
		if page := thief.Get("/home"); page.Status < 500 {
			t.Errorf("answered %d to %q", page.Status, page.To())
		}
	})
}

func TestASessionThatCannotBeReadOrWrittenIsSaidSoOnce(t *testing.T) {
	t.Parallel()
	app, b := signedIn(t)
	app.Exec("CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON sessions FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()")
	page := app.Browser().Get("/home").WantStatus(http.StatusServiceUnavailable).WantHeader("Retry-After", "5")
	if strings.Contains(page.Body, "See Other") || page.To() != "" {
		t.Errorf("after the error page comes what was meant before: to %q", page.To())
	}
	b.Get("/home").WantStatus(200) // only reads
	app.Exec("ALTER TABLE sessions RENAME TO gone")
	b.Get("/home").WantStatus(http.StatusServiceUnavailable).WantNever("Ada")
}

func TestAForgedOrOddTokenIsNoSession(t *testing.T) {
	t.Parallel()
	app, real := signedIn(t)
	for _, token := range []string{"", "x", strings.Repeat("A", 43), real.Session() + "x", strings.ToLower(real.Session()), "%00", strings.Repeat("A", 4000)} {
		page := app.Browser().Get("/home", apptest.With("Cookie", "__Host-sid="+token))
		page.WantRedirect("/signin")
	}
	app.Browser().Get("/home", apptest.With("Cookie", "sid="+real.Session())).WantRedirect("/signin")
	app.Browser().Get("/home", apptest.With("Cookie", "__Host-sid="+real.Session())).WantStatus(200)
}

func TestTheLanguageIsTheBrowsersChoiceThenTheAccountsThenAskedFor(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	who := app.Account(apptest.Holder{Language: "fr"})
	lang := func(p *apptest.Page) string { return p.Find("html").AttrOr("lang", "")[:2] }
	b := app.Browser()
	if got := lang(b.Get("/help")); got != "en" {
		t.Errorf("asked for English, got %s", got)
	}
	b.SignIn(who)
	if got := lang(b.Get("/home")); got != "fr" {
		t.Errorf("the account is French, got %s", got)
	}
	b.Get("/language/en")
	if got := lang(b.Get("/home")); got != "en" {
		t.Errorf("English was chosen, got %s", got)
	}
	french := app.Browser()
	french.Language = "fr-CA,en;q=0.5"
	if got := lang(french.Get("/help")); got != "fr" {
		t.Errorf("asked for French, got %s", got)
	}
}
