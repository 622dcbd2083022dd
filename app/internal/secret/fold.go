package secret

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// latin spells letters of Latin alphabets that are no base letter plus accent.
var latin = strings.NewReplacer(
	"Æ", "AE", "Ǽ", "AE", "Œ", "OE", "Ø", "O", "Ǿ", "O", "Đ", "D", "Ð", "D", "Ɖ", "D", "Ɗ", "D",
	"Þ", "TH", "Ł", "L", "Ŀ", "L", "Ħ", "H", "Ŧ", "T", "Ŋ", "NG", "ẞ", "SS", "ß", "SS", "ſ", "S",
	"İ", "I", "ı", "I", "Ĳ", "IJ", "ĸ", "K", "ŉ", "N", "Ə", "A", "Ɓ", "B", "Ƙ", "K", "Ƴ", "Y", "Ɣ", "G",
	"Ɛ", "E", "Ɔ", "O", "Ɩ", "I", "Ʋ", "V", "Ƒ", "F", "Ɲ", "N", "Ƿ", "W", "Ȝ", "Y",
)

// FoldLatin writes a text in plain capitals: accents fall, and letters such as
// Đ, Ł, Ø, ß, Æ, Œ and Þ become the letters A to Z that stand for them. What has
// no Latin reading stays as it is.
func FoldLatin(s string) string {
	s = strings.ToUpper(norm.NFKC.String(s))
	s = latin.Replace(s)
	return norm.NFC.String(strings.Map(dropMark, norm.NFD.String(s)))
}

// FoldName reduces a person's name to what two spellings of it share: its
// letters and digits without case and accents, without blanks, hyphens,
// apostrophes or periods. Two different people may fold to the same.
func FoldName(s string) string {
	s = strings.ToUpper(cases.Fold().String(FoldLatin(s)))
	return strings.Map(func(r rune) rune {
		if wordLetter(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, s)
}
