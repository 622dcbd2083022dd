package policy

import (
	"slices"
	"strconv"
)

// Weaker lists those differences from another policy that protect people less:
// they get a second person's look before they count. It is what opens a way out
// for data (a further attribute, a further origin, an identifier that more
// services share), what lets go of a check or of encryption, and every exception
// that is new or lasts longer. Differences are told as Diff tells them.
func (p Policy) Weaker(than Policy) []Difference {
	return slices.DeleteFunc(p.Diff(than), func(d Difference) bool { return !p.weakens(d, than) })
}

// strength are settings from strong to weak: going down the list weakens.
var strength = map[string][]string{
	"encrypt":    {string(EncryptRequired), string(EncryptWhenPossible), string(EncryptNever)},
	"requests":   {string(RequestsRequired), string(RequestsWhenPresent), string(RequestsOff)},
	"subject_id": {string(SubjectNone), string(SubjectPairwise), string(SubjectGeneral)},
	"minimum":    {MinimumPasskey, MinimumPossession, MinimumKnowledge, MinimumNone},
}

// on are switches that weaken when they are turned on, or with false off.
var on = map[string]bool{"unsolicited": true, "expired_keys": true, "authority": false, "notice": false}

func (p Policy) weakens(d Difference, than Policy) bool {
	if order, ok := strength[d.Field]; ok {
		return slices.Index(order, d.Is) > slices.Index(order, d.Was)
	}
	if weak, ok := on[d.Field]; ok {
		return d.Is == strconv.FormatBool(weak)
	}
	switch d.Field {
	case "signature_algorithm":
		return p.SignatureAlgorithm == RSASHA1
	case "name_ids":
		return slices.Contains(p.NameIDs, NameEmail) && !slices.Contains(than.NameIDs, NameEmail)
	case "group":
		return p.Group != ""
	case "max_age":
		return than.MaxAge > 0 && (p.MaxAge == 0 || p.MaxAge > than.MaxAge)
	case "form_origins":
		return slices.ContainsFunc(p.FormOrigins, func(o string) bool { return !slices.Contains(than.FormOrigins, o) })
	case "release":
		return p.furthers(d.Is, than)
	case "exceptions":
		return p.excepts(d.Is, than)
	}
	return false
}

// furthers tells whether a text stands for an attribute that the other policy
// does not release, whatever it is called besides.
func (p Policy) furthers(text string, than Policy) bool {
	i := slices.Index(attributeTexts(p), text)
	return i >= 0 && !slices.ContainsFunc(than.Release, func(a Attribute) bool {
		return a.Fact == p.Release[i].Fact && a.Name == p.Release[i].Name
	})
}

// excepts tells whether a text stands for an exception that the other policy does
// not make, or not for so long.
func (p Policy) excepts(text string, than Policy) bool {
	i := slices.Index(exceptionTexts(p), text)
	return i >= 0 && !slices.ContainsFunc(than.Exceptions, func(e Exception) bool {
		return e.What == p.Exceptions[i].What && !p.Exceptions[i].Until.After(e.Until)
	})
}
