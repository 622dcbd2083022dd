package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/app/internal/check"
	"oneid/app/internal/code"
	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

// NewAccounts says which accounts CreateAccounts makes.
type NewAccounts struct {
	First, Last, Email, Phone, Password string
	Language                            string // "en" or "fr"
	BirthDate                           time.Time
	College, Licence                    string // carried over from before, not verified by evidence
	Services                            []string
	NoChallenge                         bool // never ask a second factor
	Count                               int
}

// accountsAtOnce bounds one transaction of a load run.
const accountsAtOnce = 200

// CreateAccounts makes ready, active accounts and writes their Login IDs to w,
// one a line. The rules of registration for names, phones and passwords apply.
// NoChallenge and a Count above one are for load runs: production refuses them.
func CreateAccounts(ctx context.Context, cfg config.Config, n NewAccounts, w io.Writer) error {
	if cfg.Mode == config.Production && (n.NoChallenge || n.Count > 1) {
		return errors.New("--no-challenge and --count are for load runs and refused in production")
	}
	if (n.College == "") != (n.Licence == "") {
		return errors.New("--college and --licence go together")
	}
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	m, err := g.maker(ctx, n)
	if err != nil {
		return err
	}
	for made := 0; made < n.Count; {
		batch := min(accountsAtOnce, n.Count-made)
		ids := make([]string, 0, batch)
		err := db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
			for range batch {
				id, err := m.make(ctx, tx)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := fmt.Fprintln(w, id+"@"+cfg.LoginDomain); err != nil {
				return err
			}
		}
		made += batch
	}
	return nil
}

// maker makes accounts that are alike.
type maker struct {
	*ground
	wanted   NewAccounts
	base     string
	phone    string
	password secret.HashedPassword
	services []db.ServiceID
	made     int
}

// maker checks everything first and names every fault at once.
func (g *ground) maker(ctx context.Context, n NewAccounts) (*maker, error) {
	names, err := check.NewLoginNames()
	if err != nil {
		return nil, err
	}
	common, err := check.OpenCommon(g.cfg.CommonPasswordsFile)
	if err != nil {
		return nil, err
	}
	m := &maker{ground: g, wanted: n}
	errs := new(form.Errors)
	m.base = names.Check(errs, "first", "last", n.First, n.Last)
	check.Email(errs, "email", n.Email)
	m.phone = check.Phones{}.Challenge(errs, "phone", n.Phone, 1)
	g.checkPassword(errs, m.base, n, common)
	if errs.Any() {
		return nil, faults(g.cfg, errs)
	}
	for _, name := range n.Services {
		service, err := db.ServiceByID(ctx, g.db, db.ServiceID(name))
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		m.services = append(m.services, service.ID)
	}
	// One hash serves a whole load run: hashing each would take hours.
	m.password, err = secret.NewPasswords(g.ring, g.hasher).Hash(ctx, n.Password)
	return m, err
}

// checkPassword applies the rules. Outside production the four visible ones are
// enough: test passwords are on every list.
func (g *ground) checkPassword(errs *form.Errors, loginID string, n NewAccounts, common *check.Common) {
	if g.cfg.Mode == config.Production {
		check.Password(errs, "password", n.Password, check.Own{
			Names: []string{n.First, n.Last}, LoginID: loginID, Email: n.Email, Phones: []string{n.Phone}, Birth: n.BirthDate,
		}, common)
		return
	}
	for _, rule := range check.Rules(n.Password) {
		if !rule.Met {
			errs.Add("password", rule.Fault())
		}
	}
}

// faults puts refused fields into words for a terminal.
func faults(cfg config.Config, errs *form.Errors) error {
	catalogue, err := i18n.New(i18n.Standing{Brand: cfg.Brand.Name})
	if err != nil {
		return err
	}
	ctx := i18n.With(context.Background(), catalogue, i18n.EN)
	var lines []string
	for _, item := range errs.All() {
		lines = append(lines, "--"+item.Field+": "+item.Msg.In(ctx))
	}
	return errors.New(strings.Join(lines, "\n"))
}

func (m *maker) make(ctx context.Context, tx db.Tx) (string, error) {
	n := m.wanted
	id, err := db.TakeLoginID(ctx, tx, m.base)
	if err != nil {
		return "", err
	}
	var subject [16]byte
	_, _ = rand.Read(subject[:]) // never fails: crypto/rand ends the program instead
	account := &db.Account{
		ID: db.NewID[db.AccountID](), Subject: hex.EncodeToString(subject[:]), LoginID: id,
		Status: db.AccountActive, StatusAt: tx.At, Language: n.Language,
		EmailVerifiedAt: &tx.At, SecondFactor: !n.NoChallenge, CreatedAt: tx.At, UpdatedAt: tx.At,
	}
	person := people.Person{PreferredFirst: n.First, PreferredLast: n.Last, LegalFirst: n.First, LegalLast: n.Last}
	if !n.BirthDate.IsZero() {
		// Those of a load run are people of their own: each is born a day later.
		person.BirthDate = n.BirthDate.AddDate(0, 0, m.made).Format(time.DateOnly)
	}
	m.made++
	if err := m.people.Fill(ctx, account, person, people.Contact{Email: n.Email, Phone: m.phone}); err != nil {
		return "", err
	}
	if err := db.InsertAccount(ctx, tx, account); err != nil {
		return "", err
	}
	err = db.SetPassword(ctx, tx, db.Password{AccountID: account.ID, Hash: m.password.Hash, PepperVersion: m.password.PepperVersion})
	if err != nil {
		return "", err
	}
	if err := m.belongings(ctx, tx, account.ID); err != nil {
		return "", err
	}
	return id, m.audit.Record(ctx, tx, audit.Event{Kind: audit.AccountCreated, Actor: "cli", Subject: string(account.ID)})
}

func (m *maker) belongings(ctx context.Context, tx db.Tx, account db.AccountID) error {
	phone := db.ChallengePhone{
		ID: db.NewID[db.PhoneID](), AccountID: account, Position: 1, Method: db.MethodText, CreatedAt: tx.At, ConfirmedAt: &tx.At,
		NumberIndex: code.NumberIndex(m.ring, m.phone), LastTwo: m.phone[len(m.phone)-2:],
	}
	var err error
	phone.Number, err = m.sealer.Seal(ctx, secret.Place{Table: "challenge_phones", Column: "number", Row: string(phone.ID)}, []byte(m.phone))
	if err != nil {
		return err
	}
	if err := db.InsertChallengePhones(ctx, tx, []db.ChallengePhone{phone}); err != nil {
		return err
	}
	if err := m.licence(ctx, tx, account); err != nil {
		return err
	}
	for _, service := range m.services {
		err := db.InsertEnrolment(ctx, tx, &db.Enrolment{
			AccountID: account, ServiceID: service, Status: db.EnrolmentActive, StatusAt: tx.At, CreatedAt: tx.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) licence(ctx context.Context, tx db.Tx, account db.AccountID) error {
	if m.wanted.College == "" {
		return nil
	}
	college := db.CollegeCode(m.wanted.College)
	row := db.Designation{
		ID: db.NewID[db.DesignationID](), AccountID: account, College: college, Source: db.DesignationLegacy,
		Status: db.LicenceActive, CheckedAt: tx.At,
		NumberIndex: m.ring.Index("number/"+string(college), secret.CanonicalNumber(m.wanted.Licence)),
	}
	var err error
	row.Number, err = m.sealer.Seal(ctx, secret.Place{Table: "designations", Column: "number", Row: string(row.ID)}, []byte(m.wanted.Licence))
	if err != nil {
		return err
	}
	return db.InsertDesignations(ctx, tx, []db.Designation{row})
}
