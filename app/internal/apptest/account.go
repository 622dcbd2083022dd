package apptest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"

	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Account is a person who has an account, and what they know.
type Account struct {
	ID                db.AccountID
	LoginID, Password string
}

// Holder says who a new account belongs to. Zero fields take plain values.
type Holder struct {
	First, Last, Email, Phone, Password string
	Status, Language                    string
	Licence                             string         // with CPSO, carried over from before
	LicenceStatus                       string         // active unless said otherwise
	Stated                              bool           // the licence is only the person's word
	Services                            []db.ServiceID // enrolled in
	Cost                                secret.Cost    // of the password's hash
}

// Password is what accounts have when a test does not care.
const Password = "Maple tin 47 canoe"

// Account makes an account.
func (a *App) Account(h Holder) Account {
	a.Helper()
	h.First, h.Last = or(h.First, "Ada"), or(h.Last, "Byron")
	h.Email, h.Phone = or(h.Email, "ada@example.ca"), or(h.Phone, "+14165550100")
	h.Status, h.Language, h.LicenceStatus = or(h.Status, db.AccountActive), or(h.Language, "en"), or(h.LicenceStatus, db.LicenceActive)
	made := Account{ID: db.NewID[db.AccountID](), Password: or(h.Password, Password)}
	cost := h.Cost
	if cost == (secret.Cost{}) {
		cost = secret.Cost{Time: a.Config.Argon.Passes, Memory: a.Config.Argon.MemoryKiB, Threads: a.Config.Argon.Lanes}
	}
	hashed, err := secret.NewPasswords(a.Ring, secret.NewHasher(cost)).Hash(a.Context(), made.Password)
	if err != nil {
		a.Fatal(err)
	}
	a.Write(func(ctx context.Context, tx db.Tx) error {
		var subject [16]byte
		_, _ = rand.Read(subject[:]) // never fails: crypto/rand ends the program instead
		if made.LoginID, err = db.TakeLoginID(ctx, tx, strings.ToUpper(h.First+"."+h.Last)); err != nil {
			return err
		}
		row := &db.Account{
			ID: made.ID, Subject: hex.EncodeToString(subject[:]), LoginID: made.LoginID, Status: h.Status, StatusAt: tx.At,
			Language: h.Language, EmailVerifiedAt: &tx.At, CreatedAt: tx.At, UpdatedAt: tx.At,
		}
		person := people.Person{
			PreferredFirst: h.First, PreferredLast: h.Last, LegalFirst: h.First, LegalLast: h.Last, BirthDate: "1975-12-10",
		}
		if err := a.People.Fill(ctx, row, person, people.Contact{Email: h.Email, Phone: h.Phone}); err != nil {
			return err
		}
		if err := db.InsertAccount(ctx, tx, row); err != nil {
			return err
		}
		err := db.SetPassword(ctx, tx, db.Password{AccountID: made.ID, Hash: hashed.Hash, PepperVersion: hashed.PepperVersion})
		if err != nil {
			return err
		}
		return a.belongings(ctx, tx, made.ID, h)
	})
	made.LoginID += "@" + a.Config.LoginDomain
	return made
}

func (a *App) belongings(ctx context.Context, tx db.Tx, id db.AccountID, h Holder) error {
	if h.Licence != "" {
		row := db.Designation{
			ID: db.NewID[db.DesignationID](), AccountID: id, College: CPSO, Source: db.DesignationLegacy, Status: h.LicenceStatus,
			CheckedAt: tx.At, NumberIndex: a.Ring.Index("number/"+string(CPSO), secret.CanonicalNumber(h.Licence)),
		}
		if h.Stated {
			row.Source, row.Status = db.DesignationStated, db.LicenceUnverified
		}
		var err error
		row.Number, err = a.Sealer.Seal(ctx, secret.Place{Table: "designations", Column: "number", Row: string(row.ID)}, []byte(h.Licence))
		if err != nil {
			return err
		}
		if err := db.InsertDesignations(ctx, tx, []db.Designation{row}); err != nil {
			return err
		}
	}
	for _, service := range h.Services {
		err := db.InsertEnrolment(ctx, tx, &db.Enrolment{
			AccountID: id, ServiceID: service, Status: db.EnrolmentActive, StatusAt: tx.At, CreatedAt: tx.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// SignIn signs an account's person in.
func (b *Browser) SignIn(who Account) *Page {
	b.Helper()
	return b.Post("/signin", "loginid", who.LoginID, "password", who.Password)
}

// SignedIn is a fresh browser in which an account's person is signed in.
func (a *App) SignedIn(who Account) *Browser {
	a.Helper()
	b := a.Browser()
	b.SignIn(who).WantRedirect("/home")
	return b
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
