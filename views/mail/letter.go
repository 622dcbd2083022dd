package mail

import (
	"context"
	"fmt"
	"strings"
	"time"

	"oneid/views/i18n"
)

// Model is what a mail says. Zero fields leave their part out.
type Model struct {
	Name          string // who is greeted
	Subject, Body i18n.Msg
	// Link is the address in Body that becomes a link.
	Link string
	// At, Device and Place are for events that a person should recognise;
	// Security adds what to do about one.
	At            time.Time
	Device, Place string
	Security      bool
	NotMe         string // address that freezes the account
	Reference     string
	// Never says what we never ask for. Mail with a link of its own kind must
	// not say it.
	Never bool
	// NoAccount leaves out what is only true of an account: why this came, and
	// where to change the language.
	NoAccount bool
}

// Letter is a mail in words.
type Letter struct {
	Subject, Text, HTML string
}

// Compose writes a mail in the language of the context.
func Compose(ctx context.Context, m Model) (Letter, error) {
	d := draft{
		lang:    i18n.LangOf(ctx).Tag(),
		other:   i18n.LangOf(ctx).Other().Tag(),
		brand:   i18n.StandingOf(ctx).Brand,
		subject: m.Subject.In(ctx),
		body:    paragraphs(m.Body.In(ctx)),
		links:   []string{m.Link, m.NotMe},
	}
	if m.Name != "" {
		d.greeting = i18n.T(ctx, "mail.frame.greeting", "Name", m.Name)
	}
	if !m.At.IsZero() {
		d.facts = append(d.facts, i18n.T(ctx, "mail.frame.when", "Date", i18n.AsDate(m.At), "Time", i18n.AsClock(m.At)))
	}
	switch {
	case m.Device != "" && m.Place != "":
		d.facts = append(d.facts, i18n.T(ctx, "mail.frame.where", "Device", m.Device, "Place", m.Place))
	case m.Device != "":
		d.facts = append(d.facts, i18n.T(ctx, "mail.frame.device", "Device", m.Device))
	}
	if m.Reference != "" {
		d.facts = append(d.facts, i18n.T(ctx, "mail.frame.reference", "Reference", m.Reference))
	}
	switch {
	case m.NotMe != "":
		d.advice = paragraphs(i18n.T(ctx, "mail.frame.not_me", "NotMeLink", m.NotMe))
	case m.Security:
		d.advice = paragraphs(i18n.T(ctx, "mail.frame.no_action"))
	}
	if m.Never {
		d.notes = append(d.notes, i18n.T(ctx, "mail.frame.never"))
	}
	d.notes = append(d.notes, i18n.T(ctx, "mail.frame.desk"))
	if !m.NoAccount {
		d.notes = append(d.notes, i18n.T(ctx, "mail.frame.why"))
		d.language = i18n.T(ctx, "mail.frame.language")
	}

	var html strings.Builder
	if err := page(d).Render(ctx, &html); err != nil {
		return Letter{}, fmt.Errorf("write mail: %w", err)
	}
	return Letter{Subject: d.subject, Text: d.text(), HTML: html.String()}, nil
}

// draft is a mail in pieces, from which both forms are made.
type draft struct {
	lang, other, brand  string
	subject, greeting   string
	body, advice        []paragraph
	facts, notes, links []string
	language            string
}

// paragraph is lines that belong together.
type paragraph []string

func paragraphs(s string) []paragraph {
	var out []paragraph
	for _, part := range strings.Split(strings.TrimSpace(s), "\n\n") {
		out = append(out, strings.Split(part, "\n"))
	}
	return out
}

func (d draft) text() string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(d.greeting)
	for _, p := range d.body {
		add(strings.Join(p, "\n"))
	}
	add(strings.Join(d.facts, "\n"))
	for _, p := range d.advice {
		add(strings.Join(p, "\n"))
	}
	for _, n := range d.notes {
		add(n)
	}
	add(d.language)
	return strings.Join(parts, "\n\n") + "\n"
}

// isLink reports whether a line is one of the mail's own addresses. Nothing
// else in a mail ever becomes a link, whatever a name or a reason holds.
func (d draft) isLink(line string) bool {
	for _, link := range d.links {
		if link != "" && line == link {
			return true
		}
	}
	return false
}
