package journey_test

import (
	"testing"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/journey"
	"oneid/db"
)

func TestEveryStepLeadsToTheNext(t *testing.T) {
	t.Parallel()
	out, in := access.Session{}, access.Session{Kind: db.SessionAccount}
	registering := access.Session{Kind: db.SessionRegistration}
	for _, test := range []struct {
		name     string
		session  access.Session
		id, back string
		want     string
	}{
		{"a stranger signs in", out, "", "", "/signin"},
		{"a stranger on the way to a service signs in for it", out, "a b", "", "/signin?j=a+b"},
		{"somebody registering is not signed in", registering, "j1", "", "/signin?j=j1"},
		{"a page that was interrupted waits for the sign-in", out, "", "/home?x=y", "/signin"},
		{"signed in, a person comes home", in, "", "", "/home"},
		{"or to the page that was interrupted", in, "", "/home?x=y", "/home?x=y"},
		{"a service that waits comes first", in, "j1", "/home?x=y", "/sso/continue?j=j1"},
	} {
		if got := journey.Next(test.session, test.id, test.back); got != test.want {
			t.Errorf("%s: led to %q, want %q", test.name, got, test.want)
		}
	}
}

func TestASignInBeforeTheRequestProvesNothingToAServiceThatWantsItAnew(t *testing.T) {
	t.Parallel()
	arrived := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	signedIn := func(at time.Time) access.Session {
		return access.Session{Kind: db.SessionAccount, Factors: []access.Factor{{Kind: access.FactorPassword, At: at}}}
	}
	for _, test := range []struct {
		name    string
		anew    bool
		session access.Session
		want    bool
	}{
		{"nobody", false, access.Session{}, false},
		{"signed in long ago", false, signedIn(arrived.Add(-time.Hour)), true},
		{"signed in long ago, wanted anew", true, signedIn(arrived.Add(-time.Hour)), false},
		{"signed in at the very moment, wanted anew", true, signedIn(arrived), false},
		{"signed in since, wanted anew", true, signedIn(arrived.Add(time.Second)), true},
		{"nobody, wanted anew", true, access.Session{}, false},
	} {
		p := &journey.Pending{Journey: &db.Journey{CreatedAt: arrived}, Anew: test.anew}
		if test.anew {
			p.ProveAfter = &arrived
		}
		if got := p.Proven(test.session); got != test.want {
			t.Errorf("%s: proven = %t, want %t", test.name, got, test.want)
		}
	}
}

func TestIdsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	one, other := journey.NewID(), journey.NewID()
	if one == other || len(one) < 22 {
		t.Errorf("ids are %q and %q", one, other)
	}
}
