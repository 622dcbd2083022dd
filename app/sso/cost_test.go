package sso_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/policy"
	"oneid/saml/samltest"
)

// BenchmarkLiveSession is a request with a live session, up to the page that
// posts the answer; the database's work is not in its processor time.
func BenchmarkLiveSession(b *testing.B) {
	app := apptest.New(b)
	app.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Sign = policy.SignResponse })
	viewer := app.Viewer(apptest.ConnectingOntario)
	ada := doctor(app)
	ask := samltest.Ask{Unsigned: true, Destination: app.Base + "/saml/sso"}
	requests := make([]*http.Request, b.N)
	for i := range requests {
		requests[i] = ada.Request(http.MethodGet, "/saml/sso?"+viewer.Redirect(ask), nil)
		requests[i].AddCookie(&http.Cookie{Name: "__Host-sid", Value: ada.Session()})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range requests {
		w := httptest.NewRecorder()
		app.Serve(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("answered %d", w.Code)
		}
	}
	b.StopTimer()
	app.Clock.Advance(time.Second)
}
