package services_test

import (
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestTheChecksSayWhatIsRightAndWhatToDo(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	const path = "/services/otnhub"
	page := sade.Get(path).WantText(
		"Checks, as of now", "The metadata is in force", "The metadata is renewed by hand", "Its 1 address uses HTTPS", "The signing certificate is valid until",
		"No exception is open", "Nobody signed in for 7 days", "If that surprises you",
	)
	crossed := page.Find("#checks-h ~ ul .bad").Length()
	if crossed == 0 || page.Find("#checks-h ~ ul .ok").Length() == 0 {
		t.Errorf("%d checks are crossed", crossed)
	}

	w.Treat(apptest.OTNHub, func(p *policy.Policy) {
		p.Notice, p.Requests, p.Encrypt = false, policy.RequestsRequired, policy.EncryptNever
		p.Exceptions = []policy.Exception{{What: policy.ExceptClear, Owner: "A. Lee", Reason: "Upgrade", Until: w.Clock.Now().Add(20 * 24 * time.Hour)}}
	})
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	viewer := w.TakesLogout(apptest.OTNHub, apptest.LogoutAt(apptest.OTNHub, saml.BindingRedirect))
	ada.Open(viewer, samltest.Ask{}).WantStatus(http.StatusOK)
	out := ada.Post("/signout").Rest()
	sade.Get(path).WantText(
		"Its requests are signed", "What it receives is not encrypted", "The exception “Assertions in clear” closes on", "People sign in: last on",
		"It can be told of sign-outs", "Its clock agrees with ours",
	).WantNever("gave no answer")
	ada.Get(out.Find("[data-skip]").AttrOr("data-skip", "")).WantText("No answer")
	sade.Get(path).WantText("The sign-out address gave no answer 1 time of late", "Watch a sign-out under Test")

	w.Exec("INSERT INTO metadata_sources (entity_id, address, due_at, trouble, trouble_since) VALUES ('" + viewer.EntityID + "', 'https://otnhub.example/md', now(), 'status', '2026-11-18')")
	sade.Get(path).WantText("The metadata could not be renewed since November 17, 2026", "The metadata is taken unsigned")
	w.Exec("UPDATE metadata_sources SET trouble = '', trouble_since = NULL, signer = 'ab', checked_at = '2026-11-18'")
	sade.Get(path).WantText("The metadata was fetched on", "signed by the key that was named")
	sade.Language = "fr-CA"
	sade.Get("/language/fr?back=/services")
	sade.Get(path).WantText("Vérifications, à l’instant", "Ses demandes sont signées", "Ce qu’il reçoit n’est pas chiffré")
}
