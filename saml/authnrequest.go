package saml

import (
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// authnRequest is what an AuthnRequest says. None of it is checked against
// anything yet.
type authnRequest struct {
	ID, Issuer, Destination  string
	IssuedAt                 time.Time
	ACSURL, ACSIndex         string
	hasACSURL, hasACSIndex   bool
	Binding                  string
	AttributeIndex           string
	ForceAuthn, IsPassive    bool
	Contexts, ContextDecls   []string
	Comparison               string
	NameIDFormat             string
	SPNameQualifier          string
	AllowCreate              bool
	HasSubject               bool
	Subject                  SubjectName
	ProviderName             string
	HasScoping, HasExtension bool
	// fault is what keeps a request from being met that still says whose it is and
	// where its answer belongs; nil for nothing.
	fault error
}

// readAuthnRequest reads a request by full names and refuses what the schema
// would, as far as we rely on it. Scoping and Extensions are tolerated. What is
// wrong with its version, its ID's length or how it wants the person signed in is
// its fault: the service can still be told.
func readAuthnRequest(root *etree.Element) (*authnRequest, error) {
	n := nodeOf(root)
	if !n.is(protocolNS, "AuthnRequest") {
		return nil, refuse(UnexpectedKind, "%s instead of AuthnRequest", root.Tag)
	}
	r := &authnRequest{
		ID: n.attr("ID"), Destination: n.attr("Destination"), IssuedAt: n.time("IssueInstant"),
		Binding: n.attr("ProtocolBinding"), AttributeIndex: n.attr("AttributeConsumingServiceIndex"),
		ProviderName: n.attr("ProviderName"),
	}
	if !speakable(r.ID) {
		return nil, refuse(BadID, "the request's ID is not an NCName of 16 to 128 characters")
	}
	if r.IssuedAt.IsZero() {
		n.fail("IssueInstant is absent")
	}
	r.ACSURL, r.hasACSURL = n.lookup("AssertionConsumerServiceURL")
	r.ACSIndex, r.hasACSIndex = n.lookup("AssertionConsumerServiceIndex")
	if r.hasACSURL && r.hasACSIndex {
		n.fail("both an index and an address to reply to")
	}
	r.Issuer = readIssuer(n)
	if r.Issuer == "" {
		n.fail("Issuer is absent")
	}
	wishes := nodeOf(root)
	readWishes(wishes, r)
	if *n.err != nil {
		return nil, *n.err
	}
	switch v := n.attr("Version"); {
	case v != "2.0":
		r.fault = refuse(versionCode(v), "version %q", v)
	case !validID(r.ID):
		r.fault = refuse(BadID, "the request's ID has %d characters, fewer than 16", len(r.ID))
	default:
		r.fault = *wishes.err
	}
	return r, nil
}

// versionCode tells on which side of ours a version is (SAML Core 3.2.2.2).
func versionCode(v string) Code {
	major, _, _ := strings.Cut(v, ".")
	switch n, err := strconv.ParseUint(major, 10, 16); {
	case err != nil:
		return BadVersion
	case n < 2:
		return VersionTooLow
	default:
		return VersionTooHigh
	}
}

// readWishes reads how the service wants the person signed in and named.
func readWishes(n node, r *authnRequest) {
	r.ForceAuthn, r.IsPassive = n.flag("ForceAuthn"), n.flag("IsPassive")
	if policy, ok := n.child(protocolNS, "NameIDPolicy"); ok {
		r.NameIDFormat, r.SPNameQualifier = policy.attr("Format"), policy.attr("SPNameQualifier")
		r.AllowCreate = policy.flag("AllowCreate")
	}
	if subject, ok := n.child(assertionNS, "Subject"); ok {
		r.HasSubject, r.Subject = true, readSubject(subject)
	}
	if wanted, ok := n.child(protocolNS, "RequestedAuthnContext"); ok {
		switch r.Comparison = wanted.attr("Comparison"); r.Comparison {
		case "":
			r.Comparison = "exact" // SAML Core 3.3.2.2.1
		case "exact", "minimum", "maximum", "better":
		default:
			n.fail("comparison %q", r.Comparison)
		}
		for _, class := range wanted.all(assertionNS, "AuthnContextClassRef") {
			r.Contexts = append(r.Contexts, class.uri())
		}
		for _, decl := range wanted.all(assertionNS, "AuthnContextDeclRef") {
			r.ContextDecls = append(r.ContextDecls, decl.uri())
		}
		if len(r.Contexts) == 0 && len(r.ContextDecls) == 0 {
			n.fail("RequestedAuthnContext asks for nothing")
		}
	}
	_, r.HasScoping = n.child(protocolNS, "Scoping")
	_, r.HasExtension = n.child(protocolNS, "Extensions")
}

// readSubject reads the person that a request names. Nothing is read of a name
// that is hidden, or that another than whoever bears the answer is to confirm.
func readSubject(subject node) SubjectName {
	name, ok := subject.child(assertionNS, "NameID")
	if !ok {
		return SubjectName{}
	}
	for _, c := range subject.all(assertionNS, "SubjectConfirmation") {
		if c.attr("Method") != methodBearer {
			return SubjectName{}
		}
	}
	return SubjectName{
		Value: name.text(), Format: name.attr("Format"), NameQualifier: name.attr("NameQualifier"), SPNameQualifier: name.attr("SPNameQualifier"),
	}
}

// readIssuer returns the Issuer's value, "" when absent. It must be an entity
// ID, written exactly: whitespace around it is part of it.
func readIssuer(n node) string {
	issuer, ok := n.child(assertionNS, "Issuer")
	if !ok {
		return ""
	}
	if f := issuer.attr("Format"); f != "" && f != formatEntity {
		n.fail("Issuer of format %q", f)
	}
	value := issuer.text()
	if len(value) > maxEntityID {
		n.fail("Issuer is longer than %d", maxEntityID)
	}
	return value
}
