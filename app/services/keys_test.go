package services_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneid/app"
	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// proposedKey is the address at which a page offers to decide about a key.
func proposedKey(p *apptest.Page) string {
	p.Helper()
	return p.Find(`a[href^="/services/keys/proposed/"]`).AttrOr("href", "")
}

// everyServiceFetches has all services fetch our metadata at their own addresses,
// save those given.
func everyServiceFetches(w *apptest.App, but ...string) {
	w.Helper()
	rows, err := db.ServiceProviders(w.Context(), w.DB)
	if err != nil {
		w.Fatal(err)
	}
	for _, row := range rows {
		if len(but) > 0 && row.EntityID == but[0] {
			continue
		}
		w.Browser().Get("/saml/metadata/" + row.MetadataToken).WantStatus(http.StatusOK)
	}
}

// again signs an administrator in once more, whose session has ended.
func again(w *apptest.App, loginID string) *apptest.Browser {
	w.Helper()
	return w.SignedIn(apptest.Account{LoginID: loginID, Password: apptest.Password})
}

func TestOurKeyIsRolledOverFromTheConsole(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	sade.Get("/services/keys").WantStatus(http.StatusOK).WantText("signing-1", "In use", "can be published at any time")

	// A new key needs two people, and no private part is ever shown.
	next := sade.Post("/services/keys/next", "wish", "signing rsa").Rest().WantSaid(ui.Info, "The key is made when a second person approves it").WantText("You proposed this")
	at := proposedKey(next)
	sade.Post("/services/keys/next", "wish", "signing rsa").WantStatus(http.StatusUnprocessableEntity).WantText("waits for a second person")
	sade.Post(at, "do", "approve").Rest().WantSaid(ui.Warn, "You proposed this yourself")
	if got := w.Rows("saml_keys", "state = 'next'"); got != 0 {
		t.Errorf("%d keys were made by one person", got)
	}
	luc.Get(at).WantText("Proposed by SADE.OKOYE")
	luc.Post(at, "do", "approve").Rest().WantText("signing-2 is made", "saml-signing-2.pem", "signs nothing yet", "of 3 services are known to have it").WantNever("PRIVATE")
	luc.Post(at, "do", "approve").Rest().WantSaid(ui.Warn, "Somebody else has decided")
	if got := w.Rows("audit_events", "kind = 'keys.key.moved' AND subject = 'signing-2' AND details LIKE '%proposed_by%'"); got != 1 {
		t.Errorf("%d records say who proposed the key", got)
	}
	if metadata := w.Browser().Get("/saml/metadata").Body; strings.Count(metadata, `use="signing"`) != 2 {
		t.Error("the next key is not published")
	}

	// Before its time it signs for nobody, whatever is sent.
	sade.Get("/services/keys/switch/signing-2").WantText("It is too early", "Not known to have it", "OTN")
	sade.Post("/services/keys/switch/signing-2", "do", "switch").Rest().WantSaid(ui.Warn, "That is too early")
	w.WantAudit(audit.KeyServiceSet, 0)

	// Once all but one have it and the time is over, that one keeps the old key.
	everyServiceFetches(w, w.Viewer(apptest.OTNHub).EntityID)
	sade.Get("/services/keys").WantText("2 of 3 services are known to have it")
	w.Clock.Advance(31 * 24 * time.Hour)
	sade, luc = again(w, "SADE.OKOYE"), again(w, "LUC.ROY")
	sade.Get("/services/keys").WantText("its waiting time is over")
	sade.Get("/services/keys/switch/signing-2").WantText("keep the old key for a while").WantNever("too early")
	sade.Post("/services/keys/switch/signing-2", "until", "2020-01-01").WantStatus(http.StatusUnprocessableEntity).WantError("until", "day to come")
	until := w.Clock.Now().AddDate(0, 0, 10).Format(time.DateOnly)
	sade.Post("/services/keys/switch/signing-2", "until", until).Rest().WantText("signing-2 is the current key", "On its way out", "still signs for 1 service that lags")

	// The old key can't go while somebody needs it; the laggard goes over by itself.
	sade.Get("/services/keys/retire/signing-1").WantText("It is still needed", "OTN")
	sade.Post("/services/keys/retire/signing-1").Rest().WantText("That is too early")
	luc.Get("/services/keys/of/otnhub").WantText("Keeps it until", "It is not known whether the service has signing-2")
	luc.Post("/services/keys/of/otnhub", "do", "confirm").Rest().WantSaid(ui.OK, "Noted")
	luc.Post("/services/keys/of/otnhub", "do", "switch").Rest().WantText("signing-2 signs for the service from now on")
	sade.Get("/services/keys").WantText("It can be retired")
	sade.Post("/services/keys/retire/signing-1").Rest().WantText("signing-1 is retired", "1 retired key")
	sade.Get("/services/otnhub/history").WantText("The key that signs for the service was changed", "By LUC.ROY")
	if metadata := w.Browser().Get("/saml/metadata").Body; strings.Count(metadata, `use="signing"`) != 1 {
		t.Error("the old key is still published")
	}
}

func TestAServiceGoesAheadOrKeepsItsKey(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	luc.Post(proposedKey(sade.Post("/services/keys/next", "wish", "signing rsa").Rest()), "do", "approve").Rest().WantText("signing-2 is made")
	path := "/services/keys/of/otnhub"
	sade.Get(path).WantText("It is not known whether the service has signing-2", "/saml/metadata/")
	sade.Post(path, "do", "switch").Rest().WantText("signing-2 signs for the service from now on")
	sade.Post(path, "do", "switch").Rest().WantText("signing-1 signs for the service from now on")
	until := w.Clock.Now().AddDate(0, 0, 40).Format(time.DateOnly)
	sade.Post(path, "do", "keep", "key", "encryption-1", "until", until).WantStatus(http.StatusUnprocessableEntity).WantText("in use or on its way out")
	sade.Post(path, "do", "keep", "key", "signing-1", "until", "").WantStatus(http.StatusUnprocessableEntity).WantError("until", "day to come")
	sade.Post(path, "do", "keep", "key", "signing-1", "until", "2999-01-01").WantStatus(http.StatusUnprocessableEntity).WantError("until", "One year")
	sade.Post(path, "do", "keep", "key", "signing-1", "until", until).Rest().WantText("signing-1 signs for the service until")

	// What was said waits for the next page, and is in its language to the date.
	sade.Post(path, "do", "keep", "key", "signing-1", "until", until)
	sade.Get("/language/fr")
	french := i18n.With(t.Context(), nil, i18n.FR)
	sade.Get(path).WantText("signing-1 signe pour le service jusqu’au " + i18n.Date(french, w.Clock.Now().AddDate(0, 0, 40)))
	sade.Get("/language/en")
	sade.Post(path, "do", "dance").WantStatus(http.StatusBadRequest)
	sade.Get("/services/keys/of/nobody").WantStatus(http.StatusNotFound)

	// A next key that is not wanted any more goes at once.
	sade.Post("/services/keys/retire/signing-2").Rest().WantText("signing-2 is retired")
	sade.Post("/services/keys/retire/signing-1").Rest().WantText("Somebody else has decided")
}

func TestAProposedKeyCanBeWithdrawn(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	for _, wish := range []string{"signing ec", "encryption rsa", "metadata rsa"} {
		at := proposedKey(sade.Post("/services/keys/next", "wish", wish).Rest())
		luc.Post(at, "do", "withdraw").Rest().WantText("Withdrawn. Nothing has changed.")
		luc.Get(at).Rest().WantText("Somebody else has decided")
	}
	sade.Post("/services/keys/next", "wish", "encryption ec").WantStatus(http.StatusUnprocessableEntity).WantText("Choose which key")
	sade.Get("/services/keys/proposed/x").WantStatus(http.StatusNotFound)
	sade.Get("/services/keys/switch/x").WantStatus(http.StatusNotFound)
	if got := w.Rows("saml_keys", "state = 'next'"); got != 0 {
		t.Errorf("%d keys were made", got)
	}
	w.WantAudit(audit.KeyWithdrawn, 3)
}

func TestWhatIsDoneWithKeysWantsFreshProof(t *testing.T) {
	t.Parallel()
	w, sade, _ := staffed(t)
	for range 2 {
		w.Clock.Advance(6 * time.Minute)
		sade.Get("/services/keys").WantStatus(http.StatusOK)
	}
	for _, path := range []string{"/services/keys/next", "/services/keys/switch/signing-1", "/services/keys/retire/signing-1", "/services/keys/of/otnhub"} {
		sade.Get(path).WantRedirect("/challenge")
		sade.Post(path, "wish", "signing rsa").WantRedirect("/challenge")
	}
	if got := w.Rows("proposals", "true"); got != 0 {
		t.Errorf("%d keys were proposed without fresh proof", got)
	}
}

func TestAKeyIsNotSwitchedToWhereItsFileIsMissing(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	luc.Post(proposedKey(sade.Post("/services/keys/next", "wish", "encryption rsa").Rest()), "do", "approve").Rest().WantText("encryption-2 is made")
	file := filepath.Join(w.Config.KeysDir, "saml-encryption-2.pem")
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	luc.Post("/services/keys/switch/encryption-2").Rest().WantText("Nothing has changed: this node does not have the key’s file")
	if n := w.Rows("saml_keys", "id = 'encryption-2' AND state = 'next'"); n != 1 {
		t.Error("it was switched to")
	}
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	luc.Post("/services/keys/switch/encryption-2").Rest().WantText("encryption-2 is the current key")
}

func TestAServiceIsNotSwitchedToAKeyWhoseFileIsMissing(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	luc.Post(proposedKey(sade.Post("/services/keys/next", "wish", "signing rsa").Rest()), "do", "approve").Rest().WantText("signing-2 is made")
	file := filepath.Join(w.Config.KeysDir, "saml-signing-2.pem")
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	path := "/services/keys/of/otnhub"
	sade.Post(path, "do", "switch").Rest().WantText("Nothing has changed: this node does not have the key’s file")
	luc.Get("/language/fr")
	luc.Post(path, "do", "switch").Rest().WantText("ce nœud n’a pas le fichier de la clé")
	err := app.SwitchKey(t.Context(), w.Config, app.KeySwitch{Service: w.Viewer(apptest.OTNHub).EntityID}, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "this node lacks the key: copy saml-signing-2.pem into the key folder of this node, mode 0400") {
		t.Errorf("on the command line: %v", err)
	}
	w.WantAudit(audit.KeyServiceSet, 0)
	if n := w.Rows("service_providers", "signing_key IS NOT NULL"); n != 0 {
		t.Error("it was switched")
	}
}

func TestAKeyIsNotSwitchedToBeforeEveryNodeHasIt(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	// Another node, whose folder is not the same any more.
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(w.Config.KeysDir)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Chmod(file, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	other := w.Node(apptest.Setting("NODE", "west-2"), apptest.Setting("KEYS_DIR", dir))
	other.Tell()
	sade.Get("/services/keys").WantNever("Other nodes lack")
	for _, wish := range []string{"signing rsa", "encryption rsa"} {
		luc.Post(proposedKey(sade.Post("/services/keys/next", "wish", wish).Rest()), "do", "approve").Rest().WantText("is made")
	}
	other.Tell()
	sade.Get("/services/keys").WantText("Other nodes lack a key that they need.", "west-2 lacks signing-2: copy saml-signing-2.pem to its key folder.", "west-2 lacks encryption-2")
	sade.Post("/services/keys/switch/encryption-2").Rest().WantText("Nothing has changed: encryption-2 is still missing on west-2.")
	sade.Post("/services/keys/of/otnhub", "do", "switch").Rest().WantText("Nothing has changed: signing-2 is still missing on west-2.")
	luc.Get("/language/fr")
	luc.Get("/services/keys").WantText("Il manque signing-2 à west-2 : copiez saml-signing-2.pem dans son dossier de clés.")
	luc.Post("/services/keys/switch/encryption-2").Rest().WantText("Rien n’a changé : encryption-2 manque encore à west-2.")
	w.WantAudit(audit.KeyServiceSet, 0)

	// The command line says the same. It goes by the database's own time.
	w.Tell()
	w.Exec("UPDATE nodes SET seen_at = now()")
	var said bytes.Buffer
	err = app.SwitchKey(t.Context(), w.Config, app.KeySwitch{Use: db.KeyEncryption, Algorithm: "rsa"}, &said)
	if err == nil || !strings.Contains(err.Error(), "encryption-2: west-2 can't use it yet") {
		t.Errorf("on the command line: %v", err)
	}
	if err := app.ListKeys(t.Context(), w.Config, &said); err != nil {
		t.Fatal(err)
	}
	if lines := regexp.MustCompile(`(?m)^NODE +SEEN LAST +LACKS\n(\S+ +[-\d]+ [:\d]+ +-\n)?west-2 +[-\d]+ [:\d]+ +encryption-2, signing-2\n(\S+ +[-\d]+ [:\d]+ +-\n)?$`); !lines.MatchString(said.String()) || strings.Count(said.String(), "\nwest-2") != 1 {
		t.Errorf("keys list says\n%s", said.String())
	}

	for _, name := range []string{"saml-signing-2.pem", "saml-encryption-2.pem"} {
		body, err := os.ReadFile(filepath.Join(w.Config.KeysDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(time.Minute)
	other.Tell()
	sade.Get("/services/keys").WantNever("Other nodes lack")
	sade.Post("/services/keys/switch/encryption-2").Rest().WantText("encryption-2 is the current key")
	sade.Post("/services/keys/of/otnhub", "do", "switch").Rest().WantText("signing-2 signs for the service from now on")
}

func TestAFolderThatCannotBeWrittenToIsSaidSo(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	// What stands in the way stops root too, whom a mode would not.
	if err := os.Mkdir(filepath.Join(w.Config.KeysDir, "saml-signing-2.pem"), 0o700); err != nil {
		t.Fatal(err)
	}
	at := proposedKey(sade.Post("/services/keys/next", "wish", "signing rsa").Rest())
	luc.Post(at, "do", "approve").Rest().WantText("This node can’t write to its key folder", "oneid keys next")
	luc.Get("/language/fr")
	luc.Post(at, "do", "approve").Rest().WantText("dossier de clés", "oneid keys next")
	if n := w.Rows("saml_keys", "state = 'next'") + w.Rows("proposals", "state = 'approved'"); n != 0 {
		t.Errorf("%d came of it", n)
	}
	err := app.NextKey(t.Context(), w.Config, app.NewKey{Use: "signing", Algorithm: "rsa"}, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "the key folder can't be written to") || !strings.Contains(err.Error(), "saml-signing-2.pem") || strings.Contains(err.Error(), "\n") {
		t.Errorf("on the command line: %v", err)
	}
}
