package sso

import (
	"testing"

	"oneid/app/internal/access"
	"oneid/saml"
)

// The comparisons are those of SAML Core 3.3.2.2.1.
func TestWhatAServiceWantsIsComparedAsItSays(t *testing.T) {
	t.Parallel()
	const (
		password  = saml.ContextPassword
		knowledge = saml.ContextKnowledge
		two       = saml.ContextMFA
		passkey   = saml.ContextPhishingResistant
		unknown   = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos"
	)
	for _, c := range []struct {
		comparison string
		contexts   []string
		least      access.Level
		can        bool
		said       map[access.Level]string // what an answer names, by what was done
	}{
		{"", nil, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: knowledge, access.Possession: two, access.Passkey: two,
		}},
		{"exact", []string{unknown}, access.None, false, nil},
		{"exact", []string{password}, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: password, access.Possession: password, access.Passkey: password,
		}},
		{"exact", []string{two, password}, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: password, access.Possession: two, access.Passkey: two,
		}},
		{"exact", []string{unknown, knowledge}, access.Knowledge, true, map[access.Level]string{access.Knowledge: knowledge, access.Possession: knowledge}},
		{"exact", []string{passkey}, access.Passkey, true, map[access.Level]string{access.Passkey: passkey}},

		{"minimum", []string{password}, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: knowledge, access.Possession: two, access.Passkey: two,
		}},
		{"minimum", []string{passkey, knowledge}, access.Knowledge, true, map[access.Level]string{access.Knowledge: knowledge, access.Possession: two}},
		{"minimum", []string{two}, access.Possession, true, map[access.Level]string{access.Possession: two, access.Passkey: two}},
		{"minimum", []string{passkey}, access.Passkey, true, map[access.Level]string{access.Passkey: passkey}},
		{"minimum", []string{unknown}, access.None, false, nil},

		{"better", []string{password}, access.Knowledge, true, map[access.Level]string{access.Knowledge: knowledge, access.Possession: two}},
		{"better", []string{knowledge, password}, access.Possession, true, map[access.Level]string{access.Possession: two, access.Passkey: two}},
		{"better", []string{password, two}, access.Passkey, true, map[access.Level]string{access.Passkey: passkey}},
		{"better", []string{passkey}, access.Passkey + 1, false, nil},
		{"better", []string{unknown}, access.None, false, nil},

		{"maximum", []string{password}, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: password, access.Possession: password, access.Passkey: password,
		}},
		{"maximum", []string{password, knowledge}, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: knowledge, access.Possession: knowledge, access.Passkey: knowledge,
		}},
		{"maximum", []string{two}, access.Basic, true, map[access.Level]string{
			access.Basic: password, access.Knowledge: knowledge, access.Possession: two, access.Passkey: two,
		}},
		{"maximum", []string{unknown}, access.None, false, nil},
	} {
		q := saml.Request{Comparison: c.comparison, Contexts: c.contexts}
		if least, can := wanted(q); least != c.least || can != c.can {
			t.Errorf("%s %v: wants level %d, %v; want %d, %v", c.comparison, c.contexts, least, can, c.least, c.can)
		}
		for level, want := range c.said {
			if got := said(q, level); got != want {
				t.Errorf("%s %v, level %d: says %s, want %s", c.comparison, c.contexts, level, got, want)
			}
		}
	}
	if _, can := wanted(saml.Request{ContextDecls: []string{"urn:x"}}); can {
		t.Error("a declaration that we don't know can be met")
	}
}
