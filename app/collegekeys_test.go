package app_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"oneid/app"
	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/app/internal/samlkey"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/xmlsig"
)

func TestTheKeyTowardCollegesIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	certificate := regexp.MustCompile(`<ds:X509Certificate>([^<]+)<`)
	published := func(node *apptest.App) []string {
		t.Helper()
		var all []string
		_, role, _ := strings.Cut(node.Browser().Get("/college/metadata").WantStatus(200).Body, "SPSSODescriptor")
		for _, m := range certificate.FindAllStringSubmatch(role, -1) {
			all = append(all, m[1])
		}
		return all
	}
	// A request is signed by the key whose certificate is given.
	signedBy := func(node *apptest.App, certificate string) bool {
		t.Helper()
		_, raw, _ := strings.Cut(node.Browser().Get("/register?college="+string(apptest.CPSO)).To(), "?")
		query, err := xmlsig.ReadQuery(raw)
		if err != nil {
			t.Fatal(err)
		}
		der, _ := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(certificate), ""))
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = query.Verify([]*x509.Certificate{cert})
		return err == nil
	}
	before := published(w)[0]
	next := app.NewKey{Use: "colleges", Algorithm: "rsa"}
	var said bytes.Buffer
	if err := app.NextKey(t.Context(), w.Config, next, &said); err != nil || !strings.Contains(said.String(), "saml-colleges-2.pem is made. Copy it") {
		t.Fatalf("%v: %s", err, said.String())
	}
	w.WantAudit(audit.KeyMoved, 5) // the first keys: three for services and one for colleges; and this
	if err := app.NextKey(t.Context(), w.Config, next, &said); !errors.Is(err, samlkey.ErrComing) {
		t.Errorf("a second next key: %v", err)
	}
	said.Reset()
	if err := app.ListKeys(t.Context(), w.Config, &said); err != nil || !regexp.MustCompile(`(?s)colleges-1 .*current.*colleges-2 .*next`).MatchString(said.String()) {
		t.Errorf("%v: %s", err, said.String())
	}
	both := published(w.Node())
	if len(both) != 2 || both[0] != before || both[1] == before {
		t.Fatalf("%d certificates are published", len(both))
	}
	if !signedBy(w.Node(), before) {
		t.Error("the key that is only published signs")
	}
	if err := os.Remove(filepath.Join(w.Config.KeysDir, "saml-colleges-1.pem")); err != nil {
		t.Fatal(err)
	}
	if after := published(w.Node()); len(after) != 1 || after[0] != both[1] {
		t.Error("the next key is not the one that signs now")
	}
	if node := w.Node(); !signedBy(node, both[1]) {
		t.Error("the next key does not sign")
	}
	if err := app.InitKeys(w.Config.KeysDir, true); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(w.Config.KeysDir, "saml-colleges-1.pem")); err == nil {
		t.Error("the retired key has a new one of its number")
	}
}

// A command may be killed at any moment, and files are copied by hand.
func TestTheTrailKnowsEveryKeyOfTheFolder(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	known := func(id, file string) []db.AuditEvent {
		t.Helper()
		body, err := os.ReadFile(filepath.Join(w.Config.KeysDir, file))
		if err != nil {
			t.Fatal(err)
		}
		key, err := saml.ReadSigningKey(body)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(w.Audited(audit.KeyMoved), func(e db.AuditEvent) bool {
			return e.Subject != id || !strings.Contains(e.Details, saml.Fingerprint(key.Certificate))
		})
	}
	for id, file := range map[string]string{
		"signing-1": "saml-services-1.pem", "encryption-1": "saml-encryption-1.pem", "metadata-1": "saml-metadata-1.pem", "colleges-1": "saml-colleges-1.pem",
	} {
		if events := known(id, file); len(events) != 1 {
			t.Errorf("%d events about %s, which the first start found", len(events), id)
		}
	}
	// What a kill leaves, just before the trail would have heard.
	for _, file := range []string{"saml-colleges-2.pem", "saml-signing-2.pem"} {
		key, err := saml.NewShortKey("oneid", w.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if err := samlkey.WriteFile(w.Config.KeysDir, file, key); err != nil {
			t.Fatal(err)
		}
	}
	if err := app.ListKeys(t.Context(), w.Config, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	w.Node() // finds nothing new
	for _, id := range []string{"colleges-2", "signing-2"} {
		events := known(id, "saml-"+id+".pem")
		if len(events) != 1 || events[0].Actor != "system" || !strings.Contains(events[0].Details, `"state":"found"`) {
			t.Errorf("the trail knows %+v of %s", events, id)
		}
	}
	w.WantIntact()
}
