package sso_test

import (
	"net/url"
	"testing"

	"oneid/app/internal/apptest"
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
