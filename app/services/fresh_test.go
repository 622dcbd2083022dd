package services_test

import (
	"net/http"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
)

func TestWhateverIsApprovedWantsFreshProof(t *testing.T) {
	t.Parallel()
	for language, words := range map[string]string{"en": "You are about to change something important", "fr": "Vous allez modifier un élément important"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w, sade, luc := staffed(t)
			device := w.Device()
			luc.AddPasskey(device, "Key").WantRedirect("/profile/passkeys")
			luc.Get("/language/" + language)
			number := waitingNumber(propose(paste(sade, sound()), "start", "https://viewer.example/"))
			form := saved(sade.Get("/services/otnhub/policy"))
			form.Set("requests", "off")
			id := proposedPolicy(sade.Send("/services/otnhub/policy", form).Rest())
			for range 2 { // nobody left: it is only a while since they proved who they are
				w.Clock.Advance(6 * time.Minute)
				luc.Get("/services").WantStatus(http.StatusOK)
			}
			approvals := map[string]func() *apptest.Page{
				"/services/viewer-example-saml/metadata": func() *apptest.Page {
					return luc.Post("/services/approve", "entity", viewerID, "number", number)
				},
				"/services/otnhub/policy": func() *apptest.Page {
					return luc.Post("/services/otnhub/policy", "do", "approve", "proposal", id)
				},
			}
			for _, approve := range approvals {
				approve().WantRedirect("/challenge")
			}
			if w.WantAudit(audit.ServiceApproved, 0); w.Rows("proposals", "state = 'approved'") != 0 {
				t.Error("a policy was approved without fresh proof")
			}
			for back, approve := range approvals {
				approve().Rest().WantStatus(http.StatusOK).WantText(words)
				luc.UsePasskey(device, "/challenge/passkey").WantRedirect(back).Rest().WantStatus(http.StatusOK)
				approve().WantRedirect(back)
				for range 2 {
					w.Clock.Advance(6 * time.Minute)
					luc.Get("/services").WantStatus(http.StatusOK)
				}
			}
			if w.WantAudit(audit.ServiceApproved, 1); w.Rows("proposals", "state = 'approved'") != 1 {
				t.Error("the policy was not approved")
			}
			// Withdrawing loosens nothing, and wants none.
			luc.Post("/services/withdraw", "entity", viewerID, "number", number).WantRedirect("/services/viewer-example-saml/metadata")
		})
	}
}
