package secret

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

func TestACodeBelongsToItsNonceAndPurpose(t *testing.T) {
	t.Parallel()
	_, dir := ringIn(t)
	codes := NewCodes(reload(t, dir))
	nonce := codes.NewNonce()
	code, err := codes.Code("signin", nonce)
	if err != nil || !regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
		t.Fatalf("code %q, %v", code, err)
	}
	same, err := NewCodes(reload(t, dir)).Code("signin", nonce)
	if err != nil || same != code {
		t.Errorf("another node makes %q of it, %v; want %q", same, err, code)
	}
	spaced := code[:3] + " " + code[3:]
	for typed, want := range map[string]bool{
		code: true, " " + spaced + " ": true, code[:3] + "-" + code[3:]: true, code[:3] + "\u00a0" + code[3:]: true,
		"": false, code[:5]: false, code + "0": false, "x" + code[1:]: false,
	} {
		if got, err := codes.Match("signin", nonce, typed); err != nil || got != want {
			t.Errorf("Match(%q) for %s is %v, %v; want %v", typed, code, got, err, want)
		}
	}
	// One in a million draws agrees by chance: ask three times.
	accepted := 0
	for _, purpose := range []string{"recovery", "register", "profile"} {
		if got, err := codes.Match(purpose, nonce, code); err != nil {
			t.Error(err)
		} else if got {
			accepted++
		}
	}
	if accepted > 1 {
		t.Error("a code passes for other purposes")
	}
	if _, err := codes.Code("signin", nonce[1:]); err == nil {
		t.Error("a short nonce was used")
	}
}

func TestACodeOnItsWaySurvivesANewKey(t *testing.T) {
	t.Parallel()
	ring, dir := ringIn(t)
	nonce := NewCodes(ring).NewNonce()
	code, err := NewCodes(ring).Code("signin", nonce)
	if err != nil {
		t.Fatal(err)
	}
	addKey(t, dir, "code-2.key", 'c')
	rotated := NewCodes(reload(t, dir))
	if got, err := rotated.Match("signin", nonce, code); err != nil || !got {
		t.Errorf("after rotation: %v, %v", got, err)
	}
	if got := rotated.NewNonce()[3]; got != 2 {
		t.Errorf("a new nonce names key %d, want 2", got)
	}
}

func TestCodesAreSpreadEvenly(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	codes := NewCodes(ring)
	const draws = 20000
	var first, last [10]int
	for range draws {
		code, err := codes.Code("signin", codes.NewNonce())
		if err != nil {
			t.Fatal(err)
		}
		first[code[0]-'0']++
		last[code[5]-'0']++
	}
	// Eight standard deviations: a fair draw fails once in 10^15 runs.
	for digit := range 10 {
		for place, count := range []int{first[digit], last[digit]} {
			if count < draws/10-340 || count > draws/10+340 {
				t.Errorf("digit %d came %d times at place %d, want about %d", digit, count, place, draws/10)
			}
		}
	}
}

func TestACallNeverAsksForTheDigitThatReportsFraud(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 2000 {
		seen[NewDigit()] = true
	}
	if len(seen) != 9 || seen[9] || !seen[0] || !seen[8] {
		t.Errorf("digits drawn: %v", seen)
	}
}

func TestATokenIsFoundByItsHash(t *testing.T) {
	t.Parallel()
	plain, hash := NewToken()
	other, _ := NewToken()
	if string(HashToken(plain.Reveal())) != string(hash) || string(HashToken(other.Reveal())) == string(hash) {
		t.Error("hash and token don't belong together")
	}
	if drawn, err := base64.RawURLEncoding.DecodeString(plain.Reveal()); err != nil || len(drawn) != 32 {
		t.Errorf("a token of %d bytes, %v", len(drawn), err)
	}
}

func TestAReferenceCanBeReadOut(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[CDFGHJKMNPQRTVWXY2-9]{3}-[CDFGHJKMNPQRTVWXY2-9]{3}$`)
	for range 200 {
		if got := NewReference(); !form.MatchString(got) {
			t.Fatalf("reference %q", got)
		}
	}
}

func TestASecretTextIsShownNowhere(t *testing.T) {
	t.Parallel()
	type form struct {
		Name   string
		Secret Text
		hidden Text
	}
	f := form{Name: "ada", Secret: NewText("hunter2"), hidden: NewText("hunter2")}
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&shown, verb+" "+verb+" "+verb+"\n", f, &f, f.Secret)
		fmt.Fprintf(&shown, verb+"\n", []Text{f.Secret})
		fmt.Fprintf(&shown, verb+"\n", map[string]Text{"k": f.hidden})
	}
	encoded, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(encoded)
	slog.New(slog.NewTextHandler(&shown, nil)).Info("x", "form", f, "text", f.Secret, "list", []Text{f.Secret})
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("x", "form", f, "text", f.Secret, "list", []Text{f.Secret})
	fmt.Fprint(&shown, fmt.Errorf("look: %w %v", fmt.Errorf("%v", f.Secret), f.hidden))
	for _, leak := range []string{"hunter2", "68756e74657232", "104 117"} {
		if strings.Contains(shown.String(), leak) {
			t.Errorf("%q is shown in %s", leak, shown.String())
		}
	}
	if f.Secret.Reveal() != "hunter2" || f.Secret.Empty() || !(Text{}).Empty() {
		t.Error("the text itself is lost")
	}
}
