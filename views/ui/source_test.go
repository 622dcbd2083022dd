package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// refusedMarkup is what no screen may contain: the content policy refuses it,
// the validator does, or htmx 4 no longer knows it.
var refusedMarkup = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(^|[^-\w])hx-[a-z]`), "write data-hx-…: the validator knows no hx-…"},
	{regexp.MustCompile(`data-hx-on`), "the content policy refuses code in attributes"},
	{regexp.MustCompile(`data-hx-(ext|disabled-elt|vars|params|history|request)\b`), "htmx 4 has no such attribute"},
	{regexp.MustCompile(`data-hx-trigger="[^"]*\[`), "a filter is code: the content policy refuses it"},
	{regexp.MustCompile(`"js:|=\{? *"javascript:`), "code in an attribute"},
	{regexp.MustCompile(`\sstyle=`), "the content policy refuses inline styles"},
	{regexp.MustCompile(`\son[a-z]+=`), "the content policy refuses event attributes"},
	{regexp.MustCompile(`<style`), "the content policy refuses inline styles"},
	{regexp.MustCompile(`<script>|<script [^>]*>[^<\n]`), "the content policy refuses inline scripts"},
	{regexp.MustCompile(`templ\.Raw\b|SafeURL|JSUnsafeFuncCall|SafeScriptInline|templ\.SafeCSS|JSFuncCall|\bscript [a-z]\w*\(`), "unescaped output"},
	{regexp.MustCompile(`\.(Hash|UnsafeHTML)\b`), "unescaped output"},
}

// exempt are files that are not pages of the product, by path, with the one
// rule they may break.
var exempt = map[string]*regexp.Regexp{
	// Mail programs read no style sheets.
	"views/mail": regexp.MustCompile(`style`),
}

func TestScreensKeepToWhatTheContentPolicyAllows(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "sandbox" || strings.HasPrefix(d.Name(), ".") && path != root):
			return filepath.SkipDir
		case filepath.Ext(path) != ".templ":
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		for number, line := range strings.Split(string(content), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, r := range refusedMarkup {
				allowed := exempt[filepath.ToSlash(filepath.Dir(name))]
				if m := r.pattern.FindString(line); m != "" && (allowed == nil || !allowed.MatchString(m)) {
					t.Errorf("%s:%d: %q: %s", name, number+1, strings.TrimSpace(m), r.why)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
