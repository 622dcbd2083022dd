package code_test

import (
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/code"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/i18n"
)

// forNobody asks for codes that belong to a recovery and to no number.
func (w *world) forNobody(t *testing.T) db.RecoveryID {
	t.Helper()
	r := &db.Recovery{
		ID: db.NewID[db.RecoveryID](), Kind: db.RecoverPassword, StandIn: "0192aaaa-0000-8000-8000-000000000001", Browser: []byte("b"),
		Questions: []string{}, Proofs: []db.Proof{}, State: db.RecoveryOpen, Reference: "K7Q-42M", CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
	if _, err := w.d.NewInsert().Model(r).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.ask.Purpose, w.ask.Number = code.Recovery, ""
	w.ask.Holder = code.Holder{Session: string(r.ID), StandIn: string(r.StandIn)}
	return r.ID
}

func TestAPreparedCodeGoesNowhereAndNothingFitsIt(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	recovery := w.forNobody(t)
	sent, err := w.rules.Prepare(t.Context(), w.ask, recovery, nil)
	if err != nil || sent.Limited != nil {
		t.Fatalf("prepare: %+v %v", sent, err)
	}
	kept, err := db.CodeByID(t.Context(), w.d, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	six, err := code.Text(w.rules.Ring, kept)
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.rules.Check(t.Context(), sent.ID, w.ask.Holder, six, nil)
	if err != nil || out.Outcome != code.Wrong || out.Left != 4 {
		t.Errorf("the very digits: got %+v %v, want wrong", out, err)
	}
	var messages int
	if err := w.d.NewRaw("SELECT count(*) FROM messages").Scan(t.Context(), &messages); err != nil || messages != 0 {
		t.Errorf("%d messages %v", messages, err)
	}
	if settled, _, err := db.CodeOutcomes(t.Context(), w.d, noon.Add(-time.Hour), 50, noon.Add(time.Hour)); err != nil || settled != 0 {
		t.Errorf("codes for nobody count among %d outcomes, %v", settled, err)
	}
}

func TestPreparedCodesAreLimitedByTheirHolderAsOthersByNumber(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	recovery := w.forNobody(t)
	allowed := func() bool {
		t.Helper()
		sent, err := w.rules.Prepare(t.Context(), w.ask, recovery, nil)
		if err != nil {
			t.Fatal(err)
		}
		return sent.Limited == nil
	}
	if !allowed() || allowed() {
		t.Error("two within 30 seconds")
	}
	w.clock.Advance(31 * time.Second)
	if !allowed() {
		t.Error("the second was refused")
	}
	w.clock.Advance(31 * time.Second)
	if !allowed() {
		t.Error("the third was refused")
	}
	w.clock.Advance(31 * time.Second)
	if allowed() {
		t.Error("a fourth in ten minutes")
	}
}

func TestADispatchedCodePassesAndItsCallCanBeReportedAsFraud(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	recovery := w.forNobody(t)
	w.ask.Holder.Draft = aDraft(t, w.d)
	sent, err := w.rules.Prepare(t.Context(), w.ask, recovery, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.rules.Dispatch(t.Context(), sent.ID, phone, i18n.EN); err != nil || again != 0 {
		t.Fatalf("dispatch: %s %v", again, err)
	}
	w.clock.Advance(10 * time.Second)
	if again, err := w.rules.Dispatch(t.Context(), sent.ID, phone, i18n.EN); err != nil || again != 20*time.Second {
		t.Errorf("ten seconds later: again in %s %v, want in 20s", again, err)
	}
	kept, err := db.CodeByID(t.Context(), w.d, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	six, err := code.Text(w.rules.Ring, kept)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := w.rules.Check(t.Context(), sent.ID, w.ask.Holder, six, nil); err != nil || out.Outcome != code.Right {
		t.Errorf("got %+v %v, want right", out, err)
	}
	var row db.Message
	if err := w.d.NewSelect().Model(&row).Scan(t.Context()); err != nil || row.Masked != outbox.MaskPhone(phone) {
		t.Errorf("sent to %s, %v", row.Masked, err)
	}

	w.clock.Advance(time.Minute)
	w.ask.Method = db.MethodCall
	call, err := w.rules.Prepare(t.Context(), w.ask, recovery, nil)
	if err != nil || call.Digit == nil {
		t.Fatalf("prepare a call: %+v %v", call, err)
	}
	reported, err := w.rules.Fraud(t.Context(), call.ID)
	if err != nil || !reported {
		t.Errorf("fraud in a recovery's call: %t %v", reported, err)
	}
	var events int
	err = w.d.NewRaw("SELECT count(*) FROM audit_events WHERE kind = ?", string(audit.CodeFraud)).Scan(t.Context(), &events)
	if err != nil || events != 1 {
		t.Errorf("%d reports recorded, %v", events, err)
	}
}
