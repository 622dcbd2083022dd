package services_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

func TestLogoutsAreSeenBothWays(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	ada := w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}})
	for name, c := range map[string]struct {
		binding string
		leave   func(b *apptest.Browser, v samltest.Viewer, name string)
	}{
		"by redirect": {saml.BindingRedirect, func(b *apptest.Browser, v samltest.Viewer, name string) {
			b.Goodbye(v, samltest.Goodbye{NameID: name}).Rest()
		}},
		"by post": {saml.BindingPost, func(b *apptest.Browser, v samltest.Viewer, name string) {
			b.GoodbyePosted(v, samltest.Goodbye{NameID: name}).Rest()
		}},
		"by SOAP": {saml.BindingRedirect, func(b *apptest.Browser, v samltest.Viewer, name string) {
			w.Browser().GoodbyeDirect(v, samltest.Goodbye{NameID: name}).WantStatus(http.StatusOK)
		}},
	} {
		w.Exec("DELETE FROM exchanges")
		v := w.TakesLogout(apptest.OTNHub, apptest.LogoutAt(apptest.OTNHub, c.binding))
		sade.Post(testPath, "do", "open").Rest()
		b := w.SignedIn(ada)
		seen := b.Open(v, samltest.Ask{}).Seen(v)
		c.leave(b, v, seen.NameID)
		page := sade.Get(testPath).WantText("Sign-out, asked for by the service", "The answer, decoded and masked").WantNever(seen.NameID)
		if got := page.Find(".finding").Length(); got != 2 {
			t.Errorf("%s: %d exchanges are shown, want 2", name, got)
		}
		if got := w.Rows("exchanges", "kind = 'logout_theirs' AND raw = '' AND document LIKE '%LogoutRequest%' AND answer LIKE '%LogoutResponse%' AND document NOT LIKE '%"+seen.NameID+"%'"); got != 1 {
			t.Errorf("%s: %d whole exchanges are kept", name, got)
		}

		// And from us.
		b = w.SignedIn(ada)
		b.Open(v, samltest.Ask{}).Seen(v)
		asked := b.Post("/signout").Rest()
		f := asked.Farewell(v)
		b.Goodbye(v, samltest.Goodbye{InResponseTo: f.ID, RelayState: f.RelayState}).Rest()
		sade.Get(testPath).WantText("Sign-out, asked for by us", "It comes from this service")
		if got := w.Rows("exchanges", "kind = 'logout_ours' AND verdict = '' AND document LIKE '%LogoutRequest%' AND answer LIKE '%LogoutResponse%' AND document NOT LIKE '%"+seen.NameID+"%'"); got != 1 {
			t.Errorf("%s: %d exchanges of ours are kept", name, got)
		}
	}
}

func TestALogoutThatGoesWrongIsSeenToo(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		rw.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	v := w.TakesLogout(apptest.OTNHub, saml.Endpoint{Binding: saml.BindingSOAP, URL: server.URL})
	sade.Post(testPath, "do", "open").Rest()
	ada := w.SignedIn(w.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
	ada.Open(v, samltest.Ask{}).Seen(v)
	ada.Post("/signout").Rest()
	sade.Get(testPath).WantText("Sign-out, asked for by us", "Refused", "unreachable")
	stranger := v
	stranger.Key = samltest.StrangerKey()
	w.Browser().Goodbye(stranger, samltest.Goodbye{NameID: "nobody"})
	sade.Get(testPath).WantText("bad_signature", "Its signature is not as the policy asks")
}
