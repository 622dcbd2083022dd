package sso

import (
	"slices"

	"oneid/app/internal/access"
	"oneid/db"
	"oneid/saml"
)

// class is an authentication context as services name it, and the level of
// proof that it stands for.
type class struct {
	uri   string
	level access.Level
}

// classes are those that we know, weakest first. A known device with a password
// is a password to a service; two kinds of proof are REFEDS' MFA, and a passkey
// withstands phishing besides.
func classes() []class {
	return []class{
		{saml.ContextPassword, access.Basic},
		{saml.ContextKnowledge, access.Knowledge},
		{saml.ContextMFA, access.Possession},
		{saml.ContextPhishingResistant, access.Passkey},
	}
}

// done is the class that says what a session has proven, when the service asked
// for none. A passkey is said to be two kinds of proof, which more services know.
func done(level access.Level) string {
	switch {
	case level >= access.Possession:
		return saml.ContextMFA
	case level == access.Knowledge:
		return saml.ContextKnowledge
	}
	return saml.ContextPassword
}

// minimum is the level that a service asks of everyone. A known device is not
// asked again where knowledge is enough.
func minimum(s *db.Service) access.Level {
	switch s.Minimum {
	case "passkey":
		return access.Passkey
	case "possession":
		return access.Possession
	}
	return access.Basic
}

// wanted is the least level at which a request can be answered, and whether it
// can be at all (SAML Core 3.3.2.2.1). An exact class is met by what is at least
// as strong: whoever gave more has given that too.
func wanted(q saml.Request) (access.Level, bool) {
	if len(q.Contexts) == 0 {
		return access.Basic, len(q.ContextDecls) == 0
	}
	named := levels(q)
	if len(named) == 0 {
		return access.None, false
	}
	switch q.Comparison {
	case "better": // than all of those named
		better := slices.Max(named) + 1
		return better, better <= access.Passkey
	case "maximum":
		return access.Basic, true
	}
	return slices.Min(named), true
}

// levels are those of the classes named that we know.
func levels(q saml.Request) []access.Level {
	var named []access.Level
	for _, c := range classes() {
		if slices.Contains(q.Contexts, c.uri) {
			named = append(named, c.level)
		}
	}
	return named
}

// said is the class that an answer names. It is never more than was done, nor
// more than the most that the service wants to hear.
func said(q saml.Request, level access.Level) string {
	named := levels(q)
	switch {
	case len(named) == 0:
		return done(level)
	case q.Comparison == "minimum" || q.Comparison == "better":
		// Two kinds of proof would be too little to hear for a service that wants
		// what withstands phishing.
		if least, _ := wanted(q); least > access.Possession && level >= least {
			return saml.ContextPhishingResistant
		}
		return done(level)
	case q.Comparison == "maximum":
		return done(min(level, slices.Max(named)))
	}
	for _, uri := range q.Contexts { // in the service's order
		for _, c := range classes() {
			if c.uri == uri && c.level <= level {
				return uri
			}
		}
	}
	return done(level)
}

// reach is the highest level that an account has the means for.
func reach(m db.Means) access.Level {
	switch {
	case m.Passkeys > 0:
		return access.Passkey
	case m.Holds():
		return access.Possession
	case m.Questions > 1:
		return access.Knowledge
	}
	return access.Basic
}
