package i18n

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Ontario's clock, also on a machine without zone files
)

// AsDate is a moment that a message shows as a date.
type AsDate time.Time

// AsClock is a moment that a message shows as a time of day.
type AsClock time.Time

// AsPhone is a number in E.164 that a message shows the way people write it.
type AsPhone string

func (d AsDate) time() time.Time  { return time.Time(d) }
func (c AsClock) time() time.Time { return time.Time(c) }

const (
	noBreak = "\u00a0"
	zone    = "America/Toronto"
)

var (
	monthsEN = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	monthsFR = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	briefEN  = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	// In the 1990 spelling, "aout" needs no letter outside the GSM alphabet.
	briefFR = [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "aout", "sept.", "oct.", "nov.", "déc."}
)

// Local is the moment on Ontario's clock.
func Local(t time.Time) time.Time { return t.In(ontario()) }

// ontario is read once: LoadLocation parses the zone anew at every call.
var ontario = sync.OnceValue(func() *time.Location {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return place
})

// Date is for running text: "November 21, 2026", « 21 novembre 2026 ». French
// sentences bring their own « le ».
func Date(ctx context.Context, t time.Time) string {
	t = Local(t)
	if LangOf(ctx) == FR {
		return dayFR(t) + " " + monthsFR[t.Month()-1] + " " + strconv.Itoa(t.Year())
	}
	return fmt.Sprintf("%s %d, %d", monthsEN[t.Month()-1], t.Day(), t.Year())
}

// DateDay has the day first, for tables and lists: "21 November 2026".
func DateDay(ctx context.Context, t time.Time) string {
	if LangOf(ctx) == FR {
		return Date(ctx, t)
	}
	t = Local(t)
	return fmt.Sprintf("%d %s %d", t.Day(), monthsEN[t.Month()-1], t.Year())
}

// DateBrief is for text messages: "21 Nov 2026", « 21 nov. 2026 ».
func DateBrief(ctx context.Context, t time.Time) string {
	t = Local(t)
	month := briefEN[t.Month()-1]
	if LangOf(ctx) == FR {
		return dayFR(t) + " " + briefFR[t.Month()-1] + " " + strconv.Itoa(t.Year())
	}
	return fmt.Sprintf("%d %s %d", t.Day(), month, t.Year())
}

// DateShort is 2026-11-21, the same in both languages.
func DateShort(t time.Time) string { return Local(t).Format(time.DateOnly) }

// CalendarDate shows a date that has no time of day, such as a birth date: it
// is the same day in every zone.
func CalendarDate(ctx context.Context, year int, month time.Month, day int) string {
	// Noon in UTC is the same day in Ontario.
	return Date(ctx, time.Date(year, month, day, 17, 0, 0, 0, time.UTC))
}

func dayFR(t time.Time) string {
	if t.Day() == 1 {
		return "1er"
	}
	return strconv.Itoa(t.Day())
}

// Clock is a time of day: "3:42 p.m.", "noon", « 15 h 42 », « midi ».
func Clock(ctx context.Context, t time.Time) string {
	t = Local(t)
	french := LangOf(ctx) == FR
	switch {
	case t.Hour() == 12 && t.Minute() == 0 && french:
		return "midi"
	case t.Hour() == 12 && t.Minute() == 0:
		return "noon"
	case t.Hour() == 0 && t.Minute() == 0 && french:
		return "minuit"
	case t.Hour() == 0 && t.Minute() == 0:
		return "midnight"
	case french && t.Minute() == 0:
		return strconv.Itoa(t.Hour()) + noBreak + "h"
	case french:
		return strconv.Itoa(t.Hour()) + noBreak + "h" + noBreak + t.Format("04")
	case t.Minute() == 0:
		return t.Format("3") + " " + half(t)
	}
	return t.Format("3:04") + " " + half(t)
}

func half(t time.Time) string {
	if t.Hour() < 12 {
		return "a.m."
	}
	return "p.m."
}

// Phone is a number of the North American plan as people write it:
// "416-555-0123", « 416 555-0123 »; toll-free numbers keep their 1. An
// extension follows as ";ext=606". Anything else is shown as it is.
func Phone(ctx context.Context, e164 string) string { return phone(LangOf(ctx), e164) }

func phone(lang Lang, e164 string) string {
	number, ext, _ := strings.Cut(e164, ";ext=")
	if len(number) != 12 || !strings.HasPrefix(number, "+1") {
		return e164
	}
	area, exchange, line := number[2:5], number[5:8], number[8:]
	gap := "-"
	if lang == FR {
		gap = noBreak
	}
	shown := area + gap + exchange + "-" + line
	switch area {
	case "800", "833", "844", "855", "866", "877", "888":
		shown = "1" + gap + shown
	}
	switch {
	case ext == "":
		return shown
	case lang == FR:
		return shown + ", poste" + noBreak + ext
	}
	return shown + " ext. " + ext
}

// Number is a count: "1,234", « 1 234 » with no-break spaces. What counts nothing,
// such as a year or the number of a line, is no Number.
func Number(ctx context.Context, n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	gap := ","
	if LangOf(ctx) == FR {
		gap = noBreak
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + gap + digits[i:]
	}
	return sign + digits
}
