package delivery_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/code"
	"oneid/app/internal/delivery"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/i18n"
)

func TestAMailTellsNothingAboutUs(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.send(t, letters(i18n.FR)["welcome"])
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	m := w.mail.all()[0]
	for name, want := range map[string]string{
		"X-Mailer": "", "User-Agent": "",
		"Message-Id":       "<" + string(id) + "@oneid.example.ca>",
		"Auto-Submitted":   "auto-generated",
		"Content-Language": "fr-CA",
		"To":               "<zoe@example.ca>",
		"From":             `"ONE ID" <no-reply@oneid.example.ca>`,
	} {
		if got := m.header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if host, err := os.Hostname(); err == nil && len(host) > 3 && strings.Contains(m.raw, host) {
		t.Error("the mail names this machine")
	}
	row := w.message(t, id)
	if row.State != db.MessageSent || row.Carrier != "smtp" || row.Recipient != nil || row.Content != nil || row.Masked != "z•••@example.ca" {
		t.Errorf("got %+v, want it sent and emptied", row)
	}
}

func TestARolledBackTransactionSendsNothing(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	boom := errors.New("boom")
	err := db.InTx(t.Context(), w.d, func(ctx context.Context, tx db.Tx) error {
		if err := w.outbox.Send(ctx, tx, letters(i18n.EN)["welcome"]); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	for _, table := range []string{"messages", "river_job"} {
		if n, err := w.d.NewSelect().Table(table).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%s: got %d rows, %v, want none", table, n, err)
		}
	}
}

func TestTheJobHoldsNothingButTheMessagesID(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.send(t, letters(i18n.EN)["email_confirm"])
	var args string
	if err := w.d.NewRaw("SELECT args::text FROM river_job").Scan(t.Context(), &args); err != nil {
		t.Fatal(err)
	}
	if want := `{"message": "` + string(id) + `"}`; args != want {
		t.Errorf("got %s, want %s", args, want)
	}
	row := w.message(t, id)
	for _, hidden := range []string{"zoe", "/email/confirm", "Tremblay"} {
		if strings.Contains(string(row.Recipient)+string(row.Content), hidden) {
			t.Errorf("the row shows %q", hidden)
		}
	}
}

func TestAWorkerThatDiesBeforeItSaysSoSendsTheSameCodeAgainAtMost(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodText, code.Test)
	id := w.newest(t)

	// The provider has the text, then the worker dies: its last word is lost.
	dying, die := context.WithCancel(t.Context())
	w.carrier.answers(func(rw http.ResponseWriter, _ url.Values) {
		rw.WriteHeader(http.StatusCreated)
		die()
	})
	if err := w.workIn(dying, id); err == nil {
		t.Fatal("the dying worker reported success")
	}
	if row := w.message(t, id); row.State != db.MessageWaiting {
		t.Fatalf("got state %s, want it waiting still", row.State)
	}
	w.carrier.answers(nil)
	for range 3 {
		if err := w.work(t, id); err != nil {
			t.Fatal(err)
		}
	}
	posts := w.carrier.got()
	if len(posts) != 2 || posts[0].Get("Body") != posts[1].Get("Body") {
		t.Errorf("got %d texts %v, want the same one twice", len(posts), posts)
	}
	digits := posts[1].Get("Body")[:6]
	if got, err := w.codes.Check(t.Context(), sent.ID, w.holder(), digits, nil); err != nil || got.Outcome != code.Right {
		t.Errorf("the code in the text: got %+v, %v, want right", got, err)
	}
}

func TestATextBringsItsCode(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	post := w.carrier.got()[0]
	lines := strings.Split(post.Get("Body"), "\n")
	last := lines[len(lines)-1]
	if post.Get("To") != phone || post.Get("StatusCallback") != base+"/carrier/status/"+string(id) || !strings.HasPrefix(last, "@oneid.example.ca #") {
		t.Errorf("got %v", post)
	}
	if row := w.message(t, id); row.State != db.MessageSent || row.CarrierID != "SM1" || row.Masked != "•••23" {
		t.Errorf("got %+v, want it sent", row)
	}
}

func TestASlowCarrierHoldsNoTransaction(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	open := -1
	w.carrier.answers(func(rw http.ResponseWriter, _ url.Values) {
		err := w.d.NewRaw(`SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`).Scan(context.Background(), &open)
		if err != nil {
			t.Error(err)
		}
		rw.WriteHeader(http.StatusCreated)
	})
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if open != 0 {
		t.Errorf("%d transactions were open while the carrier answered, want none", open)
	}
}

func TestTroubleIsTriedAgainUntilTheMessageExpires(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	w.carrier.answers(func(rw http.ResponseWriter, _ url.Values) {
		rw.WriteHeader(http.StatusServiceUnavailable)
		rw.Write([]byte("we could not reach " + phone))
	})
	err := w.work(t, id)
	if err == nil || strings.Contains(err.Error(), phone) {
		t.Errorf("got error %v, want one that does not quote the carrier", err)
	}
	if row := w.message(t, id); row.State != db.MessageWaiting || row.Problem != "http 503" {
		t.Errorf("got %s, %q, want it waiting and why", row.State, row.Problem)
	}
	w.clock.Advance(10 * time.Minute)
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if row := w.message(t, id); row.State != db.MessageFailed || row.Problem != "expired" || row.Recipient != nil {
		t.Errorf("got %+v, want it failed and emptied", row)
	}
	if got := w.state(t, sent.ID); got != db.CodeUndelivered {
		t.Errorf("got code %s, want undelivered", got)
	}
	if n := len(w.carrier.got()); n != 1 {
		t.Errorf("the carrier was asked %d times, want once", n)
	}
}

func TestANumberThatIsRefusedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	w.carrier.answers(func(rw http.ResponseWriter, _ url.Values) {
		rw.WriteHeader(http.StatusBadRequest)
		rw.Write([]byte(`{"code":21211}`))
	})
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if row := w.message(t, id); row.State != db.MessageFailed || row.Problem != "21211" {
		t.Errorf("got %+v, want it failed", row)
	}
	if got := w.state(t, sent.ID); got != db.CodeUndelivered {
		t.Errorf("got code %s, want undelivered", got)
	}
}

func TestAMailboxThatDoesNotExistIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.mail.mu.Lock()
	w.mail.refuse = "550 no zoe@example.ca here"
	w.mail.mu.Unlock()
	id := w.send(t, letters(i18n.EN)["welcome"])
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if row := w.message(t, id); row.State != db.MessageFailed || row.Problem != "smtp 550" {
		t.Errorf("got %s, %q, want failed for smtp 550", row.State, row.Problem)
	}
}

func TestACodeThatHasPassedIsNotSent(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t, db.MethodText, code.Test)
	id := w.newest(t)
	if _, err := db.SettleCode(t.Context(), w.d, sent.ID, db.CodePassed); err != nil {
		t.Fatal(err)
	}
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if row := w.message(t, id); row.State != db.MessageCancelled || len(w.carrier.got()) != 0 {
		t.Errorf("got %s and %d texts, want it cancelled", row.State, len(w.carrier.got()))
	}
}

func TestTheNextCarrierTakesOverAndTheFirstIsLeftAloneAfterTenFailures(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	bad := newCarrier(t)
	bad.answers(func(rw http.ResponseWriter, _ url.Values) { rw.WriteHeader(http.StatusInternalServerError) })
	first := delivery.Account{Label: "first", URL: bad.URL, SID: "AC1", Token: token, From: "+14165550100", Base: base}
	second := first
	second.Label, second.URL = "second", w.carrier.URL
	w.deliverer.Lines[db.ChannelSMS] = delivery.NewLine(w.clock, delivery.SMS{Account: first}, delivery.SMS{Account: second})

	sent := w.start(t, db.MethodText, code.Test)
	deliver := func() {
		t.Helper()
		id := w.send(t, outbox.Code{ID: sent.ID, Number: phone, Method: db.MethodText, Language: i18n.EN, ExpiresAt: sent.ExpiresAt})
		if err := w.work(t, id); err != nil {
			t.Fatal(err)
		}
		if row := w.message(t, id); row.Carrier != "second" {
			t.Errorf("carried by %q, want the second", row.Carrier)
		}
	}
	for range 15 {
		deliver()
	}
	if n := len(bad.got()); n != 10 {
		t.Errorf("the first carrier was tried %d times, want 10", n)
	}
	w.clock.Advance(30 * time.Second)
	deliver()
	deliver()
	if n := len(bad.got()); n != 11 {
		t.Errorf("after its rest it was tried %d times in all, want one more", n)
	}
	bad.answers(nil)
	w.clock.Advance(30 * time.Second)
	id := w.send(t, outbox.Code{ID: sent.ID, Number: phone, Method: db.MethodText, Language: i18n.EN, ExpiresAt: sent.ExpiresAt})
	if err := w.work(t, id); err != nil {
		t.Fatal(err)
	}
	if row := w.message(t, id); row.Carrier != "first" {
		t.Errorf("once it works again: carried by %q, want the first", row.Carrier)
	}
}

func TestMailNeverTravelsInTheOpenUnlessToldTo(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	open := w.mail.carrier()
	for _, how := range []delivery.TLS{delivery.STARTTLS, ""} {
		open.TLS = how
		w.deliverer.Lines[db.ChannelMail] = delivery.NewLine(w.clock, open)
		if err := w.work(t, w.send(t, letters(i18n.EN)["welcome"])); err == nil {
			t.Errorf("%q: a server without TLS was given the mail", how)
		}
	}
	if n := len(w.mail.all()); n != 0 {
		t.Errorf("got %d mails, want none", n)
	}
}

func TestACarriersRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	elsewhere := newCarrier(t)
	w.carrier.answers(func(rw http.ResponseWriter, _ url.Values) {
		rw.Header().Set("Location", elsewhere.URL)
		rw.WriteHeader(http.StatusTemporaryRedirect)
	})
	w.start(t, db.MethodText, code.Test)
	if err := w.work(t, w.newest(t)); err == nil {
		t.Error("the redirect counted as sent")
	}
	if n := len(elsewhere.got()); n != 0 {
		t.Errorf("the code went elsewhere %d times", n)
	}
}
