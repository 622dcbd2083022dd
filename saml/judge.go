package saml

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"oneid/saml/xmlsig"
)

// Rule names one thing that is checked about a request, in the order in which a
// person would look.
type Rule string

// The rules.
const (
	RuleRead        Rule = "read"        // wire, gate, form
	RuleIssuer      Rule = "issuer"      // sent by this service
	RuleMetadata    Rule = "metadata"    // whose metadata is in force
	RuleSignature   Rule = "signature"   // signed as its policy wants
	RuleDestination Rule = "destination" // meant for us
	RuleAge         Rule = "age"
	RuleReply       Rule = "reply" // answered where its metadata says
)

// Judgement is how one rule came out.
type Judgement struct {
	Rule    Rule   `json:"rule"`
	Passed  bool   `json:"passed,omitempty"`
	Skipped bool   `json:"skipped,omitempty"` // what it needs could not be had
	Code    Code   `json:"code,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

// Judge checks everything that Check checks, and goes on where Check stops: for
// operators who want to know all that is wrong with a request. readErr is what
// reading it returned. The request comes back only when Check accepts it; the
// answer is Check's alone.
func (p IDP) Judge(in *Incoming, readErr error, service ServiceProvider) ([]Judgement, *Request) {
	if readErr != nil || in == nil {
		list := []Judgement{failed(RuleRead, readErr)}
		for _, rule := range []Rule{RuleIssuer, RuleMetadata, RuleSignature, RuleDestination, RuleAge, RuleReply} {
			list = append(list, Judgement{Rule: rule, Skipped: true})
		}
		return list, nil
	}
	now := p.Now()
	list := []Judgement{{Rule: RuleRead, Passed: true}}
	add := func(rule Rule, err error, detail string) {
		if err != nil {
			list = append(list, failed(rule, err))
			return
		}
		list = append(list, Judgement{Rule: rule, Passed: true, Detail: detail})
	}
	var err error
	if in.Issuer != service.EntityID {
		err = refuse(WrongIssuer, "the request is from %q", in.Issuer)
	}
	add(RuleIssuer, err, in.Issuer)
	err = nil
	if service.expired(now) {
		err = refuse(ProviderExpired, "it ended %s", service.ValidUntil.Format(time.DateOnly))
	}
	add(RuleMetadata, err, "")
	var req Request
	facts, err := in.verify(service, &req)
	add(RuleSignature, err, req.Algorithm)
	if facts == nil {
		facts = in.facts // only to be explained
	}
	add(RuleDestination, p.checkDestination(in, facts), facts.Destination)
	add(RuleAge, checkAge(facts.IssuedAt, now), now.Sub(facts.IssuedAt).Round(time.Second).String())
	reply, err := service.replyTo(facts)
	add(RuleReply, err, reply)
	accepted, _ := p.Check(in, service)
	return list, accepted
}

func failed(rule Rule, err error) Judgement {
	j := Judgement{Rule: rule, Code: CodeOf(err)}
	if r, ok := err.(*Refusal); ok {
		j.Detail = r.Detail
	}
	return j
}

// ReadPasted reads a request as an operator finds it: the document itself, its
// base64 as it stands in a form, or the address or query string of a redirect.
func (p IDP) ReadPasted(text string) (*Incoming, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "<") {
		return p.ReadPost(base64.StdEncoding.EncodeToString([]byte(text)), "")
	}
	if _, query, found := strings.Cut(text, "?"); found {
		text = query
	}
	text, _, _ = strings.Cut(text, "#")
	if !strings.Contains(text, "SAMLRequest=") {
		text = "SAMLRequest=" + url.QueryEscape(strings.Join(strings.Fields(text), ""))
	}
	// A form's fields look like a query, but what they hold is not compressed.
	if query, err := xmlsig.ReadQuery(text); err == nil {
		value, _ := query.Message()
		if doc, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), "")); err == nil && len(doc) > 0 && doc[0] == '<' {
			return p.ReadPost(value, query.RelayState)
		}
	}
	return p.ReadRedirect(text)
}
