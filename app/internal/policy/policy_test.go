package policy_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/policy"
)

var noon = time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)

func TestEveryPresetCanBeActedByAndStored(t *testing.T) {
	t.Parallel()
	for _, preset := range policy.Presets() {
		p := preset.Policy()
		if faults := p.Check(noon); len(faults) > 0 || p.Preset != preset {
			t.Errorf("%s: preset %q, faults %v", preset, p.Preset, faults)
		}
		raw, err := p.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Read(raw)
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%s: stored and read again it is %+v, %v", preset, again, err)
		}
		if diff := again.FromPreset(); len(diff) > 0 {
			t.Errorf("%s differs from itself: %v", preset, diff)
		}
	}
}

func TestAnExceptionClosesByItself(t *testing.T) {
	t.Parallel()
	p := policy.Ontario.Policy()
	p.SignatureAlgorithm, p.Encrypt = policy.RSASHA1, policy.EncryptNever
	p.NameIDs = []string{policy.NameEmail, policy.NamePersistent}
	end := noon.Add(time.Hour)
	for _, what := range policy.Excepted() {
		p.Exceptions = append(p.Exceptions, policy.Exception{What: what, Owner: "A. Lee", Reason: "old product", Until: end})
	}
	if faults := p.Check(noon); len(faults) > 0 {
		t.Fatalf("faults %v", faults)
	}
	open, shut := p.Effective(end.Add(-time.Nanosecond)), p.Effective(end)
	if open.SignatureAlgorithm != policy.RSASHA1 || open.Encrypt != policy.EncryptNever || !open.CBC() || open.NameID("") != policy.NameEmail {
		t.Errorf("before its end: %+v", open)
	}
	if shut.SignatureAlgorithm != policy.RSASHA256 || shut.Encrypt != policy.EncryptWhenPossible || shut.CBC() || shut.NameID("") != policy.NamePersistent || shut.Names(policy.NameEmail) {
		t.Errorf("at its end: %+v", shut)
	}
	if len(p.Exceptions) != 4 || p.NameIDs[0] != policy.NameEmail {
		t.Error("the stored policy changed")
	}
	p.Exceptions = nil
	if bare := p.Effective(noon); bare.SignatureAlgorithm != policy.RSASHA256 || bare.Encrypt == policy.EncryptNever || bare.Names(policy.NameEmail) {
		t.Errorf("without an exception: %+v", bare)
	}
}

func TestWhatIsWrongWithAPolicyIsFound(t *testing.T) {
	t.Parallel()
	exception := policy.Exception{What: policy.ExceptCBC, Owner: "A. Lee", Reason: "old product", Until: noon.Add(time.Hour)}
	for name, test := range map[string]struct {
		change func(*policy.Policy)
		want   policy.Code
	}{
		"an unknown sign":          {func(p *policy.Policy) { p.Sign = "none" }, policy.UnknownValue},
		"no encryption setting":    {func(p *policy.Policy) { p.Encrypt = "" }, policy.UnknownValue},
		"no name":                  {func(p *policy.Policy) { p.NameIDs = nil }, policy.NoName},
		"a foreign name":           {func(p *policy.Policy) { p.NameIDs = []string{"urn:x"} }, policy.UnknownValue},
		"an address as name":       {func(p *policy.Policy) { p.NameIDs = []string{policy.NameEmail} }, policy.NeedsException},
		"SHA-1":                    {func(p *policy.Policy) { p.SignatureAlgorithm = policy.RSASHA1 }, policy.NeedsException},
		"in clear":                 {func(p *policy.Policy) { p.Encrypt = policy.EncryptNever }, policy.NeedsException},
		"an exception of nobody":   {func(p *policy.Policy) { e := exception; e.Owner = " "; p.Exceptions = []policy.Exception{e} }, policy.ExceptionBare},
		"an exception without end": {func(p *policy.Policy) { e := exception; e.Until = time.Time{}; p.Exceptions = []policy.Exception{e} }, policy.ExceptionBare},
		"an exception for two years": {func(p *policy.Policy) {
			e := exception
			e.Until = noon.AddDate(2, 0, 0)
			p.Exceptions = []policy.Exception{e}
		}, policy.ExceptionTooLong},
		"an exception twice":   {func(p *policy.Policy) { p.Exceptions = []policy.Exception{exception, exception} }, policy.ExceptionTwice},
		"a nameless attribute": {func(p *policy.Policy) { p.Release[0].Name = " " }, policy.AttributeBare},
		"an attribute twice":   {func(p *policy.Policy) { p.Release = append(p.Release, p.Release[0]) }, policy.AttributeTwice},
		"an unknown fact":      {func(p *policy.Policy) { p.Release[0].Fact = "shoe_size" }, policy.AttributeUnknown},
		"a long name":          {func(p *policy.Policy) { p.Release[0].Name = strings.Repeat("x", 257) }, policy.TooLong},
		"a path as origin":     {func(p *policy.Policy) { p.FormOrigins = []string{"https://a.example/b"} }, policy.NoOrigin},
		"plain http elsewhere": {func(p *policy.Policy) { p.FormOrigins = []string{"http://a.example"} }, policy.NoOrigin},
		"more than an origin":  {func(p *policy.Policy) { p.FormOrigins = []string{"https://a.example; script-src *"} }, policy.NoOrigin},
		"a group with a space": {func(p *policy.Policy) { p.Group = "two words" }, policy.BadGroup},
		"a negative age":       {func(p *policy.Policy) { p.MaxAge = -1 }, policy.OutOfRange},
	} {
		p := policy.Ontario.Policy()
		test.change(&p)
		faults := p.Check(noon)
		if len(faults) != 1 || faults[0].Code != test.want {
			t.Errorf("%s: faults %v, want %s", name, faults, test.want)
		}
	}
	p := policy.Ontario.Policy()
	p.FormOrigins = []string{"https://a.example:8443", "http://viewer.localhost:8082"}
	if faults := p.Check(noon); len(faults) > 0 {
		t.Errorf("good origins: %v", faults)
	}
}

func TestADifferenceIsNamed(t *testing.T) {
	t.Parallel()
	p := policy.Ontario.Policy()
	p.Encrypt, p.NameIDs, p.MaxAge = policy.EncryptRequired, []string{policy.NameTransient}, 20
	p.Release = p.Release[1:]
	p.Release[0].Name = "given"
	p.Exceptions = []policy.Exception{{What: policy.ExceptCBC, Owner: "A. Lee", Reason: "old", Until: noon}}
	var got []string
	for _, d := range p.FromPreset() {
		got = append(got, d.Field+": "+d.Was+" > "+d.Is)
	}
	want := []string{
		"encrypt: when_possible > required",
		"name_ids: " + policy.NameUnspecified + " " + policy.NamePersistent + " " + policy.NameTransient + " > " + policy.NameTransient,
		"max_age: 0 > 20",
		"release: display_name = urn:ehealth:names:idm:attribute:DisplayName > ",
		"release: first_name = urn:ehealth:names:idm:attribute:FirstName > ",
		"release:  > first_name = given",
		"exceptions:  > cbc until 2026-11-20T17:00:00Z, A. Lee: old",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAFormatIsChosenAmongThoseAllowed(t *testing.T) {
	t.Parallel()
	p := policy.SAML2int.Policy()
	for asked, want := range map[string]string{
		"": policy.NameTransient, policy.NameUnspecified: policy.NameTransient, policy.NamePersistent: policy.NamePersistent,
		policy.NameEmail: "", "urn:x": "",
	} {
		if got := p.NameID(asked); got != want || p.Names(asked) != (want != "") {
			t.Errorf("asked for %q: %q, want %q", asked, got, want)
		}
	}
}

func TestEveryFactFallsUnderALineOfTheNotice(t *testing.T) {
	t.Parallel()
	for _, f := range policy.Facts() {
		if !slices.Contains(policy.Kinds(), f.Kind()) {
			t.Errorf("%s has no kind", f)
		}
	}
	want := []policy.Kind{policy.KindName, policy.KindEmail, policy.KindLanguage, policy.KindOpaque}
	if got := policy.CATS3.Policy().Released(); !slices.Equal(got, want) {
		t.Errorf("released %v, want %v", got, want)
	}
}
