package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unbuilt lists the capabilities that do not show all their messages yet. When
// the last one of a capability is shown, the test asks for it to be taken off.
var unbuilt = []string{
	"access", "challenge", "check", "college", "credentials", "enrolment", "fault", "home", "layout", "mail", "portal",
	"register", "signin", "sso", "ui", "voice",
}

// source is every hand-written Go and templ file of the module by path, tests
// left out.
func source(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "var" || name == "gallery"):
			return filepath.SkipDir
		case d.IsDir(), strings.HasSuffix(name, "_templ.go"), strings.HasSuffix(name, "_test.go"):
			return nil
		case filepath.Ext(name) != ".go" && filepath.Ext(name) != ".templ":
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[path] = string(content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var (
	call    = regexp.MustCompile(`\bi18n\.(?:M\(|T\([^,()]+(?:\([^()]*\))?[^,()]*,)\s*([^\s,)][^,)]*)`)
	literal = regexp.MustCompile(`^"([^"]*)"$`)
	built   = regexp.MustCompile(`["+]|Sprint|Join`)
	keyLike = regexp.MustCompile(`"([a-z]+\.[a-z0-9_]+\.[a-z0-9_]+)"`)
)

func TestEveryMessageThatCodeNamesExists(t *testing.T) {
	t.Parallel()
	messages := written(t, "en")
	for path, content := range source(t) {
		if filepath.Base(path) == "doc.go" {
			continue
		}
		for _, m := range call.FindAllStringSubmatch(content, -1) {
			key := literal.FindStringSubmatch(m[1])
			switch {
			case key == nil && built.MatchString(m[1]):
				t.Errorf("%s: the key %s is put together; write it whole, so that it can be found", path, m[1])
			case key != nil && messages[key[1]] == nil:
				t.Errorf("%s: no message %s", path, key[1])
			}
		}
	}
}

func TestEveryMessageIsShownSomewhere(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, content := range source(t) {
		for _, m := range keyLike.FindAllStringSubmatch(content, -1) {
			shown[m[1]] = true
		}
	}
	unused := map[string][]string{}
	capabilities := map[string]bool{}
	for key := range written(t, "en") {
		capability, _, _ := strings.Cut(key, ".")
		capabilities[capability] = true
		if !shown[key] {
			unused[capability] = append(unused[capability], key)
		}
	}
	for capability := range capabilities {
		keys := unused[capability]
		slices.Sort(keys)
		switch {
		case slices.Contains(unbuilt, capability) && len(keys) == 0:
			t.Errorf("every message of %s is shown: take it off the list of unbuilt ones", capability)
		case slices.Contains(unbuilt, capability):
			t.Logf("%s: %d messages are not shown yet", capability, len(keys))
		case len(keys) > 0:
			t.Errorf("%s: nothing shows %s", capability, strings.Join(keys, ", "))
		}
	}
	for _, capability := range unbuilt {
		if !capabilities[capability] {
			t.Errorf("%s is listed as unbuilt but has no messages", capability)
		}
	}
}
