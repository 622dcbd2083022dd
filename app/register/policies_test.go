package register

import (
	"context"
	"crypto/sha256"
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/audit"
	"oneid/db"
)

// publish puts a newer version of the agreement in force, now.
func (w *world) publish(version string) {
	w.Helper()
	w.clock.Advance(time.Minute)
	err := db.InTx(w.Context(), w.db, func(ctx context.Context, tx db.Tx) error {
		for _, language := range []string{"en", "fr"} {
			body := "# Agreement " + version + "\n\nNew words in " + language + ".\n"
			sum := sha256.Sum256([]byte(body))
			if err := db.PublishDocument(ctx, tx, db.Document{
				Name: db.DocumentAgreement, Version: version, Language: language, Title: "Agreement", Body: body,
				SHA256: sum[:], InForceAt: tx.At,
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	w.clock.Advance(time.Minute)
}

func TestThePoliciesNameWhomTheCollegeConfirmed(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.get("/register/policies").wantStatus(http.StatusOK).
		wantText("The College of Physicians and Surgeons of Ontario confirmed that you are RANDY JAMES BURT, registration number ending in 93.").
		wantNot("100093")
}

func TestWithoutTheTickNobodyGoesOn(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies").wantStatus(http.StatusUnprocessableEntity).
		wantText("To go on, tick the box to say that you agree. To stop, choose Cancel.")
	if b.read(b.id).Agreed != nil {
		t.Error("agreed without the tick")
	}
}

func TestAnAgreementNamesWhatWasOnTheScreen(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.fill("policies", "agree", "yes").wantGo("/register/personal")
	agreed := b.read(b.id).Agreed
	if agreed == nil || len(agreed.Documents) != 2 || !agreed.At.Equal(noon) {
		t.Fatalf("agreed to %+v", agreed)
	}
	documents, err := db.DocumentsInForce(t.Context(), b.db, "en", b.clock.Now(), db.DocumentNotice, db.DocumentAgreement)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range agreed.Documents {
		want := documents[i]
		if got.Name != want.Name || got.Version != want.Version || got.Language != "en" || string(got.SHA256) != string(want.SHA256) {
			t.Errorf("agreed to %s %s in %s, want %s %s in en", got.Name, got.Version, got.Language, want.Name, want.Version)
		}
	}
	if b.audited(audit.RegisterPoliciesAgreed) != 1 {
		t.Error("the agreement is not in the audit")
	}
}

func TestANewerVersionIsShownBeforeItIsAgreedTo(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	form := append(b.get("/register/policies").hidden(), "agree", "yes")
	b.publish("2")
	again := b.post("/register/policies", form...).wantStatus(http.StatusUnprocessableEntity).
		wantText("A newer version came into force while you were reading. Read it and agree again.", "New words in en.")
	b.post("/register/policies", append(again.hidden(), "agree", "yes")...).wantGo("/register/personal")
	if got := b.read(b.id).Agreed.Documents[1].Version; got != "2" {
		t.Errorf("agreed to version %s, want 2", got)
	}
}

func TestAForgedHashIsNoAgreement(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.post("/register/policies", "shown", "notice-of-collection/1.0-sample/en/00", "shown", "physician-agreement/1.0-sample/en/00", "agree", "yes").
		wantStatus(http.StatusUnprocessableEntity)
	b.post("/register/policies", "agree", "yes").wantStatus(http.StatusUnprocessableEntity)
	if b.read(b.id).Agreed != nil {
		t.Error("agreed to something that was never shown")
	}
}

func TestAnAgreementLapsesWithItsVersion(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy()).through("profession")
	b.publish("2")
	b.get("/register/questions").wantGo("/register/policies?skipped=1")
	b.get("/register/policies").wantStatus(http.StatusOK).wantText("A newer version came into force", "New words in en.")
	b.fill("policies", "agree", "yes").wantGo("/register/personal")
	b.get("/register/questions").wantStatus(http.StatusOK)
}

func TestSwitchingTheLanguageKeepsTheTick(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	french := b.fill("policies", "agree", "yes", "switch_language", "fr").wantStatus(http.StatusOK).
		wantText("Avis de collecte", "Entente avec les médecins")
	b.post("/register/policies", append(french.hidden(), "agree", "yes")...).wantGo("/register/personal")
	if got := b.read(b.id).Agreed.Documents[0].Language; got != "fr" {
		t.Errorf("agreed in %q, want fr", got)
	}
}

func TestThePoliciesCanBePrintedByAnyone(t *testing.T) {
	t.Parallel()
	b := setUp(t).browse(randy())
	b.client.Jar = nil
	b.get("/register/notice").wantStatus(http.StatusOK).wantText("Notice of Collection", "Version 1.0-sample, in force since November 21, 2026")
	b.get("/register/agreement").wantStatus(http.StatusOK).wantText("Physician Agreement", "1.1 The Agreement allows you")
}
