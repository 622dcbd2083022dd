package secret

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cheap keeps argon2id from being most of what a test does.
func cheap() *Hasher { return NewHasher(Cost{Time: 1, Memory: 64, Threads: 1}) }

// ringIn makes a fresh ring in a directory of the test.
func ringIn(t testing.TB) (*KeyRing, string) {
	t.Helper()
	dir := t.TempDir()
	if err := CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ring, dir
}

// addKey puts a key of equal bytes in the directory.
func addKey(t testing.TB, dir, name string, fill byte) {
	t.Helper()
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(fill)), keyLength)))
	if err := os.WriteFile(filepath.Join(dir, name), []byte(key), 0o400); err != nil {
		t.Fatal(err)
	}
}

func reload(t testing.TB, dir string) *KeyRing {
	t.Helper()
	ring, err := LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestCreatingKeysAgainChangesNone(t *testing.T) {
	t.Parallel()
	_, dir := ringIn(t)
	before, err := os.ReadFile(filepath.Join(dir, "seal-1.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "audit-1.key")); err != nil {
		t.Fatal(err)
	}
	if err := CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(dir, "seal-1.key"))
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the seal key was replaced")
	}
	reload(t, dir) // the missing one is back
	if left, _ := filepath.Glob(filepath.Join(dir, ".key-*")); len(left) > 0 {
		t.Errorf("drafts left behind: %v", left)
	}
}

func TestKeysAreReadableByTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	_, dir := ringIn(t)
	info, err := os.Stat(filepath.Join(dir, "password-1.key"))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o400 {
		t.Errorf("mode is %#o, want 0400", got)
	}
}

func TestDevelopmentAndProductionKeysDoNotMix(t *testing.T) {
	t.Parallel()
	ring, dir := ringIn(t)
	if !ring.Development() {
		t.Error("a development ring does not say so")
	}
	if err := CreateKeys(dir, false); err == nil {
		t.Error("a development ring was completed for production")
	}
	production := t.TempDir()
	if err := CreateKeys(production, false); err != nil {
		t.Fatal(err)
	}
	if reload(t, production).Development() {
		t.Error("a production ring says it is for development")
	}
	if err := CreateKeys(production, true); err == nil {
		t.Error("a production ring was marked as one for development")
	}
}

func TestEveryFaultOfAKeyRingIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, dir := ringIn(t)
	put := func(name, text string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		_ = os.Remove(path)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "desk-1.key")); err != nil {
		t.Fatal(err)
	}
	put("audit-2.key", base64.StdEncoding.EncodeToString(make([]byte, 16)), 0o400)
	put("code-2.key", base64.StdEncoding.EncodeToString(make([]byte, 32)), 0o444)
	put("online-2.key", "SECRETNOTBASE64!", 0o400)
	put("pasword-2.key", base64.StdEncoding.EncodeToString(make([]byte, 32)), 0o400)
	put("index-2.key", base64.StdEncoding.EncodeToString(make([]byte, 32)), 0o400)
	put("saml-signing.pem", "not ours", 0o644)

	_, err := LoadKeyRing(dir)
	if err == nil {
		t.Fatal("a broken ring was loaded")
	}
	for _, want := range []string{`"desk"`, "audit-2.key: holds 16 bytes", "code-2.key: mode is 0444", "online-2.key: not base64", "pasword-2.key", "index key has one version"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
	for _, unwanted := range []string{"SECRETNOT", "saml"} {
		if strings.Contains(err.Error(), unwanted) {
			t.Errorf("the error shows %q: %v", unwanted, err)
		}
	}
}

func TestTheHighestVersionIsTheCurrentOne(t *testing.T) {
	t.Parallel()
	_, dir := ringIn(t)
	addKey(t, dir, "audit-10.key", 'b')
	addKey(t, dir, "audit-9.key", 'a')
	ring := reload(t, dir)
	if got := ring.Current(KeyAudit); got != 10 {
		t.Errorf("current audit key is %d, want 10", got)
	}
	if _, err := ring.MAC(KeyAudit, 9, []byte("x")); err != nil {
		t.Errorf("an older key no longer works: %v", err)
	}
	if _, err := ring.MAC(KeyAudit, 11, []byte("x")); !errors.Is(err, ErrNoKey) {
		t.Errorf("a missing version gave %v, want ErrNoKey", err)
	}
}

func TestAMACKeepsItsPartsApart(t *testing.T) {
	t.Parallel()
	_, dir := ringIn(t)
	addKey(t, dir, "audit-2.key", 'k')
	ring := reload(t, dir)
	tag := func(parts ...string) string {
		var b [][]byte
		for _, p := range parts {
			b = append(b, []byte(p))
		}
		sum, err := ring.MAC(KeyAudit, 2, b...)
		if err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(sum)
	}
	different := map[string]string{}
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, {}} {
		sum := tag(parts...)
		if other, ok := different[sum]; ok {
			t.Errorf("%q and %s have the same MAC", parts, other)
		}
		different[sum] = strings.Join(parts, "|")
	}
	// printf '\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\1c' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
	if got, want := tag("ab", "c"), "02da79c54ac65cad21e85fd6897eee9541cbb85926b40ab48ea048d9629d4af2"; got != want {
		t.Errorf("MAC is %s, want %s", got, want)
	}
}

func TestIndexesOfDifferentColumnsCannotBeCompared(t *testing.T) {
	t.Parallel()
	ring, dir := ringIn(t)
	if string(ring.Index("email", "ada@example.ca")) == string(ring.Index("phone", "ada@example.ca")) {
		t.Error("two scopes share an index")
	}
	if string(ring.Index("email", "ada@example.ca")) != string(reload(t, dir).Index("email", "ada@example.ca")) {
		t.Error("an index differs between two nodes")
	}
}

func TestCanonicalFormsForgetWhatPeopleVary(t *testing.T) {
	t.Parallel()
	same := func(what string, forms ...string) {
		for _, form := range forms[1:] {
			if form != forms[0] {
				t.Errorf("%s: %q differs from %q", what, form, forms[0])
			}
		}
	}
	same("number", CanonicalNumber("A-12345"), CanonicalNumber(" a 123.45 "), CanonicalNumber("a12345"))
	same("email", CanonicalEmail("Ada@Example.CA"), CanonicalEmail(" ada@example.ca\t"))
	same("phone", CanonicalPhone("+14165550123"), CanonicalPhone("+1 416-555-0123"), CanonicalPhone("+14165550123;ext=12"))
	same("person", CanonicalPerson("Siobhán", "O'Connor", "1979-02-01"), CanonicalPerson("SIOBHAN", "O’CONNOR", "1979-02-01"), CanonicalPerson("siobha\u0301n", "o connor", "1979-02-01"))
	if CanonicalPerson("Mary Ann", "Lee", "1979-02-01") == CanonicalPerson("Mary", "Ann Lee", "1979-02-01") {
		t.Error("a name moved from first to last gives the same person")
	}
	if CanonicalNumber("100093") == CanonicalNumber("10093") {
		t.Error("two numbers are one")
	}
}

func TestFoldedNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Élodie":            "ELODIE",
		"Lefèvre-Bélanger":  "LEFEVREBELANGER",
		"Đặng":              "DANG",
		"Łukasz Żółkiewski": "LUKASZZOLKIEWSKI",
		"Großmann":          "GROSSMANN",
		"GROẞMANN":          "GROSSMANN",
		"Sørensen":          "SORENSEN",
		"Œuvray":            "OEUVRAY",
		"Æsa Þórsdóttir":    "AESATHORSDOTTIR",
		"İpek Işık":         "IPEKISIK",
		"Pe\u0301loquin":    "PELOQUIN",
		"D’Amours":          "DAMOURS",
		"O'Connor":          "OCONNOR",
		"St. John":          "STJOHN",
		"李":                 "李",
		"Παπαδόπουλος":      "ΠΑΠΑΔΟΠΟΥΛΟΣ",
		"  mary ANN ":       "MARYANN",
		"\u200bJo\u00adhn":  "JOHN",
		"Ǿrsted":            "ORSTED",
		"ﬁnn":               "FINN",
	} {
		if got := FoldName(name); got != want {
			t.Errorf("FoldName(%q) is %q, want %q", name, got, want)
		}
	}
}
