package policy

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Code names a fault, for the words that explain it.
type Code string

// What can be wrong with a policy.
const (
	UnknownValue     Code = "unknown_value"     // Detail: the value
	NoName           Code = "no_name"           // no format to name people in
	NeedsException   Code = "needs_exception"   // Detail: for what
	ExceptionBare    Code = "exception_bare"    // no owner, reason or end
	ExceptionTooLong Code = "exception_long"    // ends later than LongestException from now
	ExceptionTwice   Code = "exception_twice"   // Detail: for what
	AttributeBare    Code = "attribute_bare"    // no name
	AttributeTwice   Code = "attribute_twice"   // Detail: the name
	AttributeUnknown Code = "attribute_unknown" // Detail: the fact
	TooLong          Code = "too_long"          // Detail: the value, longer than 256
	NoOrigin         Code = "no_origin"         // Detail: what is no https origin
	BadGroup         Code = "bad_group"         // not a short lower-case word
	OutOfRange       Code = "out_of_range"
)

// Fault is one thing wrong with a policy.
type Fault struct {
	Field  string // as in the stored form
	Code   Code
	Detail string
}

// longest is how long a name in a message may be (SAML2int G02).
const longest = 256

// Check lists what is wrong with a policy that somebody wants to store now.
// What it passes can be acted by.
func (p Policy) Check(now time.Time) []Fault {
	c := &checker{}
	oneOf(c, "preset", p.Preset, Presets()...)
	oneOf(c, "sign", p.Sign, SignBoth, SignResponse, SignAssertion)
	oneOf(c, "signature_algorithm", p.SignatureAlgorithm, RSASHA256, ECDSASHA256, RSASHA1)
	oneOf(c, "encrypt", p.Encrypt, EncryptRequired, EncryptWhenPossible, EncryptNever)
	oneOf(c, "requests", p.Requests, RequestsOff, RequestsWhenPresent, RequestsRequired)
	oneOf(c, "subject_id", p.SubjectID, SubjectNone, SubjectPairwise, SubjectGeneral)
	oneOf(c, "vocabulary", p.Vocabulary, VocabularySAML, VocabularyLevel, VocabularyFour)
	oneOf(c, "minimum", p.Minimum, MinimumNone, MinimumKnowledge, MinimumPossession, MinimumPasskey)
	oneOf(c, "name_format", p.NameFormat, FormatURI, FormatBasic, FormatUnspecified)
	if p.MaxAge < 0 || p.MaxAge > 24*60 {
		c.add("max_age", OutOfRange, "")
	}
	if len(p.NameIDs) == 0 {
		c.add("name_ids", NoName, "")
	}
	for _, f := range p.NameIDs {
		oneOf(c, "name_ids", f, NamePersistent, NameTransient, NameUnspecified, NameEmail)
	}
	if strings.Trim(p.Group, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(p.Group) > 64 {
		c.add("group", BadGroup, p.Group)
	}
	for _, o := range p.FormOrigins {
		if !isOrigin(o) {
			c.add("form_origins", NoOrigin, o)
		}
	}
	for _, uri := range p.Contexts {
		if uri == "" || len(uri) > longest {
			c.add("contexts", TooLong, uri)
		}
	}
	p.checkRelease(c)
	p.checkExceptions(c, now)
	return c.faults
}

type checker struct{ faults []Fault }

func (c *checker) add(field string, code Code, detail string) {
	c.faults = append(c.faults, Fault{Field: field, Code: code, Detail: detail})
}

func oneOf[T ~string](c *checker, field string, value T, known ...T) {
	if !slices.Contains(known, value) {
		c.add(field, UnknownValue, string(value))
	}
}

func (p Policy) checkRelease(c *checker) {
	seen := map[string]bool{}
	for _, a := range p.Release {
		switch key := a.Name + " " + p.FormatOf(a); {
		case strings.TrimSpace(a.Name) == "":
			c.add("release", AttributeBare, string(a.Fact))
		case len(a.Name) > longest || len(a.FriendlyName) > longest:
			c.add("release", TooLong, a.Name)
		case !a.Fact.Known():
			c.add("release", AttributeUnknown, string(a.Fact))
		case seen[key]:
			c.add("release", AttributeTwice, a.Name)
		default:
			seen[key] = true
		}
		if a.NameFormat != "" {
			oneOf(c, "release", a.NameFormat, FormatURI, FormatBasic, FormatUnspecified)
		}
	}
}

func (p Policy) checkExceptions(c *checker, now time.Time) {
	seen := map[string]bool{}
	for _, e := range p.Exceptions {
		oneOf(c, "exceptions", e.What, Excepted()...)
		switch {
		case strings.TrimSpace(e.Owner) == "" || strings.TrimSpace(e.Reason) == "" || e.Until.IsZero():
			c.add("exceptions", ExceptionBare, e.What)
		case e.Until.After(now.Add(LongestException)):
			c.add("exceptions", ExceptionTooLong, e.What)
		case seen[e.What]:
			c.add("exceptions", ExceptionTwice, e.What)
		}
		seen[e.What] = true
	}
	for _, need := range []struct {
		field, what string
		weak        bool
	}{
		{"signature_algorithm", ExceptSHA1, p.SignatureAlgorithm == RSASHA1},
		{"encrypt", ExceptClear, p.Encrypt == EncryptNever},
		{"name_ids", ExceptEmail, slices.Contains(p.NameIDs, NameEmail)},
	} {
		if need.weak && !p.Excepts(need.what) {
			c.add(need.field, NeedsException, need.what)
		}
	}
}

// isOrigin tells whether a text is scheme, host and port of an https address,
// or of an http one on this machine, which a sandbox has.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme+"://"+u.Host != s || strings.ContainsAny(s, " ;,'\"*") {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || strings.HasSuffix(host, ".localhost"))
}
