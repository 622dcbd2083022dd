package sso_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml/samltest"
)

// An answer is signed between what was read and what is written: whatever forbids
// it by then keeps it from being written.
func TestAnAnswerIsNotWrittenOnceSomethingForbidsIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile string
		again     bool // it answers the request that was answered before
		want      string
		err       error
	}{
		"nothing happened":            {want: db.QuickWritten},
		"the account was suspended":   {meanwhile: "UPDATE accounts SET status = 'suspended'", want: db.QuickRefused},
		"the session was ended":       {meanwhile: "UPDATE sessions SET ended_at = now(), ended_why = 'elsewhere'", want: db.QuickRefused},
		"the session has a new token": {meanwhile: "UPDATE sessions SET ended_at = now(), ended_why = 'renewed'", want: db.QuickWritten},
		"the service was closed":      {meanwhile: "UPDATE services SET enabled = false", want: db.QuickRefused},
		"the provider was closed":     {meanwhile: "UPDATE service_providers SET enabled = false", want: db.QuickRefused},
		"its policy was changed":      {meanwhile: "UPDATE service_providers SET version = version + 1", want: db.QuickRefused},
		"the chain has another head":  {meanwhile: "UPDATE audit_heads SET hash = '\\x00'", want: db.QuickMoved},
		"the chain has gone on":       {meanwhile: "UPDATE audit_heads SET seq = seq + 1", want: db.QuickMoved},
		"the request was answered":    {meanwhile: "DELETE FROM journeys", again: true, err: db.ErrExists},
		"a journey has the request":   {meanwhile: "UPDATE journeys SET request_id = '_second'", want: db.QuickRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			viewer := app.Viewer(apptest.ConnectingOntario)
			opened(doctor(app), viewer)
			q := next(app)
			if !c.again {
				q.Assertion.RequestID = "_second"
			}
			if c.meanwhile != "" {
				app.Exec(c.meanwhile)
			}
			before := app.Rows("assertions", "")
			became, err := db.WriteQuick(app.Context(), app.DB, []db.Quick{q})
			if !errors.Is(err, c.err) || c.err == nil && (err != nil || became[0] != c.want) {
				t.Fatalf("became %q, err = %v, want %q, %v", became, err, c.want, c.err)
			}
			written := 0
			if c.want == db.QuickWritten {
				written = 1
			}
			if n := app.Rows("assertions", "") - before; n != written {
				t.Errorf("%d assertions written", n)
			}
		})
	}
}

// A service is read again as soon as it is not what it was, and only then.
func TestAServiceIsRememberedUntilItIsWritten(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	opened(doctor(app), app.Viewer(apptest.ConnectingOntario))
	a := next(app).Assertion
	read := func() *db.Party {
		o, err := db.QuickOpening(app.Context(), app.DB, a.AccountID, a.ServiceID, a.EntityID, a.EntityID)
		if err != nil {
			t.Fatal(err)
		}
		return &o.Party
	}
	var token string
	if err := app.DB.NewRaw("SELECT token_hash FROM sessions WHERE account_id = ? AND ended_at IS NULL", a.AccountID).Scan(app.Context(), &token); err != nil {
		t.Fatal(err)
	}
	remembered := func(p *db.Party) bool {
		found := &db.Arrival{TokenHash: token, Now: app.Clock.Now(), EntityID: a.EntityID, Named: a.EntityID, Party: p}
		if err := db.ReadArrivals(app.Context(), app.DB, []*db.Arrival{found}); err != nil || found.Session == nil {
			t.Fatalf("session %v, %v", found.Session, err)
		}
		return found.Opening != nil
	}
	if remembered(nil) {
		t.Error("remembered before it was read")
	}
	for _, change := range []string{
		"UPDATE services SET name_en = 'Renamed'", "UPDATE services SET enabled = false",
		"UPDATE service_providers SET recording_until = now()", "UPDATE service_providers SET version = version + 1",
	} {
		p := read()
		if !remembered(p) {
			t.Errorf("forgotten before %s", change)
		}
		app.Exec(change)
		if remembered(p) {
			t.Errorf("remembered after %s", change)
		}
	}
}

// What takes longer reads the session once more, in the transaction that writes.
func TestASessionThatEndsOnTheWayOpensNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Notice = true })
	viewer := app.Viewer(apptest.ConnectingOntario)
	page := doctor(app).Open(viewer, samltest.Ask{})
	app.Exec(`CREATE FUNCTION end_all() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN UPDATE sessions SET ended_at = now(), ended_why = 'elsewhere'; RETURN NEW; END $$`)
	app.Exec("CREATE TRIGGER meanwhile AFTER INSERT ON release_receipts FOR EACH ROW EXECUTE FUNCTION end_all()")
	answered := do(page, "accept")
	if n := app.Rows("assertions", ""); n != 0 {
		t.Errorf("%d assertions for a session that had ended", n)
	}
	answered.Rest().WantText("Login ID", "Forgot Password")
}

// Rows of a chain follow each other by hash: with one of them missing, none fits.
func TestOneThatIsForbiddenKeepsTheOthersOfItsChainOnly(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	opened(doctor(app), app.Viewer(apptest.ConnectingOntario))
	first := next(app)
	behind := func(name string, before db.Quick) db.Quick {
		a, e := *before.Assertion, *before.Event
		a.ID, a.ResponseID, a.RequestID = "_"+name, "_response_"+name, "_request_"+name
		e.Seq, e.Before, e.Hash = e.Seq+1, e.Hash, []byte(name)
		return db.Quick{Assertion: &a, Event: &e, Version: before.Version}
	}
	first.Assertion.RequestID = "_request"
	second := behind("second", first)
	second.Version++
	third, other := behind("third", second), behind("other", first)
	third.Version = first.Version
	elsewhere := head(app, (first.Event.Chain+1)%8)
	other.Event.Chain, other.Event.Seq, other.Event.Before = elsewhere.Chain, elsewhere.Seq+1, elsewhere.Hash
	list := []db.Quick{first, second, third, other}
	became, err := db.WriteQuick(app.Context(), app.DB, list)
	if want := []string{db.QuickMoved, db.QuickRefused, db.QuickMoved, db.QuickWritten}; err != nil || !slices.Equal(became, want) {
		t.Fatalf("became %q, %v, want %q", became, err, want)
	}
	if n := app.Rows("assertions", "id IN ('_next', '_second', '_third', '_other')"); n != 1 {
		t.Errorf("%d written", n)
	}
	if h := head(app, first.Event.Chain); !bytes.Equal(h.Hash, first.Event.Before) || h.Seq != first.Event.Seq-1 {
		t.Errorf("the chain went on to %d", h.Seq)
	}
}

func head(app *apptest.App, chain int) *db.AuditHead {
	app.Helper()
	h, err := db.AuditHeadOf(app.Context(), app.DB, chain)
	if err != nil {
		app.Fatal(err)
	}
	return h
}

// next is an answer like the one that was given, at the head of some chain.
func next(app *apptest.App) db.Quick {
	app.Helper()
	ctx, a := app.Context(), new(db.Assertion)
	if err := app.DB.NewSelect().Model(a).Scan(ctx); err != nil {
		app.Fatal(err)
	}
	head := new(db.AuditHead)
	if err := app.DB.NewSelect().Model(head).Where("seq > 0").Order("chain").Limit(1).Scan(ctx); err != nil {
		app.Fatal(err)
	}
	var version int
	if err := app.DB.NewSelect().Table("service_providers").Column("version").Where("entity_id = ?", a.EntityID).Scan(ctx, &version); err != nil {
		app.Fatal(err)
	}
	a.ID, a.ResponseID = "_next", "_next_response"
	return db.Quick{Assertion: a, Version: version, Event: &db.AuditEvent{
		Chain: head.Chain, Seq: head.Seq + 1, At: app.Clock.Now(), Kind: "sso.assertion.issued", Subject: string(a.AccountID),
		Details: "{}", KeyVersion: 1, Hash: []byte("next"), Before: head.Hash,
	}}
}
