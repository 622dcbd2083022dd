package secret

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// NormaliserVersion is the version of Normalise. It is stored with every hashed
// answer. Changing what Normalise does means a new version, with the old one
// kept for the answers hashed under it.
const NormaliserVersion = 1

// normaliseUnder is Normalise as it was in the version stored with a hash.
func normaliseUnder(version int, answer string) (string, error) {
	if version != NormaliserVersion {
		return "", fmt.Errorf("unknown version %d of answer normalisation", version)
	}
	return Normalise(answer), nil
}

// articles lead an answer one day and are left out the next.
var articles = []string{"the", "le", "la", "les", elided}

// elided is the French article before a vowel. It must be seen before the
// punctuation goes, and only at the beginning of a word.
const elided = "l'"

// Normalise reduces a challenge answer to what a person remembers of it: letter
// case, accents, punctuation, runs of blanks and leading articles don't matter
// (SECURITY.md 1.6). Normalising twice changes nothing.
func Normalise(answer string) string {
	s := norm.NFKC.String(answer)
	// Folding alone would swap the two cases of Cherokee instead of joining them.
	s = cases.Fold().String(strings.ToLower(s))
	s = norm.NFKC.String(s) // folding can leave letters that have a plainer form
	s = norm.NFC.String(strings.Map(dropMark, norm.NFD.String(s)))
	s = typographic.Replace(s)
	words := strings.Fields(dropPunctuation(s))
	for len(words) > 1 && slices.Contains(articles, words[0]) {
		words = words[1:]
	}
	s = strings.Join(words, " ")
	// Elsewhere than in front, the article belongs to the word after it.
	s = strings.ReplaceAll(s, elided+" ", "l")
	return strings.ReplaceAll(s, "'", "")
}

func dropMark(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// typographic writes quotes and dashes as a keyboard does, and takes apart the
// French ligatures, which the Unicode forms leave whole.
var typographic = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "ʼ", "'", "′", "'", "´", "'", "`", "'",
	"“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "″", `"`,
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-",
	"œ", "oe", "æ", "ae",
)

// dropPunctuation keeps punctuation between two digits ("3.14", "12/04"), sets
// "l'" at the beginning of a word apart, and drops the rest together with
// characters that nobody sees.
func dropPunctuation(s string) string {
	letters := []rune(s)
	at := func(i int) rune {
		if i < 0 || i >= len(letters) {
			return ' '
		}
		return letters[i]
	}
	var out strings.Builder
	for i, r := range letters {
		switch {
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r):
		case !unicode.IsPunct(r):
			out.WriteRune(r)
		case r == '\'' && at(i-1) == 'l' && !wordLetter(at(i-2)) && wordLetter(at(i+1)):
			out.WriteString("' ")
		case unicode.IsDigit(at(i-1)) && unicode.IsDigit(at(i+1)):
			out.WriteRune(r)
		}
	}
	return out.String()
}

func wordLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
