package i18n

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// message is one entry of the catalogue in one language, taken apart once so
// that showing it is copying strings.
type message struct {
	other  text
	one    text // nil unless the message has plural forms
	many   text // French has a form for round millions
	plural bool
	gsm    bool // goes out as a text message: only letters of the GSM alphabet
}

// text alternates between literal pieces and names of placeholders; the pieces
// at even places are literal.
type text []string

var placeholder = regexp.MustCompile(`\{\{\.([A-Za-z0-9]+)\}\}`)

func compile(m *goi18n.Message) (*message, error) {
	for _, form := range []string{m.One, m.Many, m.Other} {
		if strings.Contains(placeholder.ReplaceAllString(form, ""), "{{") {
			return nil, errors.New("a placeholder is not written {{.Name}}")
		}
	}
	compiled := &message{
		other:  split(m.Other),
		plural: m.One != "",
		gsm:    strings.HasPrefix(m.ID, "sms."),
	}
	if compiled.plural {
		compiled.one = split(m.One)
		compiled.many = split(m.Many)
	}
	return compiled, nil
}

func split(s string) text {
	var t text
	from := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		t = append(t, s[from:at[0]], s[at[2]:at[3]])
		from = at[1]
	}
	return append(t, s[from:])
}

// Msg is a message that has been chosen but not yet put into words: rules
// decide on one, and whoever knows the reader's language shows it.
type Msg struct {
	Key  string
	Args []any // name, value, name, value…

	words map[Lang]string // instead of a key, for text that is data
}

// M chooses the message of this key. The arguments are names of placeholders
// and their values in turn; a value may be text, a number, another Msg, text in
// both languages (map[Lang]string), AsDate, AsClock or AsPhone. An int named
// Count selects the plural form.
func M(key string, args ...any) Msg { return Msg{Key: key, Args: args} }

// Words is for text that is data in both languages, such as the wording of a
// challenge question or the name of an organization.
func Words(words map[Lang]string) Msg { return Msg{words: words} }

// Verbatim is for text that is the same in every language, such as a name.
func Verbatim(text string) Msg { return Msg{words: map[Lang]string{EN: text, FR: text}} }

// Zero reports whether no message was chosen.
func (m Msg) Zero() bool { return m.Key == "" && m.words == nil }

// In puts the message into words, in the language of the context. The zero Msg
// is the empty text.
func (m Msg) In(ctx context.Context) string {
	switch {
	case m.words != nil:
		return m.words[LangOf(ctx)]
	case m.Key == "":
		return ""
	}
	return T(ctx, m.Key, m.Args...)
}

// T is the text of a message in the language of the context.
func T(ctx context.Context, key string, args ...any) string {
	s := scopeOf(ctx)
	if s.catalogue == nil {
		return key
	}
	m := s.catalogue.messages[s.lang][key]
	if m == nil {
		return s.catalogue.missing(key, "no such message")
	}
	t := m.other
	if m.plural {
		t = s.form(ctx, m, key, args)
	}
	if len(t) == 1 {
		return t[0]
	}
	var b strings.Builder
	for i, piece := range t {
		if i%2 == 0 {
			b.WriteString(piece)
			continue
		}
		value, ok := s.value(ctx, m, piece, args)
		if !ok {
			return s.catalogue.missing(key, "nothing given for "+piece)
		}
		b.WriteString(value)
	}
	// A sentence that ends in "p.m." or "Inc." has one period, not two.
	filled := strings.ReplaceAll(b.String(), "..", ".")
	if m.gsm {
		return plain(filled)
	}
	return filled
}

func (c *Catalogue) missing(key, why string) string {
	if c.Strict {
		panic(fmt.Sprintf("i18n: %s: %s", key, why))
	}
	return key
}

// form picks the plural form for the argument named Count.
func (s scope) form(ctx context.Context, m *message, key string, args []any) text {
	count, ok := given(args, "Count")
	n, isInt := count.(int)
	if !ok || !isInt {
		s.catalogue.missing(key, "needs an int named Count")
		return m.other
	}
	form, err := s.catalogue.plurals[s.lang].Localize(&goi18n.LocalizeConfig{MessageID: formProbe, PluralCount: n})
	switch {
	case err != nil:
		return m.other
	case form == "one":
		return m.one
	case form == "many" && len(m.many) > 1:
		return m.many
	}
	return m.other
}

func given(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// value finds what fills a placeholder: what the caller gave, else what the
// operator set, else what the college of the context says about itself.
func (s scope) value(ctx context.Context, m *message, name string, args []any) (string, bool) {
	if v, ok := given(args, name); ok {
		return s.show(ctx, m, v), true
	}
	if v, ok := s.catalogue.always[s.lang][name]; ok {
		return v, true
	}
	if s.college != nil {
		return s.college.fill(s.lang, name)
	}
	return "", false
}

func (s scope) show(ctx context.Context, m *message, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return Number(ctx, v)
	case Msg:
		return v.In(ctx)
	case map[Lang]string:
		return v[s.lang]
	case AsDate:
		if m.gsm {
			return DateBrief(ctx, v.time())
		}
		return Date(ctx, v.time())
	case AsClock:
		return Clock(ctx, v.time())
	case AsPhone:
		return Phone(ctx, string(v))
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// plain writes a text message with the letters that phones count as one:
// curly apostrophes and no-break spaces would double its price.
func plain(s string) string { return gsmLetters.Replace(s) }

var gsmLetters = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'", "“", `"`, "”", `"`, "…", "...")
