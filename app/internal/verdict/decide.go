package verdict

import (
	"slices"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/app/internal/policy"
	"oneid/saml"
)

// Facts are what is true of the person and their session now. Without a person
// all but the service's own are zero.
type Facts struct {
	// SignedIn: somebody is, and owes nothing. Anew: their proof is older than
	// the service's wish for a fresh one. TooOld: older than the policy's MaxAge.
	SignedIn, Anew, TooOld bool

	Level access.Level // what the session has proven
	Reach access.Level // the most that the person has the means for
	// Vouched: somebody but the person has said who they are.
	Vouched bool
	// Minimum is what the service asks of everyone, beside its policy.
	Minimum string
	// Missing says why the person may not open the service.
	Missing journey.Missing
	// EmailVerified: the person's address has answered.
	EmailVerified bool

	// Named is whom the name means that the request gives its person.
	Named Named

	// Changed: another person was signed in here when this began. Shared: this
	// browser stands where many work. Confirmed: the person said it is them.
	Changed, Shared, Confirmed bool

	// Authorities is how many organizations let the person use the service, and
	// Chosen that one of them stands for this visit.
	Authorities int
	Chosen      bool
	// Shown are the kinds of facts that the person was shown as going there.
	Shown []string
}

// Named is whom a request means by the name that it gives its person.
type Named int

// The people a name can mean. Nobody: the service was never told it.
const (
	NamedNobody Named = iota
	NamedThem         // the person signed in
	NamedAnother
)

// Act is what comes next.
type Act string

// What can come next. Closed is a page of ours that says what is missing, with
// the refusal to take back to the service.
const (
	Answer    Act = "answer"
	SignIn    Act = "sign_in"
	Prove     Act = "prove"   // Decision.Level
	Another   Act = "another" // the service means another person
	Confirm   Act = "confirm"
	Authority Act = "authority"
	Notice    Act = "notice"
	Closed    Act = "closed"
	Refuse    Act = "refuse"
)

// Decision is what becomes of a request.
type Decision struct {
	Act Act
	// Level is what the person is asked to prove.
	Level access.Level
	// Context and NameFormat are what an answer says.
	Context, NameFormat string
	// Strong: a password alone would not have done, for the request or the service.
	Strong bool
	// Missing says why the service stays closed.
	Missing journey.Missing
	// Status and Substatus refuse at the service; Closed has them too.
	Status, Substatus string
	// Explain lists the checks that were made, in order.
	Explain []Reason
}

// Why is the check that decided: the last one made.
func (d Decision) Why() Reason {
	if len(d.Explain) == 0 {
		return Reason{}
	}
	return d.Explain[len(d.Explain)-1]
}

// Decide judges a request by a policy in effect now (policy.Effective) and what
// is true of the person.
func Decide(q saml.Request, p policy.Policy, f Facts) Decision {
	d := &decider{q: q, p: p, f: f}
	for _, check := range []func(*decider) bool{
		(*decider).subject, (*decider).name, (*decider).known,
		(*decider).signedIn, (*decider).named, (*decider).mayOpen, (*decider).email, (*decider).proven,
		(*decider).person, (*decider).authority, (*decider).notice,
	} {
		if !check(d) {
			return d.Decision
		}
	}
	d.Act = Answer
	return d.Decision
}

type decider struct {
	Decision
	q    saml.Request
	p    policy.Policy
	f    Facts
	from []class
}

func (d *decider) pass(code Code, about string) bool {
	d.Explain = append(d.Explain, Reason{Code: code, About: about, Passed: true})
	return true
}

func (d *decider) refuse(code Code, about, status, substatus string) bool {
	d.Explain = append(d.Explain, Reason{Code: code, About: about})
	d.Act, d.Status, d.Substatus = Refuse, status, substatus
	return false
}

// ask asks the person, unless the service wants silence.
func (d *decider) ask(act Act, code Code, about string) bool {
	if d.q.IsPassive {
		d.Explain = append(d.Explain, Reason{Code: code, About: about})
		return d.refuse(PassiveNeedsPerson, "", saml.StatusResponder, saml.StatusNoPassive)
	}
	d.Explain = append(d.Explain, Reason{Code: code, About: about})
	d.Act = act
	return false
}

// subject declines a request that names its person in a way that can't be
// honoured (SAML Core 3.4.1.4). A mail address is one: it is not kept.
func (d *decider) subject() bool {
	if !d.q.HasSubject {
		return true
	}
	if d.q.Subject.Value == "" || d.q.Subject.Format == policy.NameEmail {
		return d.refuse(SubjectUnreadable, "", saml.StatusResponder, saml.StatusRequestUnsupported)
	}
	asked, given := d.q.NameIDFormat, d.q.Subject.Format
	if unspecified(given) || unspecified(asked) || asked == given {
		return true
	}
	return d.refuse(SubjectOfAnotherForm, given, saml.StatusRequester, saml.StatusInvalidNameIDPolicy)
}

func unspecified(format string) bool { return format == "" || format == policy.NameUnspecified }

// named tells whether the person signed in is whom the service means: an answer
// must name the same (SAML Core 3.3.4). Whether a name is known at all is said
// only to whoever has signed in.
func (d *decider) named() bool {
	switch {
	case !d.q.HasSubject:
		return true
	case d.f.Named == NamedThem:
		return d.pass(SubjectHere, "")
	case d.f.Named == NamedAnother:
		return d.ask(Another, SubjectElsewhere, "")
	}
	return d.refuse(SubjectUnknown, "", saml.StatusResponder, saml.StatusUnknownPrincipal)
}

// name finds the format to name the person in. A name qualified for another
// service is not ours to give. AllowCreate is not looked at: a person's name
// comes into being with their account, whenever it is first said.
func (d *decider) name() bool {
	asked := d.q.NameIDFormat
	if d.q.HasSubject && d.q.Subject.Format != "" {
		asked = d.q.Subject.Format
	}
	format := d.p.NameID(asked)
	if d.q.HasSubject && slices.Contains(d.p.NameIDs, asked) {
		format = asked // also when it is the one of no stated format
	}
	if format == "" {
		return d.refuse(NameNotOffered, asked, saml.StatusRequester, saml.StatusInvalidNameIDPolicy)
	}
	if d.q.SPNameQualifier != "" && d.q.SPNameQualifier != d.q.Service {
		return d.refuse(NameOfAnother, d.q.SPNameQualifier, saml.StatusRequester, saml.StatusInvalidNameIDPolicy)
	}
	d.NameFormat = format
	return d.pass(NameChosen, format)
}

// known tells whether anybody could meet the contexts asked for.
func (d *decider) known() bool {
	d.from = acceptable(d.q, d.p)
	reachable := slices.ContainsFunc(d.from, func(c class) bool { return c.level < beyond })
	if !reachable {
		return d.refuse(ContextUnknown, d.q.Comparison, saml.StatusResponder, saml.StatusNoAuthnContext)
	}
	return d.pass(ContextKnown, d.q.Comparison)
}

func (d *decider) signedIn() bool {
	switch {
	case !d.f.SignedIn:
		return d.ask(SignIn, NobodySignedIn, "")
	case d.f.Anew:
		return d.ask(SignIn, FreshWanted, "")
	case d.f.TooOld:
		return d.ask(SignIn, ProofTooOld, "")
	}
	return d.pass(SomebodySignedIn, "")
}

// mayOpen keeps a closed service closed. What is missing is for the person to
// read on a page of ours, which takes the refusal back to the service.
func (d *decider) mayOpen() bool {
	if d.f.Missing == journey.Nothing {
		return d.pass(MayOpen, "")
	}
	d.refuse(MayNotOpen, string(d.f.Missing), saml.StatusResponder, saml.StatusRequestDenied)
	d.Missing = d.f.Missing
	if !d.q.IsPassive {
		d.Act = Closed
	}
	return false
}

// email names nobody by an address that never answered: it may be another's.
func (d *decider) email() bool {
	if d.NameFormat == policy.NameEmail && !d.f.EmailVerified {
		return d.refuse(EmailUnverified, "", saml.StatusResponder, saml.StatusInvalidNameIDPolicy)
	}
	return true
}

// proven compares what was proven with what the request and the service ask.
// What the service asks of everyone is explained on a page of ours; what this
// request asks is the service's to explain, so it is refused when out of reach.
func (d *decider) proven() bool {
	floor := floorOf(d.f.Minimum, d.p.Minimum)
	lowest, reachable := need(d.from, d.f)
	if !reachable {
		return d.refuse(ContextOutOfReach, d.q.Comparison, saml.StatusResponder, saml.StatusNoAuthnContext)
	}
	d.Strong = max(floor, lowest) > access.Basic
	said, met := say(d.q, d.from, d.f)
	if d.f.Level < floor || !met {
		d.Level = max(floor, lowest)
		code := StrongerForRequest
		if met || floor >= lowest {
			code = StrongerForService
		}
		return d.ask(Prove, code, levelName(d.Level))
	}
	d.Context = said.uri
	return d.pass(ContextMet, said.uri)
}

// person has them confirm who they are where somebody else was, or may be.
func (d *decider) person() bool {
	switch {
	case d.f.Confirmed:
		return d.pass(PersonConfirmed, "")
	case d.f.Changed:
		return d.ask(Confirm, PersonChanged, "")
	case d.f.Shared:
		return d.ask(Confirm, SharedBrowser, "")
	}
	return true
}

// authority chooses under whose authority the visit is. One is chosen silently;
// exactly one goes to a service. Services that are told none need none.
func (d *decider) authority() bool {
	if !d.p.Releases(policy.FactUAO) && !d.p.Releases(policy.FactEntitlements) {
		return true
	}
	switch {
	case d.f.Authorities == 0:
		if d.p.Authority {
			d.refuse(NoAuthority, "", saml.StatusResponder, saml.StatusRequestDenied)
			d.Missing = journey.NoAuthority
			if !d.q.IsPassive {
				d.Act = Closed
			}
			return false
		}
		return d.pass(AuthorityNotUsed, "")
	case d.f.Authorities == 1:
		return d.pass(AuthorityOnly, "")
	case d.f.Chosen:
		return d.pass(AuthorityChosen, "")
	}
	return d.ask(Authority, AuthorityOpen, "")
}

// notice shows once what goes to the service, and again when that grows.
func (d *decider) notice() bool {
	if !d.p.Notice {
		return true
	}
	for _, k := range d.p.Released() {
		if !slices.Contains(d.f.Shown, string(k)) {
			return d.ask(Notice, NoticeOwed, string(k))
		}
	}
	return d.pass(NoticeSeen, "")
}

func levelName(l access.Level) string {
	switch l {
	case access.Passkey:
		return policy.MinimumPasskey
	case access.Possession:
		return policy.MinimumPossession
	case access.Knowledge:
		return policy.MinimumKnowledge
	}
	return ""
}
