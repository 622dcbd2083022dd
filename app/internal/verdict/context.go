package verdict

import (
	"slices"

	"oneid/app/internal/access"
	"oneid/app/internal/policy"
	"oneid/saml"
)

// class is an authentication context by the name that services know, and what
// it stands for.
type class struct {
	uri        string
	vocabulary policy.Vocabulary
	level      access.Level
	vouched    bool // somebody but the person has said who they are
	// quiet classes are said only to a service that named them.
	quiet bool
}

// beyond is a level that nothing we do reaches.
const beyond = access.Passkey + 1

// classes are those that we know, weakest first. A known device with a password
// is a password to a service; two kinds of proof are REFEDS' MFA, and a passkey
// withstands phishing besides, which fewer services have heard of.
func classes() []class {
	return []class{
		{saml.ContextUnspecified, policy.VocabularySAML, access.Basic, false, true},
		{saml.ContextBarePassword, policy.VocabularySAML, access.Basic, false, true},
		{saml.ContextSingleFactor, policy.VocabularySAML, access.Basic, false, true},
		{saml.ContextPassword, policy.VocabularySAML, access.Basic, false, false},
		{saml.ContextKnowledge, policy.VocabularySAML, access.Knowledge, false, false},
		{saml.ContextMFA, policy.VocabularySAML, access.Possession, false, false},
		{saml.ContextPhishingResistant, policy.VocabularySAML, access.Passkey, false, false},

		{saml.ContextAL1, policy.VocabularyLevel, access.Basic, false, false},
		{saml.ContextAL2, policy.VocabularyLevel, access.Basic, true, false},

		// Password and questions are one kind of proof: level 2. Level 4 wants
		// hardware that somebody handed over in person.
		{saml.ContextLoA1, policy.VocabularyFour, access.Basic, false, false},
		{saml.ContextLoA2, policy.VocabularyFour, access.Basic, true, false},
		{saml.ContextLoA3, policy.VocabularyFour, access.Possession, true, false},
		{saml.ContextLoA4, policy.VocabularyFour, beyond, true, false},
	}
}

// Contexts lists the names of the classes that we know, weakest first within
// each vocabulary.
func Contexts() []string {
	var all []string
	for _, c := range classes() {
		all = append(all, c.uri)
	}
	return all
}

// strength orders the classes of one vocabulary.
func (c class) strength() int {
	s := 2 * int(c.level)
	if c.vouched {
		s++
	}
	return s
}

// metBy tells whether a session has proven what the class stands for. Whoever
// gave more has given that too.
func (c class) metBy(f Facts) bool { return f.Level >= c.level && (f.Vouched || !c.vouched) }

// within tells whether the person could prove it.
func (c class) within(f Facts) bool {
	return max(f.Reach, f.Level) >= c.level && (f.Vouched || !c.vouched)
}

// allowed are the classes that the service may be told.
func allowed(p policy.Policy) []class {
	all := classes()
	if len(p.Contexts) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(c class) bool { return !slices.Contains(p.Contexts, c.uri) })
}

// acceptable are the classes with which a request may be answered, weakest
// first, or for an exact one in the service's own order (SAML Core 3.3.2.2.1).
// None: the request names nothing that we know, and can't be met by anybody.
func acceptable(q saml.Request, p policy.Policy) []class {
	all := allowed(p)
	if len(q.Contexts) == 0 {
		if len(q.ContextDecls) > 0 {
			return nil
		}
		return speaking(all, p.Vocabulary)
	}
	var named []class
	for _, uri := range q.Contexts {
		for _, c := range all {
			if c.uri == uri {
				named = append(named, c)
			}
		}
	}
	if len(named) == 0 {
		return nil
	}
	if q.Comparison == "" || q.Comparison == "exact" {
		return named
	}
	return compared(q.Comparison, named, all)
}

// speaking are the classes that are said unasked, in the service's vocabulary;
// when it may hear none of that, in any.
func speaking(all []class, v policy.Vocabulary) []class {
	loud := slices.DeleteFunc(slices.Clone(all), func(c class) bool { return c.quiet || c.vocabulary != v })
	if len(loud) == 0 {
		return all
	}
	return loud
}

// compared are the classes that compare as wanted with those named, each in its
// own vocabulary: levels of different ones are not compared.
func compared(how string, named, all []class) []class {
	var fit []class
	for _, c := range all {
		weakest, strongest, any := bounds(named, c.vocabulary)
		switch {
		case !any:
			continue
		case c.quiet && !slices.Contains(named, c):
			continue
		case how == "minimum" && c.strength() >= weakest,
			how == "better" && c.strength() > strongest, // than all of those named
			how == "maximum" && c.strength() <= strongest:
			fit = append(fit, c)
		}
	}
	return fit
}

func bounds(named []class, v policy.Vocabulary) (weakest, strongest int, any bool) {
	for _, c := range named {
		if c.vocabulary != v {
			continue
		}
		if s := c.strength(); !any {
			weakest, strongest, any = s, s, true
		} else {
			weakest, strongest = min(weakest, s), max(strongest, s)
		}
	}
	return weakest, strongest, any
}

// say chooses the class that an answer names among those acceptable: for an
// exact request the first that is met, else the strongest. A passkey is said to
// be two kinds of proof where that will do.
func say(q saml.Request, from []class, f Facts) (class, bool) {
	exact := len(q.Contexts) > 0 && (q.Comparison == "" || q.Comparison == "exact")
	var best class
	found := false
	for _, c := range from {
		switch {
		case !c.metBy(f):
		case exact:
			return c, true
		case !found, c.strength() >= best.strength() && !(c.level == access.Passkey && best.level == access.Possession):
			best, found = c, true
		}
	}
	return best, found
}

// need is the lowest level at which one of the classes would be met by a person
// who has the means for it.
func need(from []class, f Facts) (access.Level, bool) {
	lowest, found := beyond, false
	for _, c := range from {
		if c.within(f) && c.level < lowest {
			lowest, found = c.level, true
		}
	}
	return lowest, found
}

// minimumOf is the level that stands behind a minimum's name. A known device is
// not asked again where knowledge is enough.
func minimumOf(name string) access.Level {
	switch name {
	case policy.MinimumPasskey:
		return access.Passkey
	case policy.MinimumPossession:
		return access.Possession
	}
	return access.Basic
}

// floorOf is what all of some minimums ask.
func floorOf(names ...string) access.Level {
	floor := access.Basic
	for _, name := range names {
		floor = max(floor, minimumOf(name))
	}
	return floor
}

// Strong tells whether some minimums ask everyone for more than a password.
func Strong(minimums ...string) bool { return floorOf(minimums...) > access.Basic }
