package verdict_test

import (
	"slices"
	"testing"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/policy"
	"oneid/app/internal/verdict"
	"oneid/saml"
)

// ready is a person for whom nothing is in the way.
func ready() verdict.Facts {
	return verdict.Facts{
		SignedIn: true, Level: access.Basic, Reach: access.Basic, Vouched: true, Authorities: 1, EmailVerified: true,
		Shown: []string{"name", "login_id", "email", "phone", "language", "licence", "authority", "entitlements", "level", "opaque"},
	}
}

func TestEveryBranchOfTheDecision(t *testing.T) {
	t.Parallel()
	const elsewhere = "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"
	type (
		q = saml.Request
		p = policy.Policy
		f = verdict.Facts
	)
	for _, test := range []struct {
		name    string
		request q
		policy  func(*p)
		facts   func(*f)
		act     verdict.Act
		why     verdict.Code
		sub     string // substatus of a refusal
	}{
		{name: "nothing in the way", act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "the person is named in a way that is not read", request: q{HasSubject: true}, act: verdict.Refuse, why: verdict.SubjectUnreadable, sub: saml.StatusRequestUnsupported},
		{name: "named by mail address", request: named("ada@example.ca", policy.NameEmail, ""), policy: byEmail, act: verdict.Refuse, why: verdict.SubjectUnreadable, sub: saml.StatusRequestUnsupported},
		{name: "named one way and asked for another", request: named("x", policy.NamePersistent, policy.NameTransient), act: verdict.Refuse, why: verdict.SubjectOfAnotherForm, sub: saml.StatusInvalidNameIDPolicy},
		{name: "named in a form that the service may not have", request: named("x", policy.NameTransient, ""), policy: byPersistent, act: verdict.Refuse, why: verdict.NameNotOffered, sub: saml.StatusInvalidNameIDPolicy},
		{name: "named, and here", request: named("x", policy.NamePersistent, ""), facts: func(f *f) { f.Named = verdict.NamedThem }, policy: byPersistent, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "named without a format, and here", request: named("x", "", policy.NamePersistent), facts: func(f *f) { f.Named = verdict.NamedThem }, policy: byPersistent, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "another is named", request: named("x", "", ""), facts: func(f *f) { f.Named = verdict.NamedAnother }, act: verdict.Another, why: verdict.SubjectElsewhere},
		{name: "another is named, silently", request: passive(named("x", "", "")), facts: func(f *f) { f.Named = verdict.NamedAnother }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "nobody has the name", request: named("x", "", ""), act: verdict.Refuse, why: verdict.SubjectUnknown, sub: saml.StatusUnknownPrincipal},
		{name: "nobody has the name, and nobody is here", request: named("x", "", ""), facts: func(f *f) { *f = verdict.Facts{} }, act: verdict.SignIn, why: verdict.NobodySignedIn},
		{name: "a format not offered", request: q{NameIDFormat: saml.NameIDEmail}, act: verdict.Refuse, why: verdict.NameNotOffered, sub: saml.StatusInvalidNameIDPolicy},
		{name: "a name of another service", request: q{Service: "a", SPNameQualifier: "b"}, act: verdict.Refuse, why: verdict.NameOfAnother, sub: saml.StatusInvalidNameIDPolicy},
		{name: "a name of its own", request: q{Service: "a", SPNameQualifier: "a"}, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "an address that answered", policy: byEmail, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "an address that never answered", policy: byEmail, facts: func(f *f) { f.EmailVerified = false }, act: verdict.Refuse, why: verdict.EmailUnverified, sub: saml.StatusInvalidNameIDPolicy},

		{name: "only declarations", request: q{ContextDecls: []string{"urn:x"}}, act: verdict.Refuse, why: verdict.ContextUnknown, sub: saml.StatusNoAuthnContext},
		{name: "a class that nobody knows", request: q{Contexts: []string{elsewhere}, Comparison: "exact"}, act: verdict.Refuse, why: verdict.ContextUnknown, sub: saml.StatusNoAuthnContext},
		{name: "a class that nobody reaches", request: q{Contexts: []string{saml.ContextLoA4}, Comparison: "exact"}, act: verdict.Refuse, why: verdict.ContextUnknown, sub: saml.StatusNoAuthnContext},
		{name: "better than the best", request: q{Contexts: []string{saml.ContextPhishingResistant}, Comparison: "better"}, act: verdict.Refuse, why: verdict.ContextUnknown, sub: saml.StatusNoAuthnContext},
		{name: "a class the policy withholds", request: q{Contexts: []string{saml.ContextMFA}, Comparison: "exact"}, policy: func(p *p) { p.Contexts = []string{saml.ContextPassword} }, act: verdict.Refuse, why: verdict.ContextUnknown, sub: saml.StatusNoAuthnContext},

		{name: "nobody is signed in", facts: func(f *f) { *f = verdict.Facts{} }, act: verdict.SignIn, why: verdict.NobodySignedIn},
		{name: "nobody is signed in, silently", request: q{IsPassive: true}, facts: func(f *f) { *f = verdict.Facts{} }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "forced", facts: func(f *f) { f.Anew = true }, act: verdict.SignIn, why: verdict.FreshWanted},
		{name: "forced, silently", request: q{IsPassive: true}, facts: func(f *f) { f.Anew = true }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "proven too long ago", facts: func(f *f) { f.TooOld = true }, act: verdict.SignIn, why: verdict.ProofTooOld},
		{name: "silently with a session", request: q{IsPassive: true}, act: verdict.Answer, why: verdict.NoticeSeen},

		{name: "not enrolled", facts: func(f *f) { f.Missing = journey.NoSponsor }, act: verdict.Closed, why: verdict.MayNotOpen, sub: saml.StatusRequestDenied},
		{name: "not enrolled, silently", request: q{IsPassive: true}, facts: func(f *f) { f.Missing = journey.NoSponsor }, act: verdict.Refuse, why: verdict.MayNotOpen, sub: saml.StatusRequestDenied},

		{name: "two kinds asked, none to give", request: q{Contexts: []string{saml.ContextMFA}}, act: verdict.Refuse, why: verdict.ContextOutOfReach, sub: saml.StatusNoAuthnContext},
		{name: "two kinds asked, a phone at hand", request: q{Contexts: []string{saml.ContextMFA}}, facts: func(f *f) { f.Reach = access.Possession }, act: verdict.Prove, why: verdict.StrongerForRequest},
		{name: "two kinds asked, silently", request: q{Contexts: []string{saml.ContextMFA}, IsPassive: true}, facts: func(f *f) { f.Reach = access.Possession }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "two kinds given", request: q{Contexts: []string{saml.ContextMFA}}, facts: func(f *f) { f.Level = access.Possession }, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "AL2 of a stranger's word", request: q{Contexts: []string{saml.ContextAL2}}, facts: func(f *f) { f.Vouched = false }, act: verdict.Refuse, why: verdict.ContextOutOfReach, sub: saml.StatusNoAuthnContext},
		{name: "AL2 of a college's", request: q{Contexts: []string{saml.ContextAL2}}, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "the service's own minimum", facts: func(f *f) { f.Minimum = "possession" }, act: verdict.Prove, why: verdict.StrongerForService},
		{name: "the policy's minimum", policy: func(p *p) { p.Minimum = "passkey" }, facts: func(f *f) { f.Level = access.Possession }, act: verdict.Prove, why: verdict.StrongerForService},
		{name: "a known device where knowledge is enough", facts: func(f *f) { f.Minimum = "knowledge" }, act: verdict.Answer, why: verdict.NoticeSeen},

		{name: "another was here", facts: func(f *f) { f.Changed = true }, act: verdict.Confirm, why: verdict.PersonChanged},
		{name: "another was here, silently", request: q{IsPassive: true}, facts: func(f *f) { f.Changed = true }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "a shared workstation", facts: func(f *f) { f.Shared = true }, act: verdict.Confirm, why: verdict.SharedBrowser},
		{name: "and it is them", facts: func(f *f) { f.Changed, f.Shared, f.Confirmed = true, true, true }, act: verdict.Answer, why: verdict.NoticeSeen},

		{name: "several authorities", facts: func(f *f) { f.Authorities = 2 }, act: verdict.Authority, why: verdict.AuthorityOpen},
		{name: "several, silently", request: q{IsPassive: true}, facts: func(f *f) { f.Authorities = 2 }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "one of several chosen", facts: func(f *f) { f.Authorities, f.Chosen = 2, true }, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "several, none of the service's business", policy: func(p *p) { p.Release = p.Release[:1] }, facts: func(f *f) { f.Authorities = 2 }, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "none", facts: func(f *f) { f.Authorities = 0 }, act: verdict.Answer, why: verdict.NoticeSeen},
		{name: "none, where one is a must", policy: func(p *p) { p.Authority = true }, facts: func(f *f) { f.Authorities = 0 }, act: verdict.Closed, why: verdict.NoAuthority, sub: saml.StatusRequestDenied},
		{name: "none, where one is a must, silently", request: q{IsPassive: true}, policy: func(p *p) { p.Authority = true }, facts: func(f *f) { f.Authorities = 0 }, act: verdict.Refuse, why: verdict.NoAuthority, sub: saml.StatusRequestDenied},

		{name: "never shown", facts: func(f *f) { f.Shown = nil }, act: verdict.Notice, why: verdict.NoticeOwed},
		{name: "shown less", facts: func(f *f) { f.Shown = f.Shown[1:] }, act: verdict.Notice, why: verdict.NoticeOwed},
		{name: "never shown, silently", request: q{IsPassive: true}, facts: func(f *f) { f.Shown = nil }, act: verdict.Refuse, why: verdict.PassiveNeedsPerson, sub: saml.StatusNoPassive},
		{name: "no notice wanted", policy: func(p *p) { p.Notice = false }, facts: func(f *f) { f.Shown = nil }, act: verdict.Answer, why: verdict.AuthorityOnly},
	} {
		t.Run(test.name, func(t *testing.T) {
			treated, facts := policy.Ontario.Policy(), ready()
			if test.policy != nil {
				test.policy(&treated)
			}
			if test.facts != nil {
				test.facts(&facts)
			}
			d := verdict.Decide(test.request, treated, facts)
			if d.Act != test.act || d.Why().Code != test.why || d.Substatus != test.sub {
				t.Errorf("%s because %s with %q, want %s because %s with %q", d.Act, d.Why().Code, d.Substatus, test.act, test.why, test.sub)
			}
			if (d.Status != "") != (test.sub != "") || (d.Act == verdict.Answer) != (d.Context != "" && d.Act != verdict.Notice && d.Act != verdict.Confirm && d.Act != verdict.Authority && d.Substatus == "") {
				t.Errorf("status %q and context %q with %s", d.Status, d.Context, d.Act)
			}
			for i, r := range d.Explain {
				if r.Msg().Zero() {
					t.Errorf("no words for %s", r.Code)
				}
				if last := i == len(d.Explain)-1; !r.Passed && d.Act == verdict.Answer || r.Passed && last && d.Act != verdict.Answer {
					t.Errorf("%s came out as passed=%t, and then %s", r.Code, r.Passed, d.Act)
				}
			}
		})
	}
}

func byPersistent(p *policy.Policy) { p.NameIDs = []string{policy.NamePersistent} }

// named is a request that names its person, in a form, and asks for a form.
func named(value, format, asked string) saml.Request {
	return saml.Request{HasSubject: true, Subject: saml.SubjectName{Value: value, Format: format}, NameIDFormat: asked}
}

func passive(q saml.Request) saml.Request {
	q.IsPassive = true
	return q
}

func byEmail(p *policy.Policy) { p.NameIDs = []string{policy.NameEmail} }

func TestAnAnswerSaysWhatWasDoneAndNoMore(t *testing.T) {
	t.Parallel()
	const (
		basic, knowledge, possession, passkey = access.Basic, access.Knowledge, access.Possession, access.Passkey
	)
	for _, test := range []struct {
		comparison string
		asked      []string
		speaks     policy.Vocabulary
		level      access.Level
		stated     bool // the person's own word only
		want       string
	}{
		{level: basic, want: saml.ContextPassword},
		{level: knowledge, want: saml.ContextKnowledge},
		{level: possession, want: saml.ContextMFA},
		{level: passkey, want: saml.ContextMFA},
		{speaks: policy.VocabularyLevel, level: passkey, want: saml.ContextAL2},
		{speaks: policy.VocabularyLevel, level: passkey, stated: true, want: saml.ContextAL1},
		{speaks: policy.VocabularyFour, level: basic, want: saml.ContextLoA2},
		{speaks: policy.VocabularyFour, level: knowledge, want: saml.ContextLoA2},
		{speaks: policy.VocabularyFour, level: possession, want: saml.ContextLoA3},
		{speaks: policy.VocabularyFour, level: passkey, want: saml.ContextLoA3},
		{speaks: policy.VocabularyFour, level: passkey, stated: true, want: saml.ContextLoA1},

		{"exact", []string{saml.ContextPassword}, "", passkey, false, saml.ContextPassword},
		{"exact", []string{saml.ContextUnspecified}, "", basic, false, saml.ContextUnspecified},
		{"exact", []string{saml.ContextMFA, saml.ContextPassword}, "", basic, false, saml.ContextPassword},
		{"exact", []string{saml.ContextMFA, saml.ContextPassword}, "", possession, false, saml.ContextMFA},
		{"exact", []string{saml.ContextPhishingResistant}, "", passkey, false, saml.ContextPhishingResistant},
		{"exact", []string{saml.ContextAL2, saml.ContextMFA}, "", possession, false, saml.ContextAL2},
		{"minimum", []string{saml.ContextPassword}, "", possession, false, saml.ContextMFA},
		{"minimum", []string{saml.ContextPhishingResistant}, "", passkey, false, saml.ContextPhishingResistant},
		{"minimum", []string{saml.ContextLoA2}, "", possession, false, saml.ContextLoA3},
		{"minimum", []string{saml.ContextBarePassword}, "", basic, false, saml.ContextPassword},
		{"better", []string{saml.ContextPassword}, "", knowledge, false, saml.ContextKnowledge},
		{"maximum", []string{saml.ContextPassword}, "", passkey, false, saml.ContextPassword},
		{"maximum", []string{saml.ContextKnowledge}, "", possession, false, saml.ContextKnowledge},
		{"maximum", []string{saml.ContextLoA2}, "", possession, false, saml.ContextLoA2},
	} {
		treated, facts := policy.Ontario.Policy(), ready()
		if test.speaks != "" {
			treated.Vocabulary = test.speaks
		}
		facts.Level, facts.Vouched = test.level, !test.stated
		d := verdict.Decide(saml.Request{Contexts: test.asked, Comparison: test.comparison}, treated, facts)
		if d.Act != verdict.Answer || d.Context != test.want {
			t.Errorf("%s %v of %d: %s says %q because %s, want %q", test.comparison, test.asked, test.level, d.Act, d.Context, d.Why().Code, test.want)
		}
	}
}

func TestTheLeastThatHelpsIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		comparison string
		asked      []string
		minimum    string
		want       access.Level
	}{
		{"exact", []string{saml.ContextPhishingResistant, saml.ContextMFA}, "", access.Possession},
		{"better", []string{saml.ContextPassword}, "", access.Knowledge},
		{"minimum", []string{saml.ContextLoA3}, "", access.Possession},
		{"exact", []string{saml.ContextKnowledge}, "possession", access.Possession},
		{"", nil, "passkey", access.Passkey},
	} {
		facts := ready()
		facts.Reach, facts.Minimum = access.Passkey, test.minimum
		d := verdict.Decide(saml.Request{Contexts: test.asked, Comparison: test.comparison}, policy.Ontario.Policy(), facts)
		if d.Act != verdict.Prove || d.Level != test.want {
			t.Errorf("%s %v with minimum %q: %s %d, want %d", test.comparison, test.asked, test.minimum, d.Act, d.Level, test.want)
		}
	}
}

func TestWhatAPersonDeclinesIsToldInOneStatus(t *testing.T) {
	t.Parallel()
	declined, cancelled := verdict.Ended(true), verdict.Ended(false)
	if declined.Substatus != saml.StatusRequestDenied || cancelled.Substatus != saml.StatusAuthnFailed {
		t.Errorf("statuses %q and %q", declined.Substatus, cancelled.Substatus)
	}
	if !slices.Contains(verdict.Contexts(), saml.ContextAL2) {
		t.Error("AL2 is not among the contexts")
	}
}
