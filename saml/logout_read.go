package saml

import (
	"strings"
	"time"

	"github.com/beevik/etree"
)

// asyncNS is the namespace of the extension by which a service says that it
// waits for no answer (SAML Asynchronous Single Logout 1.0).
const asyncNS = "urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo"

// Most sessions that one request may name.
const maxSessionIndexes = 100

// logoutFacts is what every message of single logout says.
type logoutFacts struct {
	ID, Issuer, Destination string
	IssuedAt                time.Time
}

// logoutRequestFacts is what a LogoutRequest says. None of it is checked
// against anything yet.
type logoutRequestFacts struct {
	logoutFacts
	NameID         NameID
	encryptedID    *etree.Element
	SessionIndexes []string
	Reason         string
	Ends           time.Time // its NotOnOrAfter
	Asynchronous   bool
}

// logoutResponseFacts is what a LogoutResponse says.
type logoutResponseFacts struct {
	logoutFacts
	InResponseTo               string
	Status, Substatus, Message string
}

func readLogoutFacts(n node) (logoutFacts, error) {
	if v := n.attr("Version"); v != "2.0" {
		return logoutFacts{}, refuse(BadVersion, "version %q", v)
	}
	f := logoutFacts{ID: n.attr("ID"), Destination: n.attr("Destination"), IssuedAt: n.time("IssueInstant")}
	if !validID(f.ID) {
		return f, refuse(BadID, "the message's ID is not an NCName of 16 to 128 characters")
	}
	if f.IssuedAt.IsZero() {
		n.fail("IssueInstant is absent")
	}
	if f.Issuer = readIssuer(n); f.Issuer == "" {
		n.fail("Issuer is absent")
	}
	return f, nil
}

func readLogoutRequest(root *etree.Element) (*logoutRequestFacts, error) {
	n := nodeOf(root)
	facts, err := readLogoutFacts(n)
	if err != nil {
		return nil, err
	}
	r := &logoutRequestFacts{logoutFacts: facts, Reason: n.attr("Reason"), Ends: n.time("NotOnOrAfter")}
	name, clear := n.child(assertionNS, "NameID")
	hidden, encrypted := n.child(assertionNS, "EncryptedID")
	switch {
	case clear == encrypted:
		n.fail("not exactly one name of the person")
	case clear:
		r.NameID = readNameID(name)
	default:
		r.encryptedID = hidden.el
	}
	for _, index := range n.all(protocolNS, "SessionIndex") {
		value := strings.TrimSpace(index.text())
		if value == "" || len(value) > maxEntityID {
			n.fail("a session index that is empty or longer than %d", maxEntityID)
		}
		r.SessionIndexes = append(r.SessionIndexes, value)
	}
	if len(r.SessionIndexes) > maxSessionIndexes {
		n.fail("%d session indexes, at most %d", len(r.SessionIndexes), maxSessionIndexes)
	}
	if extensions, ok := n.child(protocolNS, "Extensions"); ok {
		_, r.Asynchronous = extensions.child(asyncNS, "Asynchronous")
	}
	if *n.err != nil {
		return nil, *n.err
	}
	return r, nil
}

func readNameID(n node) NameID {
	name := NameID{
		Format: n.attr("Format"), Value: n.text(), NameQualifier: n.attr("NameQualifier"), SPNameQualifier: n.attr("SPNameQualifier"),
	}
	if name.Value == "" || len(name.Value) > maxEntityID {
		n.fail("a name that is empty or longer than %d", maxEntityID)
	}
	return name
}

func readLogoutResponse(root *etree.Element) (*logoutResponseFacts, error) {
	n := nodeOf(root)
	facts, err := readLogoutFacts(n)
	if err != nil {
		return nil, err
	}
	r := &logoutResponseFacts{logoutFacts: facts, InResponseTo: n.attr("InResponseTo")}
	status, ok := n.child(protocolNS, "Status")
	if !ok {
		n.fail("the answer has no status")
	}
	top, _ := status.child(protocolNS, "StatusCode")
	sub, _ := top.child(protocolNS, "StatusCode")
	message, _ := status.child(protocolNS, "StatusMessage")
	r.Status, r.Substatus, r.Message = clip(top.attr("Value")), clip(sub.attr("Value")), clip(message.text())
	if r.Status == "" {
		n.fail("the answer's status has no code")
	}
	if *n.err != nil {
		return nil, *n.err
	}
	return r, nil
}
