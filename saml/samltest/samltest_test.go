package samltest_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
)

func noon() time.Time { return time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC) }

// judged runs a judge on a test of its own and reports whether it failed it.
type judged struct {
	testing.TB
	failed bool
}

func (j *judged) Errorf(string, ...any) { j.failed = true }

func TestTheJudgesDoJudge(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Fatal("xmllint is needed as an independent judge: install the Debian package libxml2-utils")
	}
	college := samltest.NewCollege("https://portal.example", "https://portal.example/sso", noon)
	good := college.Response(samltest.Answer{InResponseTo: "_r", ACSURL: "https://x.example", Audience: "https://x.example"})
	bad := []byte(strings.Replace(string(good), "<samlp:Status>", "<samlp:Extra/><samlp:Status>", 1))

	for name, judge := range map[string]func(testing.TB, []byte){
		"xmllint": func(t testing.TB, doc []byte) { samltest.Schema(t, samltest.ProtocolSchema, doc) },
		"xmlsec1": func(t testing.TB, doc []byte) { samltest.Xmlsec1(t, doc, "Response", college.Key.Certificate) },
	} {
		judge(t, good)
		j := &judged{TB: t}
		judge(j, bad)
		if !j.failed {
			t.Errorf("%s lets a spoiled Response pass", name)
		}
	}
	samltest.Schema(t, samltest.MetadataSchema, college.Metadata())
	viewer := samltest.NewViewer("https://viewer.example", "https://viewer.example/acs", noon)
	samltest.Schema(t, samltest.MetadataSchema, viewer.Metadata())
	query := viewer.Redirect(samltest.Ask{RelayState: "a"})
	samltest.OpensslQuery(t, query, viewer.Key.Certificate)
	j := &judged{TB: t}
	samltest.OpensslQuery(j, strings.Replace(query, "RelayState=a", "RelayState=b", 1), viewer.Key.Certificate)
	if !j.failed {
		t.Error("openssl lets a changed query pass")
	}
	samltest.Schema(t, samltest.ProtocolSchema, viewer.Request(samltest.Ask{Contexts: []string{saml.ContextPassword}}))
}
