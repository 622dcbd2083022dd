package findings

import (
	"strings"

	"oneid/saml"
)

// people judges what people read, and whom we could write to.
func (j *judge) people(entity, role *element) {
	j.names(role)
	j.contacts(entity, role)
	j.nameIDs(role)
}

func (j *judge) names(role *element) {
	var names []*element
	if ext := role.first(metadataNS, "Extensions"); ext != nil {
		names = ext.below(uiNS, "DisplayName")
	}
	if len(names) == 0 {
		names = role.below(metadataNS, "ServiceName")
	}
	languages := map[string]bool{}
	for _, n := range names {
		language, _, _ := strings.Cut(n.language(), "-")
		languages[language] = true
	}
	switch {
	case len(names) == 0:
		j.add(Advice, NoName, role.line, "")
	case !languages["en"] || !languages["fr"]:
		j.add(Advice, OneLanguage, names[0].line, strings.TrimSpace(names[0].text))
	}
}

func (j *judge) contacts(entity, role *element) {
	reachable := false
	for _, c := range append(entity.all(metadataNS, "ContactPerson"), role.all(metadataNS, "ContactPerson")...) {
		kind, _ := c.attr("contactType")
		if kind != "technical" && kind != "support" {
			continue
		}
		mails := c.all(metadataNS, "EmailAddress")
		if len(mails) == 0 {
			j.add(Warning, NoMail, c.line, kind)
			continue
		}
		reachable = true
	}
	if !reachable && !j.has(NoMail) {
		j.add(Warning, NoContact, entity.line, "")
	}
}

// nameIDs warns of a service that wants people named as we do only by exception.
func (j *judge) nameIDs(role *element) {
	list := role.all(metadataNS, "NameIDFormat")
	mail := (*element)(nil)
	for _, e := range list {
		switch strings.TrimSpace(e.text) {
		case saml.NameIDPersistent, saml.NameIDTransient, saml.NameIDUnspecified:
			return
		case saml.NameIDEmail:
			mail = e
		}
	}
	switch {
	case mail != nil:
		j.add(Warning, NameIDMail, mail.line, "")
	case len(list) > 0:
		j.add(Warning, NameIDOthers, list[0].line, strings.TrimSpace(list[0].text))
	}
}
