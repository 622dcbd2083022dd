package metadata_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// fetch asks for an address with headers, given in pairs.
func fetch(app *apptest.App, method, path string, headers ...string) *apptest.Page {
	b := app.Browser()
	r := b.Request(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.Do(r)
}

func TestOurMetadataSaysWhatServicesAskFor(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	page := fetch(app, http.MethodGet, "/saml/metadata").WantStatus(200)
	doc := []byte(page.Body)
	samltest.Schema(t, samltest.MetadataSchema, doc)
	samltest.Xmlsec1(t, doc, "EntityDescriptor", samltest.MetadataKey().Certificate)
	if got := page.Header.Get("Content-Type"); got != "application/samlmetadata+xml" {
		t.Errorf("content type %q", got)
	}
	for what, text := range map[string]string{
		"its entity ID":             `entityID="` + app.Base + `/saml/metadata"`,
		"an end":                    `validUntil="2026-12-04T00:00:00Z"`,
		"how long it keeps":         `cacheDuration="PT86400S"`,
		"an encryption key":         `use="encryption"`,
		"GCM":                       `http://www.w3.org/2009/xmlenc11#aes128-gcm`,
		"the page for failures":     `errorURL="` + app.Base + `/saml/error?code=ERRORURL_CODE&amp;ts=ERRORURL_TS&amp;rp=ERRORURL_RP&amp;tid=ERRORURL_TID&amp;ctx=ERRORURL_CTX"`,
		"a scope":                   `>oneid.on.ca</shibmd:Scope>`,
		"a name in English":         `<mdui:DisplayName xml:lang="en">`,
		"a name in French":          `<mdui:DisplayName xml:lang="fr">`,
		"a description in English":  `<mdui:Description xml:lang="en">`,
		"a description in French":   `<mdui:Description xml:lang="fr">`,
		"help in English":           `<mdui:InformationURL xml:lang="en">`,
		"help in French":            `<mdui:InformationURL xml:lang="fr">`,
		"privacy in English":        `<mdui:PrivacyStatementURL xml:lang="en">`,
		"privacy in French":         `<mdui:PrivacyStatementURL xml:lang="fr">`,
		"logout by redirect":        `SingleLogoutService Binding="` + saml.BindingRedirect + `"`,
		"logout by post":            `SingleLogoutService Binding="` + saml.BindingPost + `"`,
		"logout by SOAP":            `SingleLogoutService Binding="` + saml.BindingSOAP + `"`,
		"persistent names":          `<md:NameIDFormat>` + saml.NameIDPersistent + `</md:NameIDFormat>`,
		"transient names":           `<md:NameIDFormat>` + saml.NameIDTransient + `</md:NameIDFormat>`,
		"how keys are wrapped":      `http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p`,
		"its digests":               `<alg:DigestMethod`,
		"a logo":                    `<mdui:Logo height="192" width="192">` + app.Base + `/static/`,
		"a technical contact":       `contactType="technical"`,
		"a support contact":         `contactType="support"`,
		"what it verifies":          `<alg:SigningMethod`,
		"an organization in French": `Santé Ontario`,
	} {
		if !strings.Contains(page.Body, text) {
			t.Errorf("it lacks %s: %s", what, text)
		}
	}
	for what, text := range map[string]string{"SHA-1": "rsa-sha1", "CBC": "-cbc", "PKCS #1 v1.5": "rsa-1_5", "a forced signature": "WantAuthnRequestsSigned=\"true\""} {
		if strings.Contains(page.Body, text) {
			t.Errorf("it offers %s", what)
		}
	}
	redirect, post := strings.Index(page.Body, `SingleSignOnService Binding="`+saml.BindingRedirect), strings.Index(page.Body, `SingleSignOnService Binding="`+saml.BindingPost)
	if redirect < 0 || post < redirect {
		t.Error("the redirect address does not come first")
	}
	if strings.Contains(page.Body, "\r") || strings.Contains(page.Body, "&#xD;") {
		t.Error("line ends that some parsers change")
	}
}

func TestMetadataStaysTheSameUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	other := app.Node()
	for _, path := range []string{"/saml/metadata", "/college/metadata"} {
		first := fetch(app, http.MethodGet, path)
		etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		if !strings.HasPrefix(etag, `"`) || modified == "" {
			t.Fatalf("%s: ETag %q, Last-Modified %q", path, etag, modified)
		}
		app.Clock.Advance(time.Hour)
		if again := fetch(other, http.MethodGet, path); again.Body != first.Body || again.Header.Get("ETag") != etag {
			t.Errorf("%s: another document on another node an hour later", path)
		}
		for name, p := range map[string]*apptest.Page{
			"by tag":       fetch(app, http.MethodGet, path, "If-None-Match", etag),
			"by weak tag":  fetch(app, http.MethodGet, path, "If-None-Match", `"other", W/`+etag),
			"by date":      fetch(app, http.MethodGet, path, "If-Modified-Since", modified),
			"with gzip":    fetch(app, http.MethodGet, path, "If-None-Match", etag, "Accept-Encoding", "gzip"),
			"head, by tag": fetch(app, http.MethodHead, path, "If-None-Match", etag),
		} {
			if p.Status != http.StatusNotModified || p.Body != "" {
				t.Errorf("%s, %s: %d with %d bytes, want 304", path, name, p.Status, len(p.Body))
			}
		}
		if p := fetch(app, http.MethodGet, path, "Accept-Encoding", "gzip"); p.Header.Get("Content-Encoding") != "" || p.Header.Get("ETag") != etag {
			t.Errorf("%s: a strong tag on other bytes", path)
		}
		if p := fetch(app, http.MethodHead, path); p.Status != 200 || p.Header.Get("Content-Length") != strconv.Itoa(len(first.Body)) {
			t.Errorf("%s: HEAD answers %d, length %s", path, p.Status, p.Header.Get("Content-Length"))
		}
		app.Clock.Advance(day)
		if p := fetch(app, http.MethodGet, path, "If-None-Match", etag); p.Status != 200 || p.Header.Get("ETag") == etag {
			t.Errorf("%s: the next day the old document is still good (%d)", path, p.Status)
		}
		app.Clock.Advance(-day - time.Hour)
	}
}

func TestAServicesOwnAddressTellsThatItHasOurKeys(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	row := func() *db.ServiceProvider {
		p, err := db.ServiceProviderByEntity(app.Context(), app.DB, app.Viewer(apptest.OTNHub).EntityID)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	app.Exec("UPDATE service_providers SET metadata_fetched_at = NULL")
	fetch(app, http.MethodGet, "/saml/metadata").WantStatus(200)
	if row().MetadataFetchedAt != nil {
		t.Fatal("the address of all tells of one")
	}
	own := "/saml/metadata/" + row().MetadataToken
	page := fetch(app, http.MethodGet, own).WantStatus(200)
	if at := row().MetadataFetchedAt; at == nil || !at.Equal(app.Clock.Now()) {
		t.Errorf("fetched at %v, want now", at)
	}
	if page.Body != fetch(app, http.MethodGet, "/saml/metadata").Body {
		t.Error("another document at its own address")
	}
	app.Clock.Advance(2 * time.Hour)
	fetch(app, http.MethodGet, own, "If-None-Match", page.Header.Get("ETag")).WantStatus(304)
	if at := row().MetadataFetchedAt; !at.Equal(app.Clock.Now()) {
		t.Errorf("a service that has the document already counts as of %v", at)
	}
	for _, wrong := range []string{"x", strings.Repeat("0", 32), row().MetadataToken + "0", strings.ToUpper(row().MetadataToken)} {
		fetch(app, http.MethodGet, "/saml/metadata/"+wrong).WantStatus(404)
	}
}

func TestAFailureAtAServiceIsExplained(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	rp := "&rp=" + url.QueryEscape(app.Viewer(apptest.ClinicalConnect).EntityID)
	ts := strconv.FormatInt(app.Clock.Now().Add(-time.Hour).Unix(), 10)
	for name, c := range map[string]struct {
		query  string
		want   []string
		absent string
	}{
		"no attribute":        {"code=IDENTIFICATION_FAILURE&ts=" + ts + rp + "&tid=abc-123", []string{"ClinicalConnect could not let you in", "did not get a fact about you", "abc-123", "11 a.m."}, ""},
		"too weak":            {"code=AUTHENTICATION_FAILURE" + rp, []string{"asks for a stronger one", "Add a passkey"}, ""},
		"no access":           {"code=AUTHORIZATION_FAILURE" + rp, []string{"has not given you access"}, ""},
		"anything else":       {"code=OTHER_ERROR" + rp, []string{"could not open"}, ""},
		"nothing at all":      {"", []string{"The service could not let you in", "noon"}, ""},
		"placeholders left":   {"code=ERRORURL_CODE&ts=ERRORURL_TS&rp=ERRORURL_RP&tid=ERRORURL_TID&ctx=ERRORURL_CTX", []string{"The service could not let you in"}, "ERRORURL"},
		"a stranger":          {"code=OTHER_ERROR&rp=https%3A%2F%2Fevil.example%2Fcall-1-900", []string{"The service could not let you in"}, "evil"},
		"a sentence":          {"tid=call+1-900-555-0100+now" + rp, []string{"ClinicalConnect"}, "1-900"},
		"a page in a number":  {"tid=%3Cb%3Ex%3C/b%3E", []string{"The service"}, "<b>x"},
		"a time of last year": {"ts=1700000000" + rp, []string{"November 20, 2026"}, "2023"},
	} {
		page := fetch(app, http.MethodGet, "/saml/error?"+c.query).WantStatus(200)
		for _, want := range c.want {
			if !strings.Contains(page.Text(), want) {
				t.Errorf("%s: the page lacks %q:\n%s", name, want, page.Text())
			}
		}
		if c.absent != "" && strings.Contains(page.Find("main").Text(), c.absent) {
			t.Errorf("%s: the page shows %q", name, c.absent)
		}
	}
	for lang, want := range map[string]string{"en": "Sign-in and security", "fr": "Connexion et sécurité"} {
		link := fetch(app, http.MethodGet, "/saml/error?code=AUTHENTICATION_FAILURE"+rp, "Accept-Language", lang).Find("main ol a")
		if link.Text() != want || link.AttrOr("href", "") != "/profile/security" {
			t.Errorf("%s: where to add a passkey is %q at %q", lang, link.Text(), link.AttrOr("href", ""))
		}
	}
	app.Exec("UPDATE service_providers SET enabled = false")
	fetch(app, http.MethodGet, "/saml/error?code=OTHER_ERROR"+rp).WantText("The service could not let you in")
	french := fetch(app, http.MethodGet, "/saml/error?code=AUTHORIZATION_FAILURE", "Accept-Language", "fr")
	french.WantText("ne vous a pas donné accès")
}
