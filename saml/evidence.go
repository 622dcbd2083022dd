package saml

import "time"

// evidence reads the facts of a verified assertion. The node carries the first
// fault of form.
func (p *proof) evidence(doc []byte) (*Evidence, node) {
	n := p.assertion
	e := &Evidence{
		AssertionID: n.attr("ID"), Issuer: readIssuer(n),
		IssueInstant: n.time("IssueInstant"), Attributes: map[string][]string{},
		SignedXML: doc, KeyFingerprint: p.key.KeyFingerprint, Algorithm: p.key.Algorithm,
	}
	if p.signed {
		e.ResponseID = p.response.attr("ID")
	}
	if n.attr("Version") != "2.0" {
		n.fail("an assertion of version %q", n.attr("Version"))
	}
	if e.IssueInstant.IsZero() {
		n.fail("the assertion's IssueInstant is absent")
	}
	if subject, ok := n.child(assertionNS, "Subject"); ok {
		if name, ok := subject.child(assertionNS, "NameID"); ok {
			e.NameID = NameID{
				Format: name.attr("Format"), Value: name.text(),
				NameQualifier: name.attr("NameQualifier"), SPNameQualifier: name.attr("SPNameQualifier"),
			}
		}
	}
	statement, ok := n.child(assertionNS, "AuthnStatement")
	if !ok {
		n.fail("no statement of how the member signed in")
	}
	e.AuthnInstant = statement.time("AuthnInstant")
	if context, ok := statement.child(assertionNS, "AuthnContext"); ok {
		if class, ok := context.child(assertionNS, "AuthnContextClassRef"); ok {
			e.Context = class.uri()
		}
	}
	if e.AuthnInstant.IsZero() {
		n.fail("AuthnInstant is absent")
	}
	p.attributes(e)
	return e, n
}

// attributes reads every attribute with plain values; values that hold
// elements are someone else's extension and passed over. A name that occurs
// twice could be read as either, so it is refused.
func (p *proof) attributes(e *Evidence) {
	for _, statement := range p.assertion.all(assertionNS, "AttributeStatement") {
		for _, attribute := range statement.all(assertionNS, "Attribute") {
			name := attribute.attr("Name")
			if _, twice := e.Attributes[name]; twice && *p.assertion.err == nil {
				*p.assertion.err = refuse(RepeatedAttribute, "attribute %.80q occurs twice", name)
			}
			values := []string{}
			for _, value := range attribute.all(assertionNS, "AttributeValue") {
				if len(value.el.ChildElements()) == 0 {
					values = append(values, value.text())
				}
			}
			e.Attributes[name] = values
		}
	}
}

// judge applies SAML Profiles 4.1.4.3 to the verified assertion.
func (p SP) judge(proof *proof, college IdentityProvider, expect Expect, now time.Time, doc []byte) (*Evidence, error) {
	e, n := proof.evidence(doc)
	if *n.err != nil {
		return nil, *n.err
	}
	if !validID(e.AssertionID) {
		return nil, refuse(BadID, "the assertion's ID is not an NCName of 16 to 128 characters")
	}
	if e.Issuer != college.EntityID {
		return nil, refuse(WrongIssuer, "the assertion is from %q", e.Issuer)
	}
	if err := checkAnswerAge(e.IssueInstant, now); err != nil {
		return nil, err
	}
	data, err := bearer(n)
	if err != nil {
		return nil, err
	}
	if err := p.checkBearer(data, expect, now, e); err != nil {
		return nil, err
	}
	if err := p.checkConditions(n, now); err != nil {
		return nil, err
	}
	oldest := college.MaxAuthnAge
	if oldest == 0 {
		oldest = DefaultAuthnAge
	}
	switch age := now.Sub(e.AuthnInstant); {
	case age > oldest+Skew:
		return nil, refuse(AuthnTooOld, "the member signed in %s ago", age.Round(time.Second))
	case age < -Skew:
		return nil, refuse(ClockAhead, "the member signed in %s from now", (-age).Round(time.Second))
	}
	return e, nil
}

// bearer returns the data of the only bearer confirmation.
func bearer(assertion node) (node, error) {
	subject, ok := assertion.child(assertionNS, "Subject")
	if !ok {
		return node{}, refuse(NotBearer, "the assertion has no subject")
	}
	var found []node
	for _, c := range subject.all(assertionNS, "SubjectConfirmation") {
		if c.attr("Method") == methodBearer {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return node{}, refuse(NotBearer, "%d bearer confirmations, want one", len(found))
	}
	data, ok := found[0].child(assertionNS, "SubjectConfirmationData")
	if !ok {
		return node{}, refuse(NotBearer, "the bearer confirmation has no data")
	}
	return data, nil
}

func (p SP) checkBearer(data node, expect Expect, now time.Time, e *Evidence) error {
	e.InResponseTo = data.attr("InResponseTo")
	e.NotOnOrAfter = data.time("NotOnOrAfter")
	notBefore := data.time("NotBefore")
	switch {
	case *data.err != nil:
		return *data.err
	case data.attr("Recipient") != p.ACSURL:
		return refuse(WrongRecipient, "recipient %q", data.attr("Recipient"))
	case e.InResponseTo == "":
		return refuse(Unsolicited, "the assertion answers no request")
	case e.InResponseTo != expect.RequestID:
		return refuse(WrongRequest, "the assertion answers another request")
	case e.NotOnOrAfter.IsZero():
		return refuse(NotBearer, "the bearer confirmation has no end")
	case !now.Before(e.NotOnOrAfter.Add(Skew)):
		return refuse(Expired, "the confirmation ended %s ago", now.Sub(e.NotOnOrAfter).Round(time.Second))
	case e.NotOnOrAfter.After(now.Add(MaxAnswerAge + Skew)):
		return refuse(WindowTooLong, "the confirmation lasts %s more", e.NotOnOrAfter.Sub(now).Round(time.Second))
	case now.Before(notBefore.Add(-Skew)):
		return refuse(NotYetValid, "the confirmation begins %s from now", notBefore.Sub(now).Round(time.Second))
	}
	return nil
}

// checkConditions wants us in every audience restriction, of which there must
// be one, and now inside the window. A condition we do not know makes the
// assertion's validity indeterminate (SAML Core 2.5.1.1).
func (p SP) checkConditions(assertion node, now time.Time) error {
	conditions, ok := assertion.child(assertionNS, "Conditions")
	if !ok {
		return refuse(WrongAudience, "the assertion is for no audience")
	}
	from, until := conditions.time("NotBefore"), conditions.time("NotOnOrAfter")
	switch {
	case *conditions.err != nil:
		return *conditions.err
	case now.Before(from.Add(-Skew)):
		return refuse(NotYetValid, "valid %s from now", from.Sub(now).Round(time.Second))
	case !until.IsZero() && !now.Before(until.Add(Skew)):
		return refuse(Expired, "the conditions ended %s ago", now.Sub(until).Round(time.Second))
	}
	restrictions := 0
	for _, el := range conditions.el.ChildElements() {
		condition := node{el: el, err: conditions.err}
		switch {
		case condition.is(assertionNS, "AudienceRestriction"):
			restrictions++
			if !p.among(condition.all(assertionNS, "Audience")) {
				return refuse(WrongAudience, "we are not in the audience")
			}
		case condition.is(assertionNS, "OneTimeUse"), condition.is(assertionNS, "ProxyRestriction"):
		default:
			return refuse(UnknownCondition, "condition %s", el.Tag)
		}
	}
	if restrictions == 0 {
		return refuse(WrongAudience, "the assertion is for no audience")
	}
	return *conditions.err
}

func (p SP) among(audience []node) bool {
	for _, a := range audience {
		if a.uri() == p.EntityID {
			return true
		}
	}
	return false
}
