package sso_test

import (
	"reflect"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/db"
)

// Whoever arrives is read by one statement of its own, which must find what the
// others find.
func TestWhoArrivesIsReadAsAnybodyIs(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := app.SignedIn(app.Account(apptest.Holder{Licence: "100093", Services: []db.ServiceID{apptest.ClinicalConnect}}))
	opened(b, app.Viewer(apptest.ConnectingOntario))
	a := next(app).Assertion
	app.Exec(`INSERT INTO designations (id, account_id, college, number, number_index, source, status, checked_at)
		SELECT gen_random_uuid(), account_id, 'cno', '\x00ff1e1f', '\x01', 'stated', 'unverified', now() FROM designations LIMIT 1`)
	var token string
	if err := app.DB.NewRaw("SELECT token_hash FROM sessions WHERE name <> '' AND ended_at IS NULL").Scan(app.Context(), &token); err != nil {
		t.Fatal(err)
	}
	want, err := db.QuickOpening(app.Context(), app.DB, a.AccountID, a.ServiceID, a.EntityID, a.EntityID)
	if err != nil || len(want.Licences) != 2 || want.Name == "" {
		t.Fatalf("found %+v, %v", want, err)
	}
	arrived := &db.Arrival{TokenHash: token, Now: app.Clock.Now(), EntityID: a.EntityID, Named: a.EntityID, Party: &want.Party}
	stranger := &db.Arrival{TokenHash: "nobody", Now: app.Clock.Now(), EntityID: a.EntityID, Named: a.EntityID, Party: &want.Party}
	if err := db.ReadArrivals(app.Context(), app.DB, []*db.Arrival{stranger, arrived}); err != nil {
		t.Fatal(err)
	}
	if stranger.Session != nil || stranger.Opening != nil {
		t.Errorf("a stranger has %+v, %+v", stranger.Session, stranger.Opening)
	}
	if !reflect.DeepEqual(arrived.Opening, want) {
		t.Errorf("found\n%+v, want\n%+v", arrived.Opening, want)
	}
	if arrived.Session == nil || arrived.Session.AccountID != a.AccountID {
		t.Errorf("session %+v", arrived.Session)
	}
}

// A row is written as one value: what stands between its parts must be in none.
func TestAValueThatWouldMoveTheOthersIsRefused(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	opened(doctor(app), app.Viewer(apptest.ConnectingOntario))
	q := next(app)
	q.Assertion.RequestID = "_second"
	q.Event.Address = "127.0.0.1\x1fforged"
	if became, err := db.WriteQuick(app.Context(), app.DB, []db.Quick{q}); err == nil {
		t.Errorf("became %q", became)
	}
	if n := app.Rows("assertions", ""); n != 1 {
		t.Errorf("%d assertions", n)
	}
	q.Event.Address = "2001:db8::1"
	q.Assertion.Attributes = []string{"a,b", `c"d`, "é"}
	if became, err := db.WriteQuick(app.Context(), app.DB, []db.Quick{q}); err != nil || became[0] != db.QuickWritten {
		t.Fatalf("became %q, %v", became, err)
	}
	var kept db.Assertion
	if err := app.DB.NewSelect().Model(&kept).Where("id = ?", q.Assertion.ID).Scan(app.Context()); err != nil {
		t.Fatal(err)
	}
	if !kept.IssuedAt.Equal(q.Assertion.IssuedAt) {
		t.Errorf("issued at %v, want %v", kept.IssuedAt, q.Assertion.IssuedAt)
	}
	kept.IssuedAt = q.Assertion.IssuedAt // of another time zone
	kept.JourneyID = q.Assertion.JourneyID
	if !reflect.DeepEqual(&kept, q.Assertion) {
		t.Errorf("kept\n%+v, want\n%+v", &kept, q.Assertion)
	}
}
