package sso_test

import (
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/departure"
	"oneid/db"
	"oneid/saml/samltest"
)

// A service that is being opened while its session ends is written down before the
// end is, and after whoever ends it has looked whom to tell.
func TestAServiceThatIsBeingOpenedWhenItsSessionEndsIsTold(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]func(w *everywhere){
		"the person signs out": func(w *everywhere) { w.b.Post("/signout") },
		"on another device": func(w *everywhere) {
			w.SignedIn(w.ada).Post("/profile/sessions", "others", "1").WantStatus(303)
		},
		"a service signs out": func(w *everywhere) {
			w.b.Goodbye(w.byGet, samltest.Goodbye{NameID: w.got.NameID})
		},
		"somebody else signs in": func(w *everywhere) {
			w.b.SignIn(w.Account(apptest.Holder{First: "Bob", Last: "Stone", Email: "bob@example.ca", Licence: "100094"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openEverywhere(t)
			d := serveDirectly(w.App, apptest.OTNHub)
			w.Exec("CREATE TABLE late AS SELECT * FROM assertions WHERE service_id = 'otnhub'")
			w.Exec("ALTER TABLE assertions DISABLE TRIGGER USER")
			w.Exec("DELETE FROM assertions WHERE service_id = 'otnhub'")
			w.Exec(`CREATE FUNCTION opens_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				INSERT INTO assertions SELECT * FROM late WHERE EXISTS (SELECT FROM sessions s WHERE s.name = late.session AND s.ended_at IS NOT NULL);
				DELETE FROM late USING assertions a WHERE a.id = late.id;
				RETURN NEW; END $$`)
			w.Exec("CREATE TRIGGER late BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION opens_late()")
			ends(w)
			if n := w.Rows("assertions", "service_id = 'otnhub'"); n != 1 {
				t.Fatalf("%d opened late, want 1", n)
			}
			if err := w.Errand(departure.Errand); err != nil || d.asked.Load() != 1 {
				t.Errorf("the service was asked %d times, %v", d.asked.Load(), err)
			}
			// Those that a browser's round asks are not asked by two.
			if n := w.Rows("logout_parties", "state = '"+db.PartyConfirmed+"'"); n != 1 {
				t.Errorf("%d confirmed, want 1", n)
			}
			if n := w.Rows("logout_parties", "service_id = 'connectingontario'"); n > 1 {
				t.Errorf("asked by %d", n)
			}
		})
	}
}
