package ui

import (
	"context"
	"io"
	"regexp"
	"strings"

	"github.com/a-h/templ"

	"oneid/views/i18n"
)

// Kind is the mood of a notice or a tag: always said in words and by an icon
// too, never by colour alone.
type Kind string

// The kinds.
const (
	Info Kind = "info"
	OK   Kind = "ok"
	Warn Kind = "warn"
	Bad  Kind = "bad"
	Wait Kind = "wait" // only in Needs
	Bare Kind = ""     // a tag without a colour
)

func (k Kind) icon() string {
	switch k {
	case OK:
		return "check-circle"
	case Warn:
		return "warning"
	case Bad:
		return "alert"
	case Wait:
		return "circle"
	}
	return "info"
}

// noticeClass leaves out the kind of a plain notice: it is the default look.
func noticeClass(k Kind) string {
	if k == Info || k == Bare {
		return "notice"
	}
	return "notice " + string(k)
}

// whole finds what is read in one go and has hyphens: phone numbers, codes,
// references. Words with hyphens break there as they like.
var whole = regexp.MustCompile(`(?:\d+[ \x{a0}])?\b[0-9A-Z]*\d[0-9A-Z]*(?:-[0-9A-Z]+)+\b`)

// Said is a sentence in which no number breaks at its hyphens.
func Said(text i18n.Msg) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		said := text.In(ctx)
		var html strings.Builder
		from := 0
		for _, at := range whole.FindAllStringIndex(said, -1) {
			html.WriteString(templ.EscapeString(said[from:at[0]]))
			html.WriteString(`<span class="nowrap">` + templ.EscapeString(said[at[0]:at[1]]) + `</span>`)
			from = at[1]
		}
		html.WriteString(templ.EscapeString(said[from:]))
		_, err := io.WriteString(w, html.String())
		return err
	})
}

// Row is a line of Rows: a name, a value, and perhaps a way to change it.
type Row struct {
	Name   i18n.Msg
	Value  i18n.Msg
	Body   templ.Component // instead of Value, for more than text
	Source i18n.Msg        // who gave the value, under it
	Change string          // address behind "Change"
	Action i18n.Msg        // instead of "Change"
}

func hasChange(rows []Row) bool {
	for _, r := range rows {
		if r.Change != "" {
			return true
		}
	}
	return false
}

func rowsClass(rows []Row) string {
	if hasChange(rows) {
		return "rows go-3"
	}
	return "rows"
}

// changeWords splits "Change: Email" into what is drawn and what is only said.
func changeWords(ctx context.Context, r Row) (drawn, said string) {
	if !r.Action.Zero() {
		return r.Action.In(ctx), ", " + r.Name.In(ctx)
	}
	short := i18n.T(ctx, "ui.action.change")
	return short, rest(short, i18n.T(ctx, "ui.action.change_item", "Item", r.Name.In(ctx)))
}

// EvidenceBox is what a college told us about a person.
type EvidenceBox struct {
	ID     string // of its heading
	Title  i18n.Msg
	Source i18n.Msg // who said so and when
	Rows   []Row
	Wrong  i18n.Msg        // "Something here is wrong"; empty for none
	Help   templ.Component // what opens under Wrong
}

// Need is a line of what there is and what is missing.
type Need struct {
	Kind   Kind // OK, Bad or Wait
	Icon   string
	Title  i18n.Msg
	Detail i18n.Msg
	Body   templ.Component // instead of Title and Detail
}

func (n Need) icon() string {
	switch {
	case n.Icon != "":
		return n.Icon
	case n.Kind == Bad:
		return "cross-circle"
	}
	return n.Kind.icon()
}

// LinkItem is a line of Links.
type LinkItem struct {
	Label i18n.Msg
	Href  string
	Icon  string
	Note  i18n.Msg
}

// noteClass: a note under a link without an icon does not line up with one.
func linkClass(l LinkItem) string {
	if l.Icon == "" && !l.Note.Zero() {
		return "hit plain"
	}
	return "hit"
}

// atSign splits an address before its @, where a line may break.
func atSign(address string) (before, after string) {
	if i := strings.LastIndexByte(address, '@'); i > 0 {
		return address[:i], address[i:]
	}
	return address, ""
}

// around splits a sentence at the phrase that becomes a link.
func around(text, phrase string) (before, after string, found bool) {
	if phrase == "" {
		return text, "", false
	}
	return strings.Cut(text, phrase)
}

// telephone is the address that calls a number.
func telephone(e164 string) string {
	number, ext, has := strings.Cut(e164, ";ext=")
	if has {
		return "tel:" + number + ";ext=" + ext
	}
	return "tel:" + number
}
