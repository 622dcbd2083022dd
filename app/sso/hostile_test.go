package sso_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// What no database column can hold and no page can show is refused like anything
// else that cannot be read: it must not end as a fault of ours, which strangers
// could then cause at will.
func TestCharactersThatNothingCanHoldAreNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	signedIn, stranger := doctor(app), app.Browser()
	name := url.QueryEscape(viewer.EntityID)
	for _, odd := range []string{"%00", "a%00b", "%FF%FE", "%C3%28", "%ED%A0%80", "%01"} {
		for who, b := range map[string]*apptest.Browser{"signed in": signedIn, "a stranger": stranger} {
			ask := samltest.Ask{Destination: b.Base + "/saml/sso", Unsigned: true}
			for _, path := range []string{
				"/saml/sso?" + viewer.Redirect(ask) + "&RelayState=" + odd,
				"/saml/sso?RelayState=" + odd + "&" + viewer.Redirect(ask),
				"/saml/sso?SAMLRequest=" + odd,
				"/saml/launch?sp=" + name + "&RelayState=" + odd,
				"/saml/launch?sp=" + odd, "/saml/launch?sp=" + name + odd,
				"/saml/slo?SAMLRequest=" + odd, "/saml/slo?SAMLResponse=" + odd,
				"/saml/error?rp=" + odd + "&code=" + odd + "&ts=" + odd + "&tid=" + odd + "&ctx=" + odd,
				"/saml/metadata/" + odd,
				"/sso/continue?j=" + odd, "/sso/logout?l=" + odd, "/sso/logout/return?l=" + odd,
			} {
				if page := b.Get(path); page.Status >= 500 {
					t.Errorf("%s, %s: answered %d", who, path, page.Status)
				}
			}
			for _, path := range []string{"/saml/sso", "/saml/slo"} {
				plain, _ := url.QueryUnescape(odd)
				form := url.Values{"SAMLRequest": {viewer.Post(ask)}, "RelayState": {plain}}
				if page := b.SendAcross(path, form); page.Status >= 500 {
					t.Errorf("%s, %s with %s: answered %d", who, path, odd, page.Status)
				}
			}
		}
	}
}

// Two readers of one form could take different ones of two values: none is taken.
func TestAFormThatSaysSomethingTwiceIsNotRead(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer := app.Viewer(apptest.ConnectingOntario)
	b := doctor(app)
	ask := func() string { return viewer.Post(samltest.Ask{Destination: b.Base + "/saml/sso"}) }
	bye := viewer.LogoutPost(samltest.Goodbye{NameID: "x", Destination: b.Base + "/saml/slo"})
	for name, c := range map[string]struct {
		path string
		form url.Values
	}{
		"two requests":                 {"/saml/sso", url.Values{"SAMLRequest": {ask(), ask()}}},
		"a request and a response":     {"/saml/sso", url.Values{"SAMLRequest": {ask()}, "SAMLResponse": {"eA=="}}},
		"two relay states":             {"/saml/sso", url.Values{"SAMLRequest": {ask()}, "RelayState": {"one", "two"}}},
		"two logouts":                  {"/saml/slo", url.Values{"SAMLRequest": {bye, bye}}},
		"a logout and an answer":       {"/saml/slo", url.Values{"SAMLRequest": {bye}, "SAMLResponse": {bye}}},
		"a logout of two relay states": {"/saml/slo", url.Values{"SAMLRequest": {bye}, "RelayState": {"one", "one"}}},
		"a college's two relay states": {"/college/cpso/acs", url.Values{"SAMLResponse": {"eA=="}, "RelayState": {"one", "two"}}},
	} {
		if page := b.SendAcross(c.path, c.form); page.Status != http.StatusBadRequest {
			t.Errorf("%s: answered %d to %q", name, page.Status, page.To())
		}
	}
	if n := app.Rows("journeys", ""); n != 0 {
		t.Errorf("%d journeys were begun", n)
	}
}

// What stands in the address of a posted message, or under a name in other
// letters, is nobody's message.
func TestOnlyTheFieldsThemselvesAreRead(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	viewer, hub := app.Viewer(apptest.ConnectingOntario), app.Viewer(apptest.OTNHub)
	b := doctor(app)
	honest := samltest.Ask{Destination: b.Base + "/saml/sso", RelayState: "honest"}
	elsewhere := hub.Redirect(samltest.Ask{Destination: b.Base + "/saml/sso", RelayState: "evil"})

	posted := b.SendAcross("/saml/sso?"+elsewhere, url.Values{"SAMLRequest": {viewer.Post(honest)}, "RelayState": {"honest"}}).Rest()
	wantSigned(t, posted, viewer)
	posted.WantField("RelayState", "honest")
	if page := b.SendAcross("/saml/sso?"+elsewhere, nil); page.Status != http.StatusBadRequest {
		t.Errorf("a message in the address of an empty form: %d", page.Status)
	}
	honest.ID = ""
	page := b.Get("/saml/sso?samlrequest=x&RELAYSTATE=evil&signature=x&" + viewer.Redirect(honest) + "&relaystate=evil&sigalg=x").Rest()
	wantSigned(t, page, viewer)
	page.WantField("RelayState", "honest")
	for _, twice := range []string{"&RelayState=evil", "&SAMLRequest=eA%3D%3D", "&SAMLResponse=eA%3D%3D", "&SigAlg=x", "&Signature=eA%3D%3D", "&%53AMLRequest=eA%3D%3D", "&SAMLEncoding=x"} {
		wantRefused(t, b.Get("/saml/sso?"+viewer.Redirect(honest)+twice), string(saml.MalformedQuery))
	}
}

// An entity ID is compared letter by letter (SAML Core 8.3.6): nobody is let in
// for looking like a service.
func TestWhoOnlyLooksLikeAServiceIsUnknown(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	b := doctor(app)
	viewer := app.Viewer(apptest.ConnectingOntario)
	for _, id := range []string{
		viewer.EntityID + "/", viewer.EntityID + "#", viewer.EntityID + "?", " " + viewer.EntityID, viewer.EntityID + "\n", "\t" + viewer.EntityID,
		strings.ToUpper(viewer.EntityID), strings.Replace(viewer.EntityID, "https:", "http:", 1), strings.Replace(viewer.EntityID, ".example", ".example:443", 1),
		strings.Replace(viewer.EntityID, "onnecting", "οnnecting", 1), viewer.EntityID + "\u200b", viewer.EntityID + "\u0301",
		strings.Replace(viewer.EntityID, "metadata", "%6detadata", 1), strings.Replace(viewer.EntityID, "/metadata", "//metadata", 1), "%", "' OR 1=1 --",
	} {
		posed := viewer
		posed.EntityID = id
		ask := samltest.Ask{Unsigned: true}
		for binding, page := range map[string]*apptest.Page{"redirect": b.Begin(posed, ask), "post": b.BeginPosted(posed, ask)} {
			if page.Status != http.StatusForbidden {
				t.Errorf("%q by %s: answered %d", id, binding, page.Status)
			}
		}
		if page := b.Get("/saml/launch?sp=" + url.QueryEscape(id)); page.Status != http.StatusForbidden {
			t.Errorf("%q launched: %d", id, page.Status)
		}
	}
	if app.Rows("assertions", "") != 0 || app.Rows("journeys", "") != 0 {
		t.Error("something was begun")
	}
}

func TestRequestsOfTwoServicesMayHaveOneID(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.Account(apptest.Holder{Licence: "100093", Services: []db.ServiceID{apptest.OTNHub}})
	one, two := app.Viewer(apptest.ConnectingOntario), app.Viewer(apptest.OTNHub)
	b, ask := app.SignedIn(ada), samltest.Ask{ID: saml.NewID()}
	wantSigned(t, b.Begin(one, ask), one)
	wantSigned(t, b.Begin(two, ask), two)
	wantRefused(t, b.Begin(one, ask), "used")
	wantRefused(t, b.BeginPosted(two, ask), "used")
	ask.ID = saml.NewID()
	wantSigned(t, b.BeginPosted(one, ask).Rest(), one)
	wantSigned(t, b.BeginPosted(two, ask).Rest(), two)
	wantRefused(t, b.Begin(two, ask), "used")
}
