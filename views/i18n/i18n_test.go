package i18n_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"oneid/views/i18n"
)

func in(t testing.TB, lang i18n.Lang) context.Context {
	t.Helper()
	c, err := i18n.New(i18n.Standing{
		Brand:      "ONE ID",
		Agency:     map[i18n.Lang]string{i18n.EN: "Ontario Health", i18n.FR: "Santé Ontario"},
		DeskPhone:  "+18662501554",
		DeskEmail:  "desk@example.ca",
		AgentEmail: "agents@example.ca",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Strict = true
	return i18n.With(context.Background(), c, lang)
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStandingPlaceholdersFillThemselves(t *testing.T) {
	t.Parallel()
	want(t, i18n.T(in(t, i18n.EN), "layout.help.desk"), "Call the Service Desk at 1-866-250-1554, day or night.")
	got := i18n.T(in(t, i18n.FR), "layout.help.desk")
	if !strings.Contains(got, "1\u00a0866\u00a0250-1554") {
		t.Errorf("got %q, want the number with no-break spaces", got)
	}
}

func TestWhatTheOperatorSetIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		standing i18n.Standing
		lang     i18n.Lang
		device   string
		password string
	}{
		{i18n.Standing{}, i18n.EN, "We have not seen this device for 30 days.", "Your password is more than a year old."},
		{i18n.Standing{}, i18n.FR, "Nous n’avons pas vu cet appareil depuis 30 jours.", "Votre mot de passe a plus d’un an."},
		{i18n.Standing{DeviceDays: 1, PasswordDays: 90}, i18n.EN, "We have not seen this device for 1 day.", "Your password is more than 90 days old."},
		{i18n.Standing{DeviceDays: 1, PasswordDays: 90}, i18n.FR, "Nous n’avons pas vu cet appareil depuis 1 jour.", "Votre mot de passe a plus de 90 jours."},
	} {
		catalogue, err := i18n.New(c.standing)
		if err != nil {
			t.Fatal(err)
		}
		ctx := i18n.With(t.Context(), catalogue, c.lang)
		if got := i18n.T(ctx, "challenge.why.expired_device"); got != c.device {
			t.Errorf("got %q, want %q", got, c.device)
		}
		if got := i18n.T(ctx, "signin.expired.body"); !strings.HasPrefix(got, c.password) {
			t.Errorf("got %q, want %q", got, c.password)
		}
	}
}

func TestTheCollegeOfTheContextFillsItsPlaceholders(t *testing.T) {
	t.Parallel()
	ctx := i18n.WithCollege(in(t, i18n.FR), i18n.College{
		Short: map[i18n.Lang]string{i18n.EN: "CPSO", i18n.FR: "OMCO"}, TollFree: "+18002687096;ext=606",
	})
	want(t, i18n.T(ctx, "register.personal.evidence_title"), "De l’OMCO")
	want(t, i18n.Phone(ctx, "+18002687096;ext=606"), "1\u00a0800\u00a0268-7096, poste\u00a0606")
}

func TestAMissingPieceIsLoudInTestsAndQuietInProduction(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"no.such.message", "layout.header.signed_in_as", "access.timeout.minutes_left"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: want a panic under a strict catalogue", key)
				}
			}()
			i18n.T(in(t, i18n.EN), key)
		}()
		c, err := i18n.New(i18n.Standing{Brand: "ONE ID"})
		if err != nil {
			t.Fatal(err)
		}
		if got := i18n.T(i18n.With(context.Background(), c, i18n.EN), key); got != key {
			t.Errorf("got %q, want the key", got)
		}
	}
}

func TestCountsTakeTheFormOfTheirLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang  i18n.Lang
		count int
		want  string
	}{
		{i18n.EN, 0, "About 0 minutes left."},
		{i18n.EN, 1, "About 1 minute left."},
		{i18n.EN, 2, "About 2 minutes left."},
		{i18n.FR, 0, "Il reste environ 0\u00a0minute."},
		{i18n.FR, 1, "Il reste environ 1\u00a0minute."},
		{i18n.FR, 2, "Il reste environ 2\u00a0minutes."},
		{i18n.FR, 1000000, "Il reste environ 1\u00a0000\u00a0000\u00a0de minutes."},
	} {
		want(t, i18n.T(in(t, c.lang), "access.timeout.minutes_left", "Count", c.count), c.want)
	}
}

func TestASentenceEndsInOnePeriod(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 21, 20, 47, 0, 0, time.UTC)
	want(t, i18n.T(in(t, i18n.EN), "access.timeout.body", "Time", i18n.AsClock(at)), "For your security, we will sign you out at 3:47 p.m.")
	want(t, i18n.M("access.timeout.body", "Time", i18n.AsClock(at)).In(in(t, i18n.FR)), "Par sécurité, votre session se terminera à 15\u00a0h\u00a047.")
}

func TestATextMessageUsesPlainLetters(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.August, 1, 16, 0, 0, 0, time.UTC)
	got := i18n.T(in(t, i18n.FR), "sms.notice.password_changed", "Date", i18n.AsDate(at))
	if strings.ContainsAny(got, "\u00a0’û") || !strings.Contains(got, "1er aout 2026") {
		t.Errorf("got %q, want letters of the GSM alphabet and a short date", got)
	}
}

func TestTimesAreOntariosInBothLanguages(t *testing.T) {
	t.Parallel()
	en, fr := in(t, i18n.EN), in(t, i18n.FR)
	for _, c := range []struct{ utc, en, fr string }{
		{"2026-11-21T20:42:00Z", "3:42 p.m.", "15\u00a0h\u00a042"},
		{"2026-11-21T14:05:00Z", "9:05 a.m.", "9\u00a0h\u00a005"},
		{"2026-11-21T14:00:00Z", "9 a.m.", "9\u00a0h"},
		{"2026-11-21T17:00:00Z", "noon", "midi"},
		{"2026-11-21T05:00:00Z", "midnight", "minuit"},
		{"2026-07-01T16:00:00Z", "noon", "midi"}, // daylight time
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		want(t, i18n.Clock(en, at), c.en)
		want(t, i18n.Clock(fr, at), c.fr)
	}
	late := time.Date(2027, time.May, 2, 3, 0, 0, 0, time.UTC) // still the evening of the first in Ontario
	want(t, i18n.Date(en, late), "May 1, 2027")
	want(t, i18n.Date(fr, late), "1er mai 2027")
	want(t, i18n.DateDay(en, late), "1 May 2027")
	want(t, i18n.DateShort(late), "2027-05-01")
	want(t, i18n.CalendarDate(en, 1982, time.March, 14), "March 14, 1982")
}

func TestNumbersAreWrittenAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	en, fr := in(t, i18n.EN), in(t, i18n.FR)
	want(t, i18n.Phone(en, "+14165550123"), "416-555-0123")
	want(t, i18n.Phone(fr, "+14165550123"), "416\u00a0555-0123")
	want(t, i18n.Phone(en, "+18002687096;ext=606"), "1-800-268-7096 ext. 606")
	want(t, i18n.Phone(en, "+442071234567"), "+442071234567")
	want(t, i18n.Number(en, 10000), "10,000")
	want(t, i18n.Number(fr, 1000000), "1\u00a0000\u00a0000")
	want(t, i18n.Number(en, 1234), "1,234")
	want(t, i18n.Number(fr, 1234), "1\u00a0234")
	want(t, i18n.Number(fr, -1234), "−1\u00a0234")
	want(t, i18n.Number(en, 999), "999")
	want(t, i18n.T(fr, "services.finding.long_address_what", "Number", 4096), "Une adresse compte 4\u00a0096 caractères; 2\u00a0048 est le maximum.")
}

func TestNegotiatePicksTheFirstLanguageWeSpeak(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]i18n.Lang{
		"": i18n.EN, "de": i18n.EN, "fr-CA,fr;q=0.9": i18n.FR, "en-CA,fr;q=0.5": i18n.EN, "de, fr;q=0.5, en;q=0.3": i18n.FR, "nonsense;;": i18n.EN,
	} {
		if got := i18n.Negotiate(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func TestTextThatIsDataFollowsTheLanguage(t *testing.T) {
	t.Parallel()
	m := i18n.Words(map[i18n.Lang]string{i18n.EN: "First car?", i18n.FR: "Première voiture?"})
	want(t, m.In(in(t, i18n.FR)), "Première voiture?")
	want(t, i18n.Verbatim("Ada").In(in(t, i18n.FR)), "Ada")
	if m.Zero() || !(i18n.Msg{}).Zero() {
		t.Error("text that is data is a message; the zero Msg is none")
	}
}

func BenchmarkT(b *testing.B) {
	ctx := in(b, i18n.EN)
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			i18n.T(ctx, "ui.action.next")
		}
	})
	b.Run("filled", func(b *testing.B) {
		for b.Loop() {
			i18n.T(ctx, "layout.page.title_step", "Step", 2, "Total", 7, "Title", "Policies")
		}
	})
	b.Run("plural", func(b *testing.B) {
		for b.Loop() {
			i18n.T(ctx, "access.timeout.minutes_left", "Count", 2)
		}
	})
}
