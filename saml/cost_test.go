package saml_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
)

// Not parallel: it measures what the whole process allocates.
func TestMessagesTooCostlyAreRefusedQuickly(t *testing.T) {
	const rounds = 10
	head := `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">`
	redirect := func(doc string) string { return aViewer().RedirectOf([]byte(doc), "", true) }
	read := func(query string) func() error {
		return func() error { _, err := theIDP().ReadRedirect(query); return err }
	}
	post := func(doc string) func() error {
		value := samltest.Encode([]byte(doc))
		return func() error { _, err := theIDP().ReadPost(value, ""); return err }
	}
	for name, c := range map[string]struct {
		refuse func() error
		want   saml.Code
		most   uint64 // bytes
	}{
		"200,000 nested elements":            {read(redirect(head + strings.Repeat("<a>", 200_000))), saml.TooLarge, 1 << 20},
		"800,000 siblings":                   {read(redirect(head + strings.Repeat("<a/>", 800_000))), saml.TooLarge, 1 << 20},
		"a bomb of eight MB":                 {read(redirect(head + strings.Repeat(" ", 8<<20))), saml.TooLarge, 1 << 20},
		"as much nesting as the wire allows": {post(head + strings.Repeat("<a>", 80_000)), "xml_too_deep", 1 << 20},
		"as many siblings":                   {post(head + strings.Repeat("<a/>", 60_000)), "xml_too_many_elements", 1 << 20},
		"as many attributes":                 {post(head + "<a" + strings.Repeat(" b='c'", 40_000) + "/>"), "xml_too_many_attributes", 16 << 20},
		"a POST of a megabyte":               {post(head + strings.Repeat(" ", 1<<20)), saml.TooLarge, 1 << 20},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		for range rounds {
			if got := saml.CodeOf(c.refuse()); got != c.want {
				t.Fatalf("%s: got %q, want %q", name, got, c.want)
			}
		}
		took := time.Since(began) / rounds
		runtime.ReadMemStats(&after)
		spent := (after.TotalAlloc - before.TotalAlloc) / rounds
		// Five to fifty times what is usual, for busy machines.
		if took > 200*time.Millisecond || spent > c.most {
			t.Errorf("%s costs %s and %d bytes to refuse, want a few milliseconds and %d", name, took, spent, c.most)
		}
	}
}
