package home

import (
	"context"
	"strings"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// Door is a college's portal, where its members begin to register.
type Door struct {
	College   i18n.College
	PortalURL string
}

// Landing is the first page of the product, for whoever isn't signed in.
func Landing(doors []Door) ui.Page {
	return ui.Page{Title: i18n.M("home.landing.title"), Body: landing(doors), Rail: help()}
}

// StartModel is a person's services and what is to be done first.
type StartModel struct {
	Name string
	// Unconfirmed is the email address that has not answered yet; empty when it
	// has.
	Unconfirmed string
	Open        []Open
	Closed      []Closed
}

// Open is a service that the person may open.
type Open struct {
	Service       string // its id
	Name, Tagline map[i18n.Lang]string
	Door          string   // where it is opened; empty for nowhere that we know
	Last          i18n.Msg // when it was last opened; zero for never
	// Authority is whose it opens under without asking; nil where that is asked.
	Authority map[i18n.Lang]string
}

// Closed is a service that stays closed to the person.
type Closed struct {
	Name, Tagline map[i18n.Lang]string
	// Missing is what is missing, as journey.Missing names it.
	Missing string
	College *i18n.College // whose members the service is for, if it is for any
	Contact string        // the service's own team; may be empty
}

// Start is the page of a person's services.
func Start(m StartModel) ui.Page {
	return ui.Page{Title: i18n.M("layout.header.services"), Body: start(m), Frame: ui.Account, NoIndex: true}
}

// openWords splits "Open ConnectingOntario" into what a button shows and what
// is only said: the tile has the name already.
func openWords(ctx context.Context, service map[i18n.Lang]string) (drawn, said string) {
	name := service[i18n.LangOf(ctx)]
	text := i18n.T(ctx, "home.start.open", "Service", name)
	if verb, ok := strings.CutSuffix(text, name); ok && name != "" {
		return strings.TrimRight(verb, " \u00a0"), " " + name
	}
	return text, ""
}

// needs are what the person has and what is missing, with who can mend it.
func (c Closed) needs() []ui.Need {
	have := ui.Need{Kind: ui.OK, Title: i18n.M("home.start.account_ok")}
	sponsor := i18n.M("enrolment.missing.who_lra_any")
	lack := ui.Need{Kind: ui.Bad}
	switch c.Missing {
	case "account":
		return []ui.Need{{Kind: ui.Bad, Title: i18n.M("enrolment.missing.account_closed"), Detail: i18n.M("layout.help.desk")}}
	case "paused":
		lack.Title, lack.Detail = i18n.M("enrolment.missing.paused", "Service", c.Name), i18n.M("layout.help.desk")
	case "suspended":
		lack.Title, lack.Detail = i18n.M("enrolment.missing.suspended_now", "Service", c.Name), sponsor
	case "ended":
		lack.Title, lack.Detail = i18n.M("enrolment.missing.ended_now", "Service", c.Name), sponsor
	case "no_licence":
		lack.Body = needLicence(c.College)
	default:
		lack.Title, lack.Detail = i18n.M("home.start.need_sponsor"), sponsor
	}
	return []ui.Need{have, lack}
}

// Policy is one of our texts in force.
type Policy struct {
	Title, Body string
	Version     string
	InForce     i18n.AsDate
}

func (p Policy) version() i18n.Msg {
	return i18n.M("register.policies.version", "Version", p.Version, "Date", p.InForce)
}

// Help is the page behind every Help that has no page of its own.
func Help(doors []Door) ui.Page {
	return ui.Page{Title: i18n.M("home.help.title"), Body: helpPage(doors)}
}

// Guide shows how to use an account.
func Guide() ui.Page {
	return ui.Page{Title: i18n.M("home.guide.title"), Body: guide(), Back: "/help", Scripts: []string{"copy"}}
}

// Accessibility says how the pages are made for everyone, and whom to tell if
// one is not.
func Accessibility() ui.Page {
	return ui.Page{Title: i18n.M("home.accessibility.title"), Body: accessibility(), Back: "/help"}
}

// Privacy shows what is collected and what stays in the browser.
func Privacy(notice Policy) ui.Page {
	return ui.Page{Title: i18n.M("home.privacy.title"), Body: privacy(notice), Back: "/help", Scripts: []string{"copy"}}
}

// Terms shows what is asked of everyone, and the physicians' agreement.
func Terms(agreement Policy) ui.Page {
	return ui.Page{Title: i18n.M("home.terms.title"), Body: terms(agreement), Back: "/help", Scripts: []string{"copy"}}
}
