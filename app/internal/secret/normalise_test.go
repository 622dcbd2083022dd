package secret

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestNormalisedAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, want string }{
		// The guide's own samples.
		{"Honda Accord", "honda accord"}, {"John", "john"}, {"Math", "math"}, {"Bob", "bob"}, {"Joe", "joe"},
		// Letter case and blanks.
		{"  HONDA \t accord\n", "honda accord"}, {"Honda\u00a0Accord", "honda accord"}, {"Ｈｏｎｄａ", "honda"},
		{"STRASSE", "strasse"}, {"Straße", "strasse"}, {"İzmir", "izmir"}, {"ΣΊΣΥΦΟΣ", "σισυφοσ"},
		// Accents, composed and not.
		{"Élodie", "elodie"}, {"E\u0301lodie", "elodie"}, {"Crème brûlée", "creme brulee"}, {"Nguyễn", "nguyen"}, {"Žižek", "zizek"},
		// Ligatures.
		{"sœur", "soeur"}, {"Œuvre", "oeuvre"}, {"Ægir", "aegir"}, {"ﬁnch", "finch"}, {"ĳsbeer", "ijsbeer"}, {"oﬃce", "office"},
		// Apostrophes and dashes.
		{"O'Connor", "oconnor"}, {"O’Connor", "oconnor"}, {"O‘Connor", "oconnor"}, {"OʼConnor", "oconnor"}, {"Jean-Paul", "jeanpaul"},
		{"Jean–Paul", "jeanpaul"}, {"Jean‑Paul", "jeanpaul"}, {"Hey, Jude!", "hey jude"}, {"« Toto »", "toto"}, {"“Toto”", "toto"}, {"...Toto?!", "toto"},
		// Punctuation inside digits stays, outside it goes.
		{"3.14", "3.14"}, {"1,000", "1,000"}, {"24/12/1999", "24/12/1999"}, {"No. 5", "no 5"}, {"5.", "5"}, {"1..2", "12"}, {"7-up", "7up"},
		// Articles.
		{"The Beatles", "beatles"}, {"the  the", "the"}, {"Le Corbusier", "corbusier"}, {"La Tuque", "tuque"}, {"Les Cowboys Fringants", "cowboys fringants"},
		{"L'École", "ecole"}, {"L’école", "ecole"}, {"l' école", "l ecole"}, {"« L’Étranger »", "etranger"}, {"Theodore", "theodore"}, {"Lesley", "lesley"},
		{"Lamb", "lamb"}, {"Rue de l'Église", "rue de leglise"}, {"Le L’Amour", "amour"}, {"The", "the"}, {"la", "la"}, {"L'", "l"}, {"Toulouse l’amour", "toulouse lamour"},
		{"Daniel's", "daniels"}, {"hell'o", "hello"},
		// Nothing left, and what nobody sees.
		{"", ""}, {" ", ""}, {"!?", ""}, {"Jo\u200bhn\u00ad", "john"}, {"\ufeffJohn\x00", "john"},
		// Other scripts.
		{"Фёдор", "федор"}, {"李明", "李明"}, {"محمد", "محمد"},
	} {
		if got := Normalise(c.given); got != c.want {
			t.Errorf("Normalise(%q) is %q, want %q", c.given, got, c.want)
		}
	}
}

func TestNormalisingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"l", "L", "'", "’", " ", "the", "la", "L’", "é", "e\u0301", "œ", "1", ".", "-", "İ", "ß", "ﬁ", "ά", "\u0345", "\u200b", "ᾼ", "Ω", "ŉ"})
	rapid.Check(t, func(t *rapid.T) {
		given := strings.Join(rapid.SliceOf(rapid.OneOf(pieces, rapid.StringN(0, 3, -1))).Draw(t, "given"), "")
		once := Normalise(given)
		if twice := Normalise(once); twice != once {
			t.Fatalf("Normalise(%q) is %q, and of that %q", given, once, twice)
		}
	})
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if once := Normalise(string(r)); Normalise(once) != once {
			t.Errorf("U+%04X: %q, and of that %q", r, once, Normalise(once))
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("L’École «The» 3.14")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, given string) {
		once := Normalise(given)
		if twice := Normalise(once); twice != once {
			t.Errorf("Normalise(%q) is %q, and of that %q", given, once, twice)
		}
	})
}
