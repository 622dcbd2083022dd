package services_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"oneid/views/i18n"
	view "oneid/views/services"
)

// told is what a history says of one change of a setting.
func told(t *testing.T, lang i18n.Lang, line view.EventLine) string {
	t.Helper()
	line.Changed = true
	var page bytes.Buffer
	body := view.History(view.HistoryModel{Events: []view.Event{{Kind: "services.policy.changed", Who: "SADE.OKOYE", At: noon(), Lines: []view.EventLine{line}}}}).Body
	if err := body.Render(spoken(t, lang), &page); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&page)
	if err != nil {
		t.Fatal(err)
	}
	detail := doc.Find(".details dd")
	detail.Find(".sr, [aria-hidden]").Remove()
	detail.Find("br").ReplaceWithHtml(" / ")
	return strings.Join(strings.Fields(strings.ReplaceAll(detail.Text(), "\u00a0", " ")), " ")
}

// The trail can't be written anew: what it said of exceptions in former versions
// has to be read as it stands.
func TestTheHistoryPutsExceptionsInWordsHoweverTheTrailWroteThem(t *testing.T) {
	t.Parallel()
	const (
		// The day was that of the last second by the clock of Greenwich.
		former = "clear until 2026-12-12, A. Lee: Upgrade in May"
		now    = "clear until 2026-12-12T04:59:59Z, A. Lee: Upgrade in May"
		other  = "sha1 until 2027-04-01T03:59:59Z, B. Roy: old appliance; replaced by spring, they say"
	)
	for name, c := range map[string]struct {
		line   view.EventLine
		en, fr string
	}{
		"as it is written": {
			view.EventLine{Was: "", Is: now},
			"– Assertions in clear, until December 11, 2026. A. Lee: Upgrade in May",
			"– Assertions en clair, jusqu’au 11 décembre 2026. A. Lee: Upgrade in May",
		},
		"as it was written": {
			view.EventLine{Was: former, Is: ""},
			"Assertions in clear, until December 11, 2026. A. Lee: Upgrade in May –",
			"Assertions en clair, jusqu’au 11 décembre 2026. A. Lee: Upgrade in May –",
		},
		"several, with a semicolon in a reason": {
			view.EventLine{Was: former, Is: other + "; " + now},
			"Assertions in clear, until December 11, 2026. A. Lee: Upgrade in May " +
				"Signatures with SHA-1, until March 31, 2027. B. Roy: old appliance; replaced by spring, they say / " +
				"Assertions in clear, until December 11, 2026. A. Lee: Upgrade in May",
			"Assertions en clair, jusqu’au 11 décembre 2026. A. Lee: Upgrade in May " +
				"Signatures avec SHA-1, jusqu’au 31 mars 2027. B. Roy: old appliance; replaced by spring, they say / " +
				"Assertions en clair, jusqu’au 11 décembre 2026. A. Lee: Upgrade in May",
		},
		"what can't be read": {
			view.EventLine{Was: "", Is: "clear, some day"}, "– clear, some day", "– clear, some day",
		},
	} {
		c.line.Name = "exceptions"
		for lang, want := range map[i18n.Lang]string{i18n.EN: c.en, i18n.FR: c.fr} {
			if got := told(t, lang, c.line); got != want {
				t.Errorf("%s, %s:\n got %s\nwant %s", name, lang, got, want)
			}
		}
	}
}

func TestTheHistoryTakesSeveralAttributesApart(t *testing.T) {
	t.Parallel()
	line := view.EventLine{Name: "release", Was: "email = urn:oid:0.9.2342.19200300.100.1.3 [mail]", Is: "first_name = urn:oid:2.5.4.42 [givenName]; last_name = urn:oid:2.5.4.4 [sn]"}
	want := "Email address / urn:oid:0.9.2342.19200300.100.1.3 [mail] First name / urn:oid:2.5.4.42 [givenName] / Last name / urn:oid:2.5.4.4 [sn]"
	if got := told(t, i18n.EN, line); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
