package college_test

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"oneid/app/internal/apptest"
	"oneid/app/internal/audit"
)

// wantRefused wants the page of a refused hand-over, whose number leads to the
// event that says why, and that nothing was saved.
func wantRefused(t testing.TB, p *apptest.Page, code string) {
	t.Helper()
	p.WantStatus(403).WantText("We could not start your registration", "Nothing was saved", "416-967-2606", "1-800-268-7096 ext. 606")
	reference := p.Reference()
	events := p.Audited(audit.CollegeEvidenceRefused)
	if len(events) == 0 {
		t.Errorf("no event tells of the refusal")
		return
	}
	for _, e := range events {
		if e.Reference != reference {
			continue
		}
		if got := details(t, e.Details)["code"]; got != code {
			t.Errorf("refused as %q, want %q", got, code)
		}
		return
	}
	t.Errorf("no event has the page's number %s", reference)
}

// wantNothingSaved wants no trace of a member but the events.
func wantNothingSaved(t testing.TB, app *apptest.App) {
	t.Helper()
	for _, table := range []string{"drafts", "evidences", "accounts", "messages"} {
		if n := app.Rows(table, ""); n != 0 {
			t.Errorf("%d rows in %s, want none", n, table)
		}
	}
}

func details(t testing.TB, text string) map[string]string {
	t.Helper()
	var d map[string]string
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
