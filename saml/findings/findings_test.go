package findings_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/findings"
	"oneid/saml/samltest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func noon() time.Time { return time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC) }

func TestSoundMetadataLeavesNothingToSay(t *testing.T) {
	t.Parallel()
	if list := findings.Judge(samltest.SoundMetadata(noon()), noon(), saml.ReadOptions{}); len(list) != 0 {
		t.Errorf("found %+v", list)
	}
}

func told(list []findings.Finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "  %-7s %s", f.Weight, f.Code)
		if f.Line > 0 {
			fmt.Fprintf(&b, ", line %d", f.Line)
		}
		if f.Item != "" {
			fmt.Fprintf(&b, ", %q", f.Item)
		}
		if f.Number != 0 {
			fmt.Fprintf(&b, ", %d", f.Number)
		}
		if !f.Date.IsZero() {
			fmt.Fprintf(&b, ", %s", f.Date.UTC().Format(time.DateOnly))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestEveryFaultIsFoundInItsLine(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	found := map[findings.Code]bool{}
	for _, broken := range samltest.BrokenMetadata(noon()) {
		list := findings.Judge(broken.Doc, noon(), saml.ReadOptions{})
		if len(list) == 0 {
			t.Errorf("%s: nothing found", broken.Name)
		}
		for _, f := range list {
			found[f.Code] = true
		}
		fmt.Fprintf(&got, "%s\n%s", broken.Name, told(list))

		_, err := saml.ReadServiceProvider(broken.Doc, noon(), saml.ReadOptions{})
		several := slices.ContainsFunc(list, func(f findings.Finding) bool { return f.Code == findings.SeveralOfIt })
		// A key that should have stayed at home stops the import, though not the reader.
		secret := slices.ContainsFunc(list, func(f findings.Finding) bool { return f.Code == findings.PrivateKey })
		if stops := findings.Stops(list); stops != (err != nil) && !several && !secret {
			t.Errorf("%s: stopped %t, but reading it says %v", broken.Name, stops, err)
		}
	}
	for _, code := range findings.Codes() {
		if !found[code] && code != findings.Other && code != findings.Ambiguous && code != findings.NoSigningKey && code != findings.SignsNoKey {
			t.Errorf("no broken file shows %s", code)
		}
	}
	path := filepath.Join("testdata", "found.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if got.String() != string(want) {
		t.Errorf("differs from %s; got:\n%s", path, got.String())
	}
}

func TestEveryCodeHasOneName(t *testing.T) {
	t.Parallel()
	seen := map[findings.Code]bool{}
	for _, c := range findings.Codes() {
		if c == "" || seen[c] {
			t.Errorf("code %q is empty or listed twice", c)
		}
		seen[c] = true
	}
}

func TestPlainHTTPOnOneMachineIsFineWhereItIsAllowed(t *testing.T) {
	t.Parallel()
	doc := strings.ReplaceAll(string(samltest.SoundMetadata(noon())), "https://viewer.example/acs", "http://viewer.localhost:8082/acs")
	if list := findings.Judge([]byte(doc), noon(), saml.ReadOptions{AllowLoopbackHTTP: true}); len(list) != 0 {
		t.Errorf("found %+v", list)
	}
}

// FuzzJudge holds the two readers together: what is refused is explained.
func FuzzJudge(f *testing.F) {
	for _, broken := range samltest.BrokenMetadata(noon()) {
		if len(broken.Doc) < 1<<16 {
			f.Add(broken.Doc)
		}
	}
	f.Add(samltest.SoundMetadata(noon()))
	f.Fuzz(func(t *testing.T, doc []byte) {
		list := findings.Judge(doc, noon(), saml.ReadOptions{})
		_, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
		several := slices.ContainsFunc(list, func(f findings.Finding) bool { return f.Code == findings.SeveralOfIt })
		if err != nil && !findings.Stops(list) && !several {
			t.Errorf("refused with %v, and nothing found says why", err)
		}
	})
}
