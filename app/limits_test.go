package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"oneid/app/config"
	"oneid/app/internal/apptest"
	"oneid/app/internal/check"
	"oneid/app/internal/device"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/passkey"
	"oneid/app/internal/password"
	"oneid/saml"
)

// Tests elsewhere move the clock by these constants and settings, or set them
// otherwise, so the numbers themselves are held here.
func TestTheNumbersAreThoseThatWereDecided(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"a link that confirms an address", outbox.LinkLife, day},
		{"a recovery's link", outbox.RecoveryLinkLife, 30 * time.Minute},
		{"a link to say that it was not me", notice.NotMeLife, 10 * day},
		{"an answer of a college", saml.MaxAnswerAge, 5 * time.Minute},
		{"a relay state", saml.MaxRelayState, 2048},
		{"devices", device.Most, 10},
		{"passkeys", passkey.Most, 10},
		{"passwords remembered", password.Remembered, 10},
		{"the shortest password", check.MinPassword, 8},
		{"the longest password", check.MaxPassword, 128},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	defaults := map[string]string{}
	for _, p := range config.Names() {
		defaults[p.OwnKey] = p.DefaultValue
		defaults[strings.TrimPrefix(p.Key, config.Prefix)] = p.DefaultValue
	}
	for name, want := range map[string]string{
		"SESSION_IDLE": "15m", "SESSION_ABSOLUTE": "12h", "SESSION_STAFF_IDLE": "10m", "SESSION_STAFF_ABSOLUTE": "8h",
		"SESSION_SHARED_IDLE": "5m", "SESSION_SHARED_ABSOLUTE": "1h", "SESSION_WEAK_ABSOLUTE": "1h", "SESSION_WARNING": "150s", "SESSION_PARALLEL": "5",
		"WIZARD_IDLE": "60m", "DRAFT_DAYS": "7", "DEVICE_DAYS": "30", "PASSWORD_MAX_AGE_DAYS": "365", "FLOOD_LIMIT": "300",
		"ARGON_MEMORY_KIB": "47104", "ARGON_PASSES": "2", "ARGON_LANES": "1",
	} {
		if defaults[name] != want {
			t.Errorf("%s is %q unless told otherwise, want %q", name, defaults[name], want)
		}
	}
}

func TestADraftIsKeptForAsManyDaysAsTheOperatorSays(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, apptest.Setting("DRAFT_DAYS", "3"))
	w.Browser().HandOver(apptest.Randy())
	if n := w.Rows("drafts", "expires_at = '"+w.Clock.Now().Add(3*24*time.Hour).Format(time.RFC3339)+"'"); n != 1 {
		t.Errorf("%d drafts that end in three days, want 1", n)
	}
}

var (
	quoted  = regexp.MustCompile("`([^`]+)`")
	aTest   = regexp.MustCompile(`^([a-z0-9]+)\.(Test\w+)$`)
	aFile   = regexp.MustCompile(`^[\w/]+\.go$`)
	declare = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
)

func TestTheListOfLimitsNamesOnlyWhatIsThere(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, rows := testsThere(t), 0
	for line := range strings.Lines(string(body)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || strings.HasPrefix(cells[1], " ---") || strings.HasPrefix(cells[1], " What was decided") {
			continue
		}
		rows++
		what, where, proof := strings.TrimSpace(cells[1]), cells[2], cells[3]
		if strings.HasPrefix(strings.TrimSpace(proof), "not built yet") {
			continue
		}
		named := 0
		for _, q := range quoted.FindAllStringSubmatch(proof, -1) {
			named++
			if !aTest.MatchString(q[1]) || !tests[q[1]] {
				t.Errorf("%s: there is no test %s", what, q[1])
			}
		}
		if named == 0 {
			t.Errorf("%s: no test proves it", what)
		}
		source := ""
		for _, q := range quoted.FindAllStringSubmatch(where, -1) {
			if aFile.MatchString(q[1]) {
				text, err := os.ReadFile("../" + q[1])
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
				source = string(text)
				continue
			}
			if !regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(q[1]) + `(\W|$)`).MatchString(source) {
				t.Errorf("%s: the file does not know %s", what, q[1])
			}
		}
		if source == "" {
			t.Errorf("%s: no file is named", what)
		}
	}
	if rows < 60 {
		t.Errorf("read %d rows: looked in the wrong place", rows)
	}
}

// testsThere are the project's tests as folder.TestName.
func testsThere(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	for _, root := range []string{".", "../db", "../saml", "../views"} {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			folder := filepath.Base(filepath.Dir(name))
			if folder == "." {
				folder = "app"
			}
			for _, found := range declare.FindAllStringSubmatch(string(text), -1) {
				there[folder+"."+found[1]] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return there
}
