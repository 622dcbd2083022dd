package check

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"oneid/views/form"
	"oneid/views/i18n"
)

// BirthDate judges a date of birth typed as day, month and year in numbers, on
// the given day. It returns the date at midnight UTC.
func BirthDate(errs *form.Errors, field, day, month, year string, today time.Time) time.Time {
	date, fault := birthDate(tidyNumber(day), tidyNumber(month), tidyNumber(year), today)
	if !fault.Zero() {
		errs.Add(field, fault)
		return time.Time{}
	}
	return date
}

func tidyNumber(typed string) string { return strings.TrimSpace(norm.NFKC.String(typed)) }

func birthDate(day, month, year string, today time.Time) (time.Time, i18n.Msg) {
	switch {
	case day == "" && month == "" && year == "":
		return time.Time{}, i18n.M("check.date.missing")
	case day == "":
		return time.Time{}, i18n.M("check.date.day_missing")
	case month == "":
		return time.Time{}, i18n.M("check.date.month_missing")
	case year == "":
		return time.Time{}, i18n.M("check.date.year_missing")
	}
	d, okDay := number(day, 2)
	m, okMonth := number(month, 2)
	y, okYear := number(year, 4)
	if okYear && len(year) < 4 {
		return time.Time{}, i18n.M("check.date.year_short")
	}
	if !okDay || !okMonth || !okYear || m < 1 || m > 12 {
		return time.Time{}, i18n.M("check.date.invalid")
	}
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	// time.Date carries 31 April over to 1 May.
	if date.Day() != d || date.Month() != time.Month(m) || y == 0 {
		return time.Time{}, i18n.M("check.date.invalid")
	}
	if !date.Before(today) {
		return time.Time{}, i18n.M("check.date.future")
	}
	return date, i18n.Msg{}
}

// number reads up to so many digits and nothing else.
func number(text string, length int) (int, bool) {
	if len(text) > length || digits(text) != text {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
