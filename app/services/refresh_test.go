package services_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oneid/app/internal/apptest"
	"oneid/app/internal/outbox"
	"oneid/views/ui"
)

// published is a service that publishes its metadata on this machine.
func published(t *testing.T) (address string, publish func(string), asked *atomic.Int32) {
	t.Helper()
	var doc atomic.Value
	asked = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		text, _ := doc.Load().(string)
		if text == "" {
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "viewer.localhost", 1) + "/metadata", func(s string) { doc.Store(s) }, asked
}

func TestMetadataIsFetchedAgainBySchedule(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	address, publish, asked := published(t)
	publish(sound())
	page := bring(sade, nil, "how", "address", "address", address).Rest().WantText("Nothing to mend", "Fetch it again by itself")
	page = propose(page, "scheduled", "yes")
	luc.Post("/services/approve", "entity", viewerID, "number", waitingNumber(page)).Rest().WantText("Approved")
	metadata := "/services/viewer-example-saml/metadata"
	sade.Get(metadata).WantText("By itself, from this address", address)

	before := asked.Load()
	w.Round("services_metadata")
	if asked.Load() != before {
		t.Error("it was fetched before it was due")
	}
	publish(strings.Replace(sound(), "Maple Viewer", "Maple Reader", 1))
	w.Clock.Advance(7 * time.Hour)
	w.Round("services_metadata")
	if got := w.Rows("metadata_versions", "source = 'schedule' AND state = 'current'"); got != 1 {
		t.Errorf("%d versions came by schedule", got)
	}

	publish(strings.Replace(sound(), "https://viewer.example/acs", "https://new.viewer.example/acs", 1))
	w.Clock.Advance(7 * time.Hour)
	w.Round("services_metadata")
	w.Clock.Advance(7 * time.Hour)
	w.Round("services_metadata")
	if got := w.Rows("metadata_versions", "source = 'schedule' AND state = 'waiting'"); got != 1 {
		t.Errorf("%d versions wait, want the same one to wait on", got)
	}
	if got := w.Rows("metadata_versions", "state = 'withdrawn'"); got != 0 {
		t.Errorf("%d versions were withdrawn", got)
	}

	publish("<html>moved</html>")
	w.Clock.Advance(7 * time.Hour)
	w.Round("services_metadata")
	sade = w.SignedIn(apptest.Account{LoginID: "SADE.OKOYE", Password: apptest.Password})
	sade.Get(metadata).WantText("Nothing usable has come since", "can’t be taken as it is", "waits for approval")
	sade.Post(metadata, "do", "refresh").Rest().WantSaid(ui.Warn, "Nothing usable came")
	publish(strings.Replace(sound(), "Maple Viewer", "Maple Reader", 1))
	sade.Post(metadata, "do", "refresh").Rest().WantSaid(ui.Info, "Nothing has changed there").WantNever("Nothing usable has come since")
	sade.Post(metadata, "do", "stop").Rest().WantSaid(ui.OK, "no longer fetched").WantText("By hand")
	sade.Post(metadata, "do", "refresh").WantStatus(http.StatusNotFound)
}

func TestTheTechnicalContactIsWarnedOnceForEachStage(t *testing.T) {
	t.Parallel()
	w, sade, luc := staffed(t)
	page := propose(paste(sade, sound()))
	luc.Post("/services/approve", "entity", viewerID, "number", waitingNumber(page)).Rest()
	sent := func() int { return w.Rows("messages", "kind = '"+string(outbox.KindServiceWarning)+"'") }
	w.Round("services_warnings")
	if got := sent(); got != 0 {
		t.Fatalf("%d warnings 90 days before", got)
	}
	for _, c := range []struct{ days, want int }{{65, 1}, {1, 1}, {11, 2}, {8, 3}, {4, 4}, {2, 5}} { // the end is on day 90
		w.Clock.Advance(time.Duration(c.days) * 24 * time.Hour)
		w.Round("services_warnings")
		w.Round("services_warnings")
		w.Deliver()
		if got := sent(); got != c.want {
			t.Errorf("after %d more days %d warnings went out, want %d", c.days, got, c.want)
		}
	}
	mails := w.Mails()
	if len(mails) != 5 {
		t.Fatalf("%d mails", len(mails))
	}
	first := mails[0]
	if first.To != "integration@viewer.example" || !strings.Contains(first.Letter.Subject, "Maple Viewer") || !strings.Contains(first.Letter.Text, "metadata ends on February 18, 2027") {
		t.Errorf("to %s: %s\n%s", first.To, first.Letter.Subject, first.Letter.Text)
	}
	sade = w.SignedIn(apptest.Account{LoginID: "SADE.OKOYE", Password: apptest.Password})
	sade.Get("/services/viewer-example-saml").WantText("Metadata ended on")
}
