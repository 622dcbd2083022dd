package sso

import (
	"time"

	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Addresses that the screens post to.
const (
	ContinuePath    = "/sso/continue"
	AuthorityPath   = "/sso/authority"
	WorkstationPath = "/workstation"
)

// ContinueModel asks whether the person signed in here is who is here.
type ContinueModel struct {
	Journey       string
	Service       map[i18n.Lang]string
	Name, LoginID string
	Shared        bool // a shared workstation asks each time; else somebody else was here
	Another       bool // the service means another person than the one signed in
}

// Continue is the screen that asks who is here.
func Continue(m ContinueModel) ui.Page {
	if m.Another {
		return ui.Page{Title: i18n.M("sso.another.title"), Body: another(m), NoIndex: true}
	}
	return ui.Page{Title: i18n.M("sso.continue.title", "Name", m.Name), Body: continueAs(m), NoIndex: true}
}

// AuthorityModel is a choice among organizations.
type AuthorityModel struct {
	Journey string
	Service map[i18n.Lang]string
	Options []AuthorityOption
	// Withdrawn is the one that was chosen before and can't be any more.
	Withdrawn map[i18n.Lang]string
	Errors    *form.Errors
}

// AuthorityOption is one organization or person.
type AuthorityOption struct {
	ID     string
	Name   map[i18n.Lang]string
	Town   string
	Person bool
	Last   bool
}

// Authority is the screen that asks under whose authority the person works.
func Authority(m AuthorityModel) ui.Page {
	return ui.Page{
		Title: i18n.M("sso.authority.title"), Body: authority(m), Errors: m.Errors, Rail: whyAuthority(), NoIndex: true,
	}
}

func (m AuthorityModel) field() ui.Field {
	f := ui.Field{Name: "authority", Label: i18n.M("sso.authority.label"), Error: m.Errors.Of("authority")}
	for _, o := range m.Options {
		f.Options = append(f.Options, ui.Option{Value: o.ID, Label: i18n.Words(o.Name), Hint: o.hint()})
		if o.Last {
			f.Value = o.ID
		}
	}
	return f
}

// hint says where an organization is and that it was used last.
func (o AuthorityOption) hint() i18n.Msg {
	kind := i18n.M("sso.authority.organization")
	if o.Person {
		kind = i18n.M("sso.authority.person")
	}
	place := kind
	if o.Town != "" {
		place = i18n.M("sso.authority.place", "Kind", kind, "Town", o.Town)
	}
	if o.Last {
		return i18n.M("sso.authority.place_last", "Place", place, "Last", i18n.M("sso.authority.last"))
	}
	return place
}

// NoticeModel is what a service receives.
type NoticeModel struct {
	Journey             string
	Service             map[i18n.Lang]string
	Operator, Authority map[i18n.Lang]string // may be empty
	Kinds               []Kind
	Since               time.Time // of the notice before; zero for none
}

// Kind is one line of a notice, as package policy names it.
type Kind struct {
	Name string
	New  bool
}

// Notice is the screen that shows what a service receives.
func Notice(m NoticeModel) ui.Page {
	return ui.Page{Title: i18n.M("sso.release.title", "Service", m.Service), Body: notice(m), NoIndex: true}
}

// WorkstationModel is how a browser is set up.
type WorkstationModel struct {
	Shared bool
	// Idle and Whole are how long sessions last at a shared one.
	Idle, Whole time.Duration
}

// Workstation is the screen that makes a browser a shared workstation's.
func Workstation(m WorkstationModel) ui.Page {
	return ui.Page{Title: i18n.M("sso.workstation.title"), Body: workstation(m), NoIndex: true}
}
