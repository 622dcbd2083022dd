package i18n

import "strconv"

// year is, in days, what people call one.
const year = 365

// days is a number of days in words, with its noun.
func days(lang Lang, n int) string {
	switch {
	case lang == FR && n == 1:
		return "1 jour"
	case lang == FR:
		return strconv.Itoa(n) + " jours"
	case n == 1:
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// age is a number of days as it stands before "old", and in French after "plus".
func age(lang Lang, n int) string {
	switch {
	case lang == FR && n == year:
		return "d’un an"
	case lang == FR:
		return "de " + days(lang, n)
	case n == year:
		return "a year"
	}
	return days(lang, n)
}
