package ui_test

import (
	"strings"
	"testing"

	"oneid/views/ui"
)

func TestAPolicyIsHeadingsArticlesAndLists(t *testing.T) {
	t.Parallel()
	const body = "# Agreement\n\nBetween you\nand us.\n\n## 1. Duties\n\n1.1 Sign out.\n\n- keep <b>secrets</b>\n- lock\n  the screen\n\n[Address](javascript:alert(1)) & more\n"
	const want = "<p>Between you and us.</p><h3>1. Duties</h3><p>1.1 Sign out.</p>" +
		"<ul><li>keep &lt;b&gt;secrets&lt;/b&gt;</li><li>lock the screen</li></ul>" +
		"<p>[Address](javascript:alert(1)) &amp; more</p>"
	if got := html(t.Context(), t, ui.Document(body)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := html(t.Context(), t, ui.DocumentPage(body)), strings.ReplaceAll(want, "h3>", "h2>"); got != want {
		t.Errorf("as a page: got  %s\nwant %s", got, want)
	}
	if got := html(t.Context(), t, ui.Document("# Title only\r\n\r\n\r\n")); got != "" {
		t.Errorf("a title alone gives %s", got)
	}
}
