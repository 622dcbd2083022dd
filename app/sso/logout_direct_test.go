package sso_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
)

// direct is a service that answers server to server.
type direct struct {
	samltest.Viewer
	asked  atomic.Int32
	reason atomic.Value
	// how says what it answers: nil confirms.
	how func(w http.ResponseWriter, g samltest.Goodbye)
}

func serveDirectly(app *apptest.App, id db.ServiceID, and ...saml.Endpoint) *direct {
	d := new(direct)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		f, err := d.ReadLogoutSOAP(body, samltest.ProductKey().Certificate)
		if err != nil || r.Header.Get("SOAPAction") == "" || r.Header.Get("Content-Type") != saml.SOAPType {
			app.Errorf("%s is asked by %v: %s, %v", id, r.Header, body, err)
			return
		}
		d.reason.Store(f.Reason)
		g := samltest.Goodbye{InResponseTo: f.ID}
		if d.how != nil {
			d.how(w, g)
			return
		}
		w.Write(d.LogoutSOAP(g))
	}))
	app.Cleanup(server.Close)
	d.Viewer = app.TakesLogout(id, append([]saml.Endpoint{{Binding: saml.BindingSOAP, URL: server.URL}}, and...)...)
	return d
}

func TestServicesThatTalkDirectlyAreAskedFirst(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		how   func(*direct) func(http.ResponseWriter, samltest.Goodbye)
		visit bool // the browser can go there too
		want  string
	}{
		"one that confirms": {func(*direct) func(http.ResponseWriter, samltest.Goodbye) { return nil }, true, "OTN Hub Confirmed"},
		"one that refuses": {func(d *direct) func(http.ResponseWriter, samltest.Goodbye) {
			return func(w http.ResponseWriter, g samltest.Goodbye) {
				g.Status = saml.StatusResponder
				w.Write(d.LogoutSOAP(g))
			}
		}, true, "OTN Hub Refused"},
		"one that fails": {func(*direct) func(http.ResponseWriter, samltest.Goodbye) {
			return func(w http.ResponseWriter, _ samltest.Goodbye) { w.WriteHeader(http.StatusServiceUnavailable) }
		}, false, "OTN Hub No answer"},
		"one that fails, and the browser goes": {func(*direct) func(http.ResponseWriter, samltest.Goodbye) {
			return func(w http.ResponseWriter, _ samltest.Goodbye) { w.WriteHeader(http.StatusServiceUnavailable) }
		}, true, ""},
		"one that answers another request": {func(d *direct) func(http.ResponseWriter, samltest.Goodbye) {
			return func(w http.ResponseWriter, g samltest.Goodbye) {
				g.InResponseTo = saml.NewID()
				w.Write(d.LogoutSOAP(g))
			}
		}, false, "OTN Hub No answer"},
		"one that redirects": {func(d *direct) func(http.ResponseWriter, samltest.Goodbye) {
			return func(w http.ResponseWriter, _ samltest.Goodbye) {
				w.Header().Set("Location", d.Logout[0].URL)
				w.WriteHeader(http.StatusTemporaryRedirect)
			}
		}, false, "OTN Hub No answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.New(t)
			var and []saml.Endpoint
			if test.visit {
				and = append(and, apptest.LogoutAt(apptest.OTNHub, saml.BindingRedirect))
			}
			d := serveDirectly(app, apptest.OTNHub, and...)
			d.how = test.how(d)
			b := app.SignedIn(app.Account(apptest.Holder{Services: []db.ServiceID{apptest.OTNHub}}))
			opened(b, d.Viewer)
			page := b.Post("/signout").Rest().WantStatus(200)
			if d.asked.Load() != 1 || d.reason.Load() != saml.LogoutByUser {
				t.Errorf("asked %d times, because of %v", d.asked.Load(), d.reason.Load())
			}
			if test.want == "" {
				page = answer(page, d.Viewer, page.WantText("Asking OTN Hub").Farewell(d.Viewer), "").Rest()
				test.want = "every service confirmed it"
			}
			page.WantText(test.want)
		})
	}
}

func TestAServiceSignsOutServerToServer(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	d := serveDirectly(w.App, apptest.OTNHub)
	reply, err := w.byGet.ReadLogoutSOAP([]byte(w.Browser().GoodbyeDirect(w.byGet, samltest.Goodbye{NameID: w.got.NameID}).WantStatus(200).Body), samltest.ProductKey().Certificate)
	if err != nil || reply.Status != saml.StatusSuccess || reply.Substatus != saml.StatusPartialLogout {
		t.Errorf("answered %+v, %v: one service needs a browser", reply, err)
	}
	if !w.signedOut() || d.asked.Load() != 1 {
		t.Errorf("signed out: %t; the other service was asked %d times", w.signedOut(), d.asked.Load())
	}
	w.WantAudit(audit.SSOLogoutFinished, 1)
	w.Exec("UPDATE logout_parties SET state = 'confirmed'")
	samltest.Xmlsec1(t, reply.XML, "LogoutResponse", samltest.ProductKey().Certificate)
}

func TestServicesAreToldOfSessionsThatEndElsewhere(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	d := serveDirectly(w.App, apptest.OTNHub)
	failing := true
	d.how = func(rw http.ResponseWriter, g samltest.Goodbye) {
		if failing {
			rw.WriteHeader(http.StatusBadGateway)
			return
		}
		rw.Write(d.LogoutSOAP(g))
	}
	phone := w.SignedIn(w.ada)
	phone.Post("/profile/sessions", "others", "1").WantStatus(303)
	if !w.signedOut() {
		t.Error("still signed in on the other device")
	}
	if err := w.Errand(departure.Errand); err == nil {
		t.Error("a service that gave no answer is not tried again")
	}
	failing = false
	if err := w.Errand(departure.Errand); err != nil {
		t.Error(err)
	}
	if d.asked.Load() != 2 || d.reason.Load() != saml.LogoutByAdmin {
		t.Errorf("asked %d times, because of %v", d.asked.Load(), d.reason.Load())
	}
	event := details(t, w.WantAudit(audit.SSOLogoutFinished, 1).Details)
	if event["service.otnhub"] != db.PartyConfirmed || event["service.connectingontario"] != db.PartyCannot || event["cause"] != db.LogoutByEvent {
		t.Errorf("the record says %v", event)
	}
	phone.Get("/home").WantStatus(200)
}

func TestANameCanBeHiddenBothWays(t *testing.T) {
	t.Parallel()
	w := openEverywhere(t)
	w.Treat(apptest.ConnectingOntario, func(p *policy.Policy) { p.Preset = policy.CATS3 })
	w.Write(func(ctx context.Context, tx db.Tx) error {
		row, err := db.ServiceProviderByEntity(ctx, tx, w.byGet.EntityID)
		if err != nil {
			return err
		}
		row.Metadata = bytes.Replace(row.Metadata, []byte(` use="signing"`), nil, 1) // the key does for both
		return db.PutServiceProvider(ctx, tx, row)
	})
	asked := w.b.Post("/signout").Rest().Farewell(w.byGet)
	opened := samltest.Xmlsec1Decrypt(t, asked.XML, samltest.ViewerKey())
	if asked.NameID.Value != "" || !strings.Contains(string(opened), ">"+w.got.NameID+"</saml:NameID></saml:EncryptedID>") {
		t.Errorf("asked by %s, which holds %s", asked.XML, opened)
	}
	samltest.Schema(t, samltest.ProtocolSchema, asked.XML)

	name := []byte(`<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` + w.gotPosted.NameID + `</saml:NameID>`)
	hidden, err := xmlenc.Encrypt(nil, name, xmlenc.Recipient{Certificate: samltest.EncryptionKey().Certificate})
	if err != nil {
		t.Fatal(err)
	}
	w.b = w.SignedIn(w.ada)
	w.opens(w.byPost)
	w.b.Goodbye(w.byPost, samltest.Goodbye{Name: "<saml:EncryptedID>" + string(hidden) + "</saml:EncryptedID>"}).Rest().WantText("Signing you out")
	if !w.signedOut() {
		t.Error("a hidden name is not found")
	}
}
