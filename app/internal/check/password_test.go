package check

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"oneid/views/form"
)

// shipped is read once for all tests, as the product does.
var shipped = sync.OnceValues(func() (*Common, error) { return OpenCommon("") })

func common(t testing.TB) *Common {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var burt = Own{
	Names: []string{"RANDY", "BURT", "Lynn", "Ng"}, LoginID: "RANDY.BURT", Email: "maplecanoe@example.ca",
	Phones: []string{"+14169672606;ext=12"}, Numbers: []string{"100093"}, Birth: time.Date(1968, 4, 2, 0, 0, 0, 0, time.UTC),
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"Correct4HorseBattery": "", "tr4mpoline Otter": "", "Zwölf Äpfel 12": "", "wKx9*vQ2": "", "Blue7 otter lamps rattle " + strings.Repeat("quietly under some violet canoe; ", 3): "", " Otter lamp 7 ": "", "Ωmega7 lanterns": "", "Channel7Wind": "",
		"": "check.password.missing", "Ab1": "check.password.short", "Äbcde1x": "check.password.short",
		strings.Repeat("Ab1 xyz ", 16) + "x": "check.password.long", "Ab1" + strings.Repeat("😀", 127): "check.password.long",
		"CORRECT4HORSE": "check.password.lower", "correct4horse": "check.password.upper", "CorrectHorse": "check.password.digit",
		"xxRandy77Otter": "check.password.name", "xxR4ndy77Otter": "check.password.name", "Ünder77bUrt": "check.password.name", "Otter Ng 77 lamp": "check.password.name", "b-u-r-t Otter7": "check.password.name",
		"MapleCanoe77 lamp": "check.password.contact", "Otter 967-2606 lamp": "check.password.contact", "Otter19680402lamp": "check.password.birth", "Otter 2/4/1968 lamp": "check.password.birth",
		"Otter 68-04-02 lamp": "check.password.birth", "Otter2avril lamp": "check.password.birth", "Otter April2 lamp": "check.password.birth", "Otter100093lamp": "check.password.licence",
		"OneID otter 77": "check.password.service_words", "0ntari0 Otter": "check.password.service_words", "Otter77eHealth": "check.password.service_words",
		"Password1": "check.password.common", "P@ssw0rd": "check.password.common", "Sunshine2024!": "check.password.common", "Monkey123": "check.password.common", "Montréal1": "check.password.common",
		"Qwerty12345678": "check.password.common", "!!Princess7": "check.password.common", "Bonjour2025": "check.password.common", "TrustNo1!": "check.password.common", "Iloveyou2": "check.password.common",
		"Bbbbbbb1": "check.password.common", "Xk1234567890": "check.password.pattern", "1111Aaaaaa2x": "check.password.pattern", "Ab1Ab1Ab1Ab1": "check.password.pattern", "zyxwvuT7Qq": "check.password.pattern",
	} {
		if got := fault(func(errs *form.Errors) { Password(errs, "password", password, burt, common(t)) }); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
	own := Own{LoginID: "QUILLON.VOSTREK2@ONEID.ON.CA"}
	if got := fault(func(errs *form.Errors) { Password(errs, "password", "Quillon.Vostrek2 x", own, common(t)) }); got != "check.password.login_id" {
		t.Errorf("own login ID: %q", got)
	}
}

func TestAPasswordHasEightToAHundredAndTwentyEightCharacters(t *testing.T) {
	t.Parallel()
	long := "wKx9*vQ2" + strings.Repeat("ätnorquile", 12) // 128 characters
	for password, want := range map[string]string{
		"wKx9*vQ": "check.password.short", "wKx9*vQ2": "", long: "", long + "q": "check.password.long",
	} {
		if got := fault(func(errs *form.Errors) { Password(errs, "password", password, burt, common(t)) }); got != want {
			t.Errorf("%d characters: %q, want %q", len([]rune(password)), got, want)
		}
	}
}

func TestTheSecondTypingMustAgree(t *testing.T) {
	t.Parallel()
	for again, want := range map[string]string{"Otter 77": "", "": "check.password.confirm_missing", "otter 77": "check.password.mismatch", "Otter 77 ": "check.password.mismatch"} {
		if got := fault(func(errs *form.Errors) { Confirm(errs, "confirm", "Otter 77", again) }); got != want {
			t.Errorf("%q: %q, want %q", again, got, want)
		}
	}
}

func TestTheFourTicks(t *testing.T) {
	t.Parallel()
	for password, want := range map[string][]bool{
		"": {false, false, false, false}, "abcdefgh": {true, true, false, false}, "ABC": {false, false, true, false}, "É1é": {false, true, true, true},
		"éééééééé": {true, true, false, false}, "٣٣٣٣٣٣٣٣": {true, false, false, true}, "Abcdefg1": {true, true, true, true},
	} {
		var got []bool
		for _, rule := range Rules(password) {
			got = append(got, rule.Met)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", password, got, want)
		}
	}
}

func TestTheShippedListIsLargeAndInOrder(t *testing.T) {
	t.Parallel()
	c := common(t)
	if got := c.Size(); got < 100_000 {
		t.Errorf("%d entries, want 100,000 or more", got)
	}
	if len(shippedList) > 3<<19 {
		t.Errorf("the list takes %d bytes of the program, want less than 1.5 MB", len(shippedList))
	}
	long := 0
	for i := 1; i < len(c.ends); i++ {
		if c.entry(i-1) >= c.entry(i) {
			t.Fatalf("entry %d is not after the one before it", i)
		}
		if len(c.entry(i)) >= MinPassword {
			long++
		}
	}
	if long < 100_000 {
		t.Errorf("%d entries are long enough to be passwords here, want 100,000 or more", long)
	}
	for _, i := range []int{0, 1, 777, len(c.ends) / 2, len(c.ends) - 1} {
		if !c.Has(c.entry(i)) {
			t.Errorf("entry %d is not found", i)
		}
	}
}

func TestADamagedListIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := readShipped(shippedList[:len(shippedList)/2]); err == nil {
		t.Error("half a list was taken for a whole one")
	}
	if _, err := readShipped([]byte("no gzip")); err == nil {
		t.Error("no list was taken for one")
	}
}

func TestAnOperatorsPlainListCountsToo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(path, []byte("zurkelbatt\r\n\nÉtrangemot\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCommon(path)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"Zurkelbatt9": true, "etrangeMot!": true, "Sunshine1": true, "Otter lamp 7": false} {
		if got := c.Has(password); got != want {
			t.Errorf("%q: %v, want %v", password, got, want)
		}
	}
}

func TestAnOperatorsHashesAreSearchedInTheFile(t *testing.T) {
	t.Parallel()
	var listed, lines []string
	for i := range 997 {
		listed = append(listed, fmt.Sprintf("Zq-listed-%d", i))
		lines = append(lines, fmt.Sprintf("%X:%d", sha1.Sum([]byte(listed[i])), i*i*i))
	}
	slices.Sort(lines)
	for _, form := range []struct{ name, text string }{
		{"with counts", strings.Join(lines, "\n") + "\n"},
		{"with carriage returns and no last line end", strings.Join(lines, "\r\n")},
		{"lower case without counts", strings.ToLower(onlyHashes(lines))},
		{"one line", fmt.Sprintf("%X", sha1.Sum([]byte(listed[0])))},
	} {
		path := filepath.Join(t.TempDir(), "hashes")
		if err := os.WriteFile(path, []byte(form.text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := OpenCommon(path)
		if err != nil {
			t.Fatal(err)
		}
		if c.file == nil {
			t.Fatalf("%s: not seen as hashes", form.name)
		}
		for i, password := range listed {
			if form.name == "one line" && i > 0 {
				break
			}
			if !c.Has(password) {
				t.Errorf("%s: %s is not found", form.name, password)
			}
			if c.Has(password + "x") {
				t.Errorf("%s: %sx is found", form.name, password)
			}
		}
	}
}

func onlyHashes(lines []string) string {
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(line[:hashLength] + "\n")
	}
	return out.String()
}

func TestWithoutTheOperatorsListTheShippedOneStillJudges(t *testing.T) {
	t.Parallel()
	c, err := OpenCommon(filepath.Join(t.TempDir(), "missing"))
	if err == nil {
		t.Error("a missing file is no error")
	}
	if !c.Has("Sunshine1") {
		t.Error("the shipped list no longer judges")
	}
}

func TestAnyPasswordIsJudgedWithoutPanic(t *testing.T) {
	t.Parallel()
	c := common(t)
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.String().Draw(t, "password")
		own := Own{Names: []string{rapid.String().Draw(t, "name")}, Email: rapid.String().Draw(t, "email"), Phones: []string{rapid.String().Draw(t, "phone")}}
		var errs form.Errors
		Password(&errs, "password", password, own, c)
		met := true
		for _, rule := range Rules(password) {
			met = met && rule.Met
		}
		if !met && !errs.Any() {
			t.Fatalf("%q was accepted with a rule unmet", password)
		}
	})
}
