package services

import (
	"context"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"oneid/views/i18n"
)

// drawing is a chart laid out: once wide, once for a narrow screen.
type drawing struct {
	class         string // wide or narrow-only
	width, height int
	left, bottom  int // where the axes cross
	top           int
	step          float64 // from bar to bar
	bar           float64
	max           int
	every         int // hours between two labels
	hours         []Hour
}

const (
	digit  = 7 // the width of one
	beside = 6 // between a number and the bars
)

// drawings lays out the hours both ways.
func drawings(ctx context.Context, hours []Hour) []drawing {
	highest := 0
	for _, h := range hours {
		highest = max(highest, h.Good+h.Failed)
	}
	lay := func(d drawing) drawing {
		d.max, d.hours = roundUp(highest), hours
		d.left = max(d.left, beside+digit*utf8.RuneCountInString(i18n.Number(ctx, d.max)))
		d.step = float64(d.width-d.left) / float64(max(len(hours), 1))
		d.bar = d.step * 0.76
		return d
	}
	return []drawing{
		lay(drawing{class: "wide", width: 1040, height: 260, left: 36, bottom: 236, top: 8, every: 4}),
		lay(drawing{class: "narrow-only", width: 280, height: 200, left: 30, bottom: 176, top: 8, every: 8}),
	}
}

// roundUp is the next number that four steps divide evenly.
func roundUp(n int) int {
	for scale := 1; ; scale *= 10 {
		for _, nice := range []int{4, 8, 12, 20, 40} {
			if n <= nice*scale {
				return nice * scale
			}
		}
	}
}

func (d drawing) x(i int) float64 { return float64(d.left) + d.step*float64(i) + d.step*0.12 }

func (d drawing) tall(n int) float64 {
	return float64(d.bottom-d.top) * float64(n) / float64(d.max)
}

func (d drawing) box() string { return fmt.Sprintf("0 0 %d %d", d.width, d.height) }

// grid are the lines across, with their numbers.
type gridLine struct {
	y    string
	text string
	base bool
}

func (d drawing) grid(ctx context.Context) []gridLine {
	var lines []gridLine
	for i := range 5 {
		n := d.max * i / 4
		lines = append(lines, gridLine{one(float64(d.bottom) - d.tall(n)), i18n.Number(ctx, n), i == 0})
	}
	return lines
}

type rect struct{ x, y, width, height string }

func (d drawing) rect(i, from, n int) rect {
	return rect{one(d.x(i)), one(float64(d.bottom) - d.tall(from+n)), one(d.bar), one(d.tall(n))}
}

// label is the clock under a bar, empty for most.
func (d drawing) label(ctx context.Context, i int) string {
	at := i18n.Local(d.hours[i].At)
	if at.Hour()%d.every != 0 {
		return ""
	}
	return hour(ctx, at)
}

func (d drawing) middle(i int) string { return one(d.x(i) + d.bar/2) }

func hour(ctx context.Context, at time.Time) string {
	if i18n.LangOf(ctx) == i18n.FR {
		return strconv.Itoa(at.Hour()) + "\u00a0h"
	}
	return strconv.Itoa(at.Hour()) + ":00"
}

// one writes a length to a tenth.
func one(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// peak is the hour with the most sign-ins.
func peak(hours []Hour) Hour {
	var most Hour
	for _, h := range hours {
		if h.Good+h.Failed > most.Good+most.Failed {
			most = h
		}
	}
	return most
}

func failures(hours []Hour) int {
	n := 0
	for _, h := range hours {
		n += h.Failed
	}
	return n
}

// lives lays certificates out on a line of years.
type lives struct {
	class         string
	width, height int
	left          int
	from, to      time.Time
	keys          []Key
	now           time.Time
}

func timelines(keys []Key, now time.Time) []lives {
	if len(keys) == 0 {
		return nil
	}
	from, to := now, now
	for _, k := range keys {
		if k.From.Before(from) {
			from = k.From
		}
		if k.Until.After(to) {
			to = k.Until
		}
	}
	// Long lives are cut off: what matters lies around today.
	if early := now.AddDate(-2, 0, 0); from.Before(early) {
		from = early
	}
	if late := now.AddDate(3, 0, 0); to.After(late) {
		to = late
	}
	from = time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	to = time.Date(to.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC)
	height := 36 + 48*len(keys)
	return []lives{
		{"wide", 1040, height, 120, from, to, keys, now},
		{"narrow-only", 280, height, 84, from, to, keys, now},
	}
}

func (l lives) at(t time.Time) float64 {
	if t.Before(l.from) {
		t = l.from
	}
	if t.After(l.to) {
		t = l.to
	}
	room := float64(l.width - 4 - l.left)
	return float64(l.left) + room*float64(t.Sub(l.from))/float64(l.to.Sub(l.from))
}

func (l lives) box() string    { return fmt.Sprintf("0 0 %d %d", l.width, l.height) }
func (l lives) x(k Key) string { return one(l.at(k.From)) }
func (l lives) long(k Key) string {
	return one(max(l.at(k.Until)-l.at(k.From), 2))
}
func (l lives) y(i int) string     { return itoa(18 + 48*i) }
func (l lives) textY(i int) string { return itoa(34 + 48*i) }
func (l lives) floor() string      { return itoa(l.height - 28) }
func (l lives) foot() string       { return itoa(l.height - 8) }
func (l lives) today() string      { return one(l.at(l.now)) }

type year struct {
	x, text, anchor string
}

func (l lives) years() []year {
	var all []year
	span := l.to.Year() - l.from.Year()
	step := 1
	if l.class == "narrow-only" && span > 4 {
		step = 2
	}
	for y := l.from.Year(); y <= l.to.Year(); y += step {
		anchor := "middle"
		if y == l.to.Year() {
			anchor = "end"
		}
		all = append(all, year{one(l.at(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC))), itoa(y), anchor})
	}
	return all
}

func (k Key) troubled() bool { return k.Days < soonDays }
