package code_test

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/db/dbtest"
	"oneid/views/i18n"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

const phone = "+14165550123"

type world struct {
	rules *code.Rules
	d     *db.DB
	clock *clock.Fixed
	ask   code.Ask
}

func setUp(t *testing.T) *world {
	t.Helper()
	now := clock.At(noon)
	d := dbtest.New(t, dbtest.WithClock(now))
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := outbox.NewJobs(d.Pool)
	if err != nil {
		t.Fatal(err)
	}
	seal := secret.NewSealer(ring, &dataKeys{})
	rules := &code.Rules{
		DB: d, Seal: seal, Ring: ring,
		Throttle: &throttle.Throttle{Clock: now, Hash: ring.Index},
		Outbox:   &outbox.Outbox{Seal: seal, Jobs: jobs},
		Audit:    &audit.Log{Keys: ring},
	}
	w := &world{rules: rules, d: d, clock: now}
	w.ask = code.Ask{
		Purpose: code.Test, Holder: code.Holder{Draft: aDraft(t, d), Session: "session"},
		Number: phone, Method: db.MethodText, Language: i18n.EN, From: netip.MustParseAddr("192.0.2.1"),
	}
	return w
}

// dataKeys keeps wrapped keys in memory.
type dataKeys struct {
	mu   sync.Mutex
	kept []secret.WrappedKey
}

func (k *dataKeys) Load(_ context.Context, scope string) ([]secret.WrappedKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []secret.WrappedKey
	for _, key := range k.kept {
		if key.Scope == scope {
			found = append(found, key)
		}
	}
	return found, nil
}

func (k *dataKeys) Add(_ context.Context, key secret.WrappedKey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, key)
	return nil
}

func aDraft(t *testing.T, d *db.DB) db.DraftID {
	t.Helper()
	id := db.NewID[db.DraftID]()
	_, err := d.ExecContext(t.Context(), `INSERT INTO colleges (code, position, name_en, name_fr, short_en, short_fr, rid_system, number_pattern, number_example, number_known, registry_feed)
		VALUES ('cpso', 1, '', '', '', '', '', '', '', true, true) ON CONFLICT DO NOTHING`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.NewInsert().Model(&db.Draft{
		ID: id, College: "cpso", NumberIndex: db.Index(id), Data: db.Sealed{1}, Version: 1,
		CreatedAt: noon, UpdatedAt: noon, ExpiresAt: noon.Add(7 * 24 * time.Hour),
	}).Exec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) start(t *testing.T) code.Sent {
	t.Helper()
	sent, err := w.rules.Start(t.Context(), w.ask)
	if err != nil || sent.Limited != nil || sent.Unreachable {
		t.Fatalf("start: got %+v, %v, want a code", sent, err)
	}
	return sent
}

func (w *world) digits(t *testing.T, id db.CodeID) string {
	t.Helper()
	c, err := db.CodeByID(t.Context(), w.d, id)
	if err != nil {
		t.Fatal(err)
	}
	digits, err := code.Text(w.rules.Ring, c)
	if err != nil {
		t.Fatal(err)
	}
	return digits
}

func (w *world) check(t *testing.T, id db.CodeID, h code.Holder, typed string) code.Result {
	t.Helper()
	result, err := w.rules.Check(t.Context(), id, h, typed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// wrong is six digits that are not the code.
func wrong(right string) string {
	if right == "000000" {
		return "111111"
	}
	return "000000"
}

func TestARightCodePassesOnceAndOnlyForItsHolder(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t)
	digits := w.digits(t, sent.ID)
	h := w.ask.Holder

	for name, other := range map[string]code.Holder{
		"another session": {Draft: h.Draft, Session: "other"},
		"another draft":   {Draft: aDraft(t, w.d), Session: h.Session},
		"no session":      {Draft: h.Draft},
		"nobody":          {},
	} {
		if got := w.check(t, sent.ID, other, digits); got.Outcome != code.Expired {
			t.Errorf("%s: got %s, want expired", name, got.Outcome)
		}
	}
	if got := w.check(t, sent.ID, h, digits[:3]+" "+digits[3:]); got.Outcome != code.Right {
		t.Errorf("its holder: got %s, want right", got.Outcome)
	}
	if got := w.check(t, sent.ID, h, digits); got.Outcome != code.Used {
		t.Errorf("a second click: got %s, want used", got.Outcome)
	}
	if s, err := w.rules.State(t.Context(), sent.ID, h); err != nil || s.State != db.CodePassed {
		t.Errorf("state: got %+v, %v, want passed", s, err)
	}
}

func TestACodeExpiresAfterTenMinutes(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t)
	w.clock.Advance(10*time.Minute - time.Second)
	if s, err := w.rules.State(t.Context(), sent.ID, w.ask.Holder); err != nil || s.Expired {
		t.Errorf("just before: got %+v, %v, want not expired", s, err)
	}
	w.clock.Advance(time.Second)
	if got := w.check(t, sent.ID, w.ask.Holder, w.digits(t, sent.ID)); got.Outcome != code.Expired {
		t.Errorf("got %s, want expired", got.Outcome)
	}
}

func TestSendingAgainSendsTheSameCodeWhileItIsWorthIt(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	first := w.start(t)
	w.clock.Advance(time.Minute)
	again, err := w.rules.Resend(t.Context(), first.ID, w.ask.Holder, i18n.FR, w.ask.From)
	if err != nil || again.ID != first.ID {
		t.Fatalf("got %+v, %v, want the same code", again, err)
	}
	w.clock.Advance(8 * time.Minute)
	fresh := w.start(t)
	if fresh.ID == first.ID {
		t.Error("a code with a minute to live was sent again, want a new one")
	}
	if got := w.check(t, first.ID, w.ask.Holder, w.digits(t, first.ID)); got.Outcome != code.Right {
		t.Errorf("the late text: got %s, want right", got.Outcome)
	}
}

func TestOfParallelGuessesNoMoreThanFiveAreJudged(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t)
	bad := wrong(w.digits(t, sent.ID))
	outcomes := make([]code.Outcome, 200)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() {
			result, err := w.rules.Check(t.Context(), sent.ID, w.ask.Holder, bad, nil)
			if err != nil {
				t.Error(err)
			}
			outcomes[i] = result.Outcome
		})
	}
	wg.Wait()
	count := map[code.Outcome]int{}
	for _, o := range outcomes {
		count[o]++
	}
	if count[code.Wrong] != 5 || count[code.Right]+count[code.Used] != 0 {
		t.Errorf("got %v, want 5 wrong and none right", count)
	}
	w.clock.Advance(24 * time.Hour)
	if s, err := w.rules.State(t.Context(), sent.ID, w.ask.Holder); err != nil || s.State != db.CodeFailed {
		t.Errorf("got %+v, %v, want failed", s, err)
	}
}

func TestTenWrongCodesLockForTenMinutes(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	for range 2 {
		sent := w.start(t)
		bad := wrong(w.digits(t, sent.ID))
		for left := 4; left >= 0; left-- {
			if got := w.check(t, sent.ID, w.ask.Holder, bad); got.Outcome != code.Wrong || got.Left != left {
				t.Fatalf("got %+v, want wrong with %d left", got, left)
			}
		}
		w.clock.Advance(time.Minute)
	}
	refused, err := w.rules.Start(t.Context(), w.ask)
	if err != nil || refused.Limited == nil || refused.Limited.RetryAt.Sub(w.clock.Now()) != 9*time.Minute {
		t.Errorf("another code a minute later: got %+v, %v, want limited for nine more", refused, err)
	}
}

func TestTheLockEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t)
	digits := w.digits(t, sent.ID)
	for range 10 {
		if _, err := w.rules.Throttle.Spend(t.Context(), w.d, throttle.WrongCodes, string(w.ask.Holder.Draft)); err != nil {
			t.Fatal(err)
		}
	}
	got := w.check(t, sent.ID, w.ask.Holder, digits)
	if got.Outcome != code.Locked || !got.RetryAt.Equal(noon.Add(10*time.Minute)) {
		t.Fatalf("got %+v, want locked for ten minutes", got)
	}
	w.clock.Advance(10 * time.Minute)
	fresh := w.start(t)
	if got := w.check(t, fresh.ID, w.ask.Holder, w.digits(t, fresh.ID)); got.Outcome != code.Right {
		t.Errorf("afterwards: got %s, want right", got.Outcome)
	}
}

func TestWhatThePassingCausesCommitsWithItOrUndoesIt(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t)
	boom := errors.New("boom")
	_, err := w.rules.Check(t.Context(), sent.ID, w.ask.Holder, w.digits(t, sent.ID), func(context.Context, db.Tx) error { return boom })
	if !errors.Is(err, boom) {
		t.Fatalf("got %v, want the error", err)
	}
	if s, err := w.rules.State(t.Context(), sent.ID, w.ask.Holder); err != nil || s.State != db.CodeSent {
		t.Errorf("got %+v, %v, want it still to pass", s, err)
	}
}

func TestNothingReadableIsStored(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	sent := w.start(t)
	digits := w.digits(t, sent.ID)
	var n int
	for _, table := range []string{"codes", "messages", "river_job", "audit_events", "counters"} {
		err := w.d.NewRaw("SELECT count(*) FROM ? r WHERE r::text LIKE ? OR r::text LIKE ?", bun.Ident(table), "%"+digits+"%", "%5550123%").Scan(t.Context(), &n)
		if err != nil {
			t.Fatal(err)
		}
		if n != 0 {
			t.Errorf("%s: %d rows show the code or the number", table, n)
		}
	}
}

func TestADigitPressedInACall(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.ask.Method = db.MethodCall
	sent := w.start(t)
	if sent.Digit == nil || *sent.Digit < 0 || *sent.Digit > 8 {
		t.Fatalf("got digit %v, want 0 to 8", sent.Digit)
	}
	if got := w.check(t, sent.ID, w.ask.Holder, w.digits(t, sent.ID)); got.Outcome != code.Wrong {
		t.Errorf("typing the six digits of a call: got %s, want wrong", got.Outcome)
	}
	for range 2 { // the carrier may repeat itself
		if got, err := w.rules.Pressed(t.Context(), sent.ID, *sent.Digit); err != nil || got != code.Right {
			t.Errorf("got %s, %v, want right", got, err)
		}
	}
	if got, err := w.rules.Pressed(t.Context(), sent.ID, (*sent.Digit+1)%9); err != nil || got != code.Expired {
		t.Errorf("another key afterwards: got %s, %v, want expired", got, err)
	}
	if s, err := w.rules.State(t.Context(), sent.ID, w.ask.Holder); err != nil || s.State != db.CodePassed {
		t.Errorf("got %+v, %v, want passed", s, err)
	}
}

func TestAWrongKeyEndsTheCallAndAfterThreeNoMoreAreMade(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.ask.Method = db.MethodCall
	for range 3 {
		sent := w.start(t)
		if got, err := w.rules.Pressed(t.Context(), sent.ID, (*sent.Digit+1)%9); err != nil || got != code.Wrong {
			t.Fatalf("got %s, %v, want wrong", got, err)
		}
		if got, err := w.rules.Pressed(t.Context(), sent.ID, *sent.Digit); err != nil || got != code.Expired {
			t.Fatalf("the right key too late: got %s, %v, want expired", got, err)
		}
		w.clock.Advance(11 * time.Minute)
	}
	if sent, err := w.rules.Start(t.Context(), w.ask); err != nil || sent.Limited == nil || sent.Limited.By != throttle.CallsHour {
		t.Errorf("the fourth call: got %+v, %v, want limited", sent, err)
	}
}

func TestFraudIsReportedOnceAndOnlyForASignIn(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	frozen := 0
	w.rules.Freeze = func(context.Context, db.Tx, *db.Code) error { frozen++; return nil }
	w.ask.Method = db.MethodCall
	test := w.start(t)
	if reported, err := w.rules.Fraud(t.Context(), test.ID); err != nil || reported {
		t.Errorf("a test call: got %v, %v, want no report", reported, err)
	}
	w.ask.Purpose = code.SignIn
	w.clock.Advance(time.Minute)
	signin := w.start(t)
	for _, want := range []bool{true, false} {
		if reported, err := w.rules.Fraud(t.Context(), signin.ID); err != nil || reported != want {
			t.Errorf("got %v, %v, want %v", reported, err, want)
		}
	}
	if frozen != 1 {
		t.Errorf("froze %d times, want once", frozen)
	}
}

func TestWhereCodesGo(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"+14165550123": true, "+16135550123": true, "+12125550123": true,
		"+18005550123": false, "+19005550123": false, "+14169760123": false, "+18765550123": false, "+16005550123": false,
		"+33612345678": false, "4165550123": false, "+1416555012": false, "+14160550123": false, "+14165550123;ext=4": false, "": false,
	} {
		if got := code.Reachable(number); got != want {
			t.Errorf("%q: got %v, want %v", number, got, want)
		}
	}
}

func TestARefusalIsAudited(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	w.ask.Number = "+19005550123"
	if sent, err := w.rules.Start(t.Context(), w.ask); err != nil || !sent.Unreachable {
		t.Fatalf("got %+v, %v, want unreachable", sent, err)
	}
	events, err := db.AuditOf(t.Context(), w.d, string(w.ask.Holder.Draft), 5)
	if err != nil || len(events) != 1 || events[0].Kind != string(audit.CodeLimited) {
		t.Errorf("got %v, %v, want one event", events, err)
	}
}
