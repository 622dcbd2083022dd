package policy_test

import (
	"testing"
	"time"

	"oneid/app/internal/policy"
)

func TestWhatProtectsPeopleLessIsTold(t *testing.T) {
	t.Parallel()
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	base := policy.SAML2int.Policy()
	base.MaxAge, base.Requests, base.Minimum = 20, policy.RequestsRequired, policy.MinimumPossession
	base.Exceptions = []policy.Exception{{What: policy.ExceptCBC, Owner: "A. Lee", Reason: "Upgrade", Until: end}}
	base.FormOrigins, base.Authority = []string{"https://one.example"}, true
	for name, c := range map[string]struct {
		change func(*policy.Policy)
		want   string // the one field that weakens; empty for none
	}{
		"nothing":                  {func(*policy.Policy) {}, ""},
		"encryption when possible": {func(p *policy.Policy) { p.Encrypt = policy.EncryptWhenPossible }, "encrypt"},
		"unsigned requests":        {func(p *policy.Policy) { p.Requests = policy.RequestsOff }, "requests"},
		"SHA-1":                    {func(p *policy.Policy) { p.SignatureAlgorithm = policy.RSASHA1 }, "signature_algorithm"},
		"another good algorithm":   {func(p *policy.Policy) { p.SignatureAlgorithm = policy.ECDSASHA256 }, ""},
		"email as name":            {func(p *policy.Policy) { p.NameIDs = append(p.NameIDs, policy.NameEmail) }, "name_ids"},
		"another name":             {func(p *policy.Policy) { p.NameIDs = append(p.NameIDs, policy.NameUnspecified) }, ""},
		"one identifier for all":   {func(p *policy.Policy) { p.SubjectID = policy.SubjectGeneral }, "subject_id"},
		"no identifier":            {func(p *policy.Policy) { p.SubjectID = policy.SubjectNone }, ""},
		"a group":                  {func(p *policy.Policy) { p.Group = "viewers" }, "group"},
		"a lower minimum":          {func(p *policy.Policy) { p.Minimum = policy.MinimumNone }, "minimum"},
		"a higher minimum":         {func(p *policy.Policy) { p.Minimum = policy.MinimumPasskey }, ""},
		"older proofs":             {func(p *policy.Policy) { p.MaxAge = 0 }, "max_age"},
		"younger proofs":           {func(p *policy.Policy) { p.MaxAge = 5 }, ""},
		"opened from our side":     {func(p *policy.Policy) { p.Unsolicited = true }, "unsolicited"},
		"no notice":                {func(p *policy.Policy) { p.Notice = false }, "notice"},
		"no authority":             {func(p *policy.Policy) { p.Authority = false }, "authority"},
		"a further origin":         {func(p *policy.Policy) { p.FormOrigins = append(p.FormOrigins, "https://two.example") }, "form_origins"},
		"an origin less":           {func(p *policy.Policy) { p.FormOrigins = nil }, ""},
		"a further attribute": {func(p *policy.Policy) {
			p.Release = append(p.Release, policy.Attribute{Fact: policy.FactPhone, Name: "phone"})
		}, "release"},
		"an attribute less":          {func(p *policy.Policy) { p.Release = p.Release[1:] }, ""},
		"an attribute's other title": {func(p *policy.Policy) { p.Release[0].FriendlyName = "name" }, ""},
		"a longer exception":         {func(p *policy.Policy) { p.Exceptions[0].Until = end.AddDate(0, 1, 0) }, "exceptions"},
		"a shorter exception":        {func(p *policy.Policy) { p.Exceptions[0].Until = end.AddDate(0, -1, 0) }, ""},
		"an exception's other owner": {func(p *policy.Policy) { p.Exceptions[0].Owner = "B. Lee" }, ""},
		"a second exception": {func(p *policy.Policy) {
			p.Exceptions = append(p.Exceptions, policy.Exception{What: policy.ExceptClear, Owner: "A. Lee", Reason: "Upgrade", Until: end})
		}, "exceptions"},
	} {
		next := base.Clone()
		c.change(&next)
		var got []string
		for _, d := range next.Weaker(base) {
			got = append(got, d.Field)
		}
		if want := c.want != ""; len(got) > 1 || want != (len(got) == 1) || want && got[0] != c.want {
			t.Errorf("%s weakens %q, want %q", name, got, c.want)
		}
	}
}
