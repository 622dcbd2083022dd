package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The page about SAML claims conformance by naming tests; a name that no longer
// stands for one would be a claim without ground.
func TestTheStandardsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/saml.md")
	if err != nil {
		t.Fatal(err)
	}
	known, interop := tests(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 50 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, n := range named {
		if !known[n[1]] {
			t.Errorf("docs/saml.md names %s, which is no test", n[1])
		}
	}
	// Sections in which nothing but a test will do, and how many rows of each have
	// none: its heading is one.
	section, heads := "", map[string]int{}
	proven := map[string]bool{"Traps that were seen": true, "Judges": true}
	for line := range strings.Lines(string(page)) {
		if _, titles, ok := strings.Cut(line, "interop "); ok {
			for _, title := range regexp.MustCompile(`"[^"]+"`).FindAllString(titles, -1) {
				if !strings.Contains(interop, title) {
					t.Errorf("docs/saml.md names %s, which is no test of e2e/interop", title)
				}
			}
		}
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(title)
		}
		if strings.HasPrefix(line, "| ") && proven[section] && !strings.Contains(line, "`Test") && !strings.HasPrefix(line, "| ---") {
			heads[section]++
			if heads[section] > 1 {
				t.Errorf("docs/saml.md, %s: a row without a test: %s", section, line)
			}
		}
		if section == "Features of the first release" {
			for _, place := range regexp.MustCompile("`((?:app|saml|views|db)/[\\w./]+)`").FindAllStringSubmatch(line, -1) {
				if _, err := os.Stat("../" + place[1]); err != nil {
					t.Errorf("docs/saml.md names %s, which is not there", place[1])
				}
			}
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) == 4 && strings.TrimSpace(cells[3]) == "" {
			t.Errorf("docs/saml.md gives neither test nor reason: %s", line)
		}
	}
}

// tests returns the names of all Go tests, and the text of those with other
// people's services.
func tests(t *testing.T) (names map[string]bool, interop string) {
	t.Helper()
	names = map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, folder := range []string{".", "../saml", "../e2e/interop"} {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, ".test.mjs") {
				return err
			}
			text, err := os.ReadFile(name)
			if strings.HasSuffix(name, ".mjs") {
				interop += string(text)
				return err
			}
			for _, m := range function.FindAllStringSubmatch(string(text), -1) {
				names[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names, interop
}
