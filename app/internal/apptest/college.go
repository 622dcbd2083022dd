package apptest

import (
	"context"
	"net/url"
	"strings"
	"time"

	"oneid/app/college"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// CPSO is the college that every test database trusts.
const CPSO db.CollegeCode = "cpso"

func cpso(now func() time.Time) samltest.College {
	return samltest.NewCollege("https://portal.cpso.example.ca/saml", "https://portal.cpso.example.ca/sso", now)
}

// CPSO is that college, by the test's clock.
func (a *App) CPSO() samltest.College { return cpso(a.Clock.Now) }

// Trust has another college hand over, with its own names for the facts.
func (a *App) Trust(code db.CollegeCode, m college.Mapping) samltest.College {
	a.Helper()
	name := "https://portal." + string(code) + ".example.ca"
	c := samltest.NewCollege(name+"/saml", name+"/sso", a.Clock.Now)
	a.Write(func(ctx context.Context, tx db.Tx) error { return trust(ctx, tx, code, c, m) })
	return c
}

// Write changes the database behind the product's back.
func (a *App) Write(fn func(ctx context.Context, tx db.Tx) error) {
	a.Helper()
	if err := db.InTx(a.Context(), a.DB, fn); err != nil {
		a.Fatalf("apptest: %v", err)
	}
}

// Exec runs a statement behind the product's back.
func (a *App) Exec(statement string) {
	a.Helper()
	if _, err := a.DB.ExecContext(a.Context(), statement); err != nil {
		a.Fatalf("apptest: %s: %v", statement, err)
	}
}

// Rows counts a table's rows that fit a condition; empty counts all.
func (a *App) Rows(table, where string) int {
	a.Helper()
	query := "SELECT count(*) FROM " + table
	if where != "" {
		query += " WHERE " + where
	}
	var n int
	if err := a.DB.QueryRowContext(a.Context(), query).Scan(&n); err != nil {
		a.Fatalf("apptest: %s: %v", query, err)
	}
	return n
}

// Member is what a college says of one of its members.
type Member struct {
	Number, First, Middle, Last string
	Gender, BirthDate           string
	Class, Status, Language     string
	Consent                     string // empty: a minute ago
}

// Randy is the member of the registration guide.
func Randy() Member {
	return Member{
		Number: "100093", First: "RANDY", Middle: "JAMES", Last: "BURT", Gender: "M", BirthDate: "1965-03-14",
		Class: "independent_practice", Status: "active", Language: "en",
	}
}

// Attributes are the facts under a college's names; those without a value are
// left out.
func (m Member) Attributes(names college.Mapping, now time.Time) map[string][]string {
	if m.Consent == "" {
		m.Consent = now.Add(-time.Minute).Format(time.RFC3339)
	}
	said := map[string][]string{}
	for name, value := range map[string]string{
		names.Number: m.Number, names.GivenNames: m.First, names.MiddleNames: m.Middle, names.LastName: m.Last,
		names.Gender: m.Gender, names.BirthDate: m.BirthDate, names.Class: m.Class, names.Status: m.Status,
		names.Language: m.Language, names.ConsentTime: m.Consent,
	} {
		if name != "" && value != "" {
			said[name] = []string{value}
		}
	}
	return said
}

// Asked is a request of ours at a college.
type Asked struct {
	ID, ACSURL, Issuer string
}

// AskCollege starts a registration and reads the request that the browser is
// sent to the college with.
func (b *Browser) AskCollege(code db.CollegeCode) Asked {
	b.Helper()
	page := b.Get("/register?college=" + string(code))
	at, err := url.Parse(page.To())
	if err != nil || at.Query().Get("SAMLRequest") == "" {
		b.Fatalf("/register answered %d to %q, want a request to the college:\n%s", page.Status, page.To(), page.Text())
	}
	root := samltest.Tree(inflate(b, at.Query().Get("SAMLRequest"))).Root()
	return Asked{
		ID: root.SelectAttrValue("ID", ""), ACSURL: root.SelectAttrValue("AssertionConsumerServiceURL", ""),
		Issuer: strings.TrimSpace(root.SelectElement("Issuer").Text()),
	}
}

// Answer is an honest answer to a request.
func (a *App) Answer(asked Asked, m Member) samltest.Answer {
	return samltest.Answer{
		InResponseTo: asked.ID, ACSURL: asked.ACSURL, Audience: asked.Issuer,
		Attributes: m.Attributes(college.DefaultMapping(), a.Clock.Now()), NameID: saml.NewID(),
	}
}

// Return has the college's page post an answer, and follows it to the page of
// ours that judges it. It is not followed further.
func (b *Browser) Return(code db.CollegeCode, samlResponse string) *Page {
	b.Helper()
	posted := b.SendAcross("/college/"+string(code)+"/acs", url.Values{"SAMLResponse": {samlResponse}, "RelayState": {"x"}})
	if posted.To() == "" {
		return posted
	}
	return posted.Follow()
}

// HandOver brings a member over from the college, as far as the first page of
// ours that judges it.
func (b *Browser) HandOver(m Member) *Page {
	b.Helper()
	return b.Return(CPSO, b.CPSO().Respond(b.Answer(b.AskCollege(CPSO), m)))
}
