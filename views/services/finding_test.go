package services_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/findings"
	"oneid/saml/samltest"
	"oneid/views/i18n"
	view "oneid/views/services"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func noon() time.Time { return time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC) }

func spoken(t *testing.T, lang i18n.Lang) context.Context {
	t.Helper()
	catalogue, err := i18n.New(i18n.Standing{Brand: "ONE ID"})
	if err != nil {
		t.Fatal(err)
	}
	catalogue.Strict = true
	return i18n.With(t.Context(), catalogue, lang)
}

// TestBrokenMetadataIsExplainedInPlainWords has every broken file explained, in
// both languages, as the console and the shell explain it.
func TestBrokenMetadataIsExplainedInPlainWords(t *testing.T) {
	t.Parallel()
	broken := samltest.BrokenMetadata(noon())
	if len(broken) < 60 {
		t.Fatalf("only %d broken files", len(broken))
	}
	for _, lang := range []i18n.Lang{i18n.EN, i18n.FR} {
		ctx := spoken(t, lang)
		var got strings.Builder
		for _, b := range broken {
			fmt.Fprintf(&got, "== %s\n", b.Name)
			for _, f := range findings.Judge(b.Doc, noon(), saml.ReadOptions{}) {
				said := view.Explain(view.Finding{Code: string(f.Code), Line: f.Line, Item: f.Item, Number: f.Number, Date: f.Date})
				fmt.Fprintf(&got, "%s, %d: %s\n  %s\n  %s\n", f.Weight, f.Line, said.What.In(ctx), said.Why.In(ctx), said.Mend.In(ctx))
			}
		}
		path := filepath.Join("testdata", "findings."+string(lang)+".txt")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v (run with -update to write it)", err)
		}
		if got.String() != string(want) {
			t.Errorf("differs from %s; run with -update and read the difference", path)
		}
	}
}

func TestEveryFindingHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	ctx := spoken(t, i18n.EN)
	seen := map[string]findings.Code{}
	for _, code := range findings.Codes() {
		said := view.Explain(view.Finding{Code: string(code)}).What.In(ctx)
		if other, twice := seen[said]; twice {
			t.Errorf("%s and %s are both %q", code, other, said)
		}
		seen[said] = code
	}
}
