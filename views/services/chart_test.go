package services_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"oneid/views/i18n"
	view "oneid/views/services"
)

// What lies outside a drawing is cut off.
func TestTheNumbersBesideTheBarsFitIntoTheDrawing(t *testing.T) {
	t.Parallel()
	const digit = 6.9 // the width of one, in the letters of a chart
	for _, busiest := range []int{3, 640, 3900, 39000, 1200000} {
		for _, lang := range []i18n.Lang{i18n.EN, i18n.FR} {
			var page bytes.Buffer
			hours := []view.Hour{{At: noon(), Good: busiest}, {At: noon().Add(time.Hour), Failed: 1}}
			if err := view.Overview(view.OverviewModel{Head: view.Head{Entity: "https://viewer.example/saml"}, Hours: hours, Now: noon()}).Body.Render(spoken(t, lang), &page); err != nil {
				t.Fatal(err)
			}
			doc, err := goquery.NewDocumentFromReader(&page)
			if err != nil {
				t.Fatal(err)
			}
			labels := doc.Find(`[aria-labelledby="hours-h"] svg text[text-anchor="end"]`)
			if labels.Length() != 10 {
				t.Fatalf("%d numbers beside the bars, want 10", labels.Length())
			}
			for _, label := range labels.EachIter() {
				end, err := strconv.ParseFloat(label.AttrOr("x", ""), 64)
				if text := strings.TrimSpace(label.Text()); err != nil || end < digit*float64(utf8.RuneCountInString(text)) {
					t.Errorf("%s, %d: %q ends at %v and begins outside", lang, busiest, text, end)
				}
			}
		}
	}
}
