package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"oneid/app/internal/people"
	"oneid/app/internal/secret"
	"oneid/db"
)

const (
	// atOnce is how many accounts one transaction makes.
	atOnce  = 500
	college = "cpso"
)

// crowdID is the login ID of the nth of the crowd.
func crowdID(n int) string { return fmt.Sprintf("CROWD.MEMBER%06d", n) }

// accounts makes the accounts that are missing to a number. They have a licence
// and no password: nobody signs in with it.
func (m *maker) accounts(ctx context.Context, n int) error {
	made, err := m.count(ctx, "accounts WHERE login_id LIKE 'CROWD.MEMBER%'")
	if err != nil {
		return err
	}
	for made < n {
		last := min(made+atOnce, n)
		err := db.InTx(ctx, m.db, func(ctx context.Context, tx db.Tx) error {
			return m.some(ctx, tx, made, last)
		})
		if err != nil {
			return err
		}
		made = last
	}
	_, err = m.db.Pool.Exec(ctx, "VACUUM ANALYZE accounts, designations")
	return err
}

func (m *maker) count(ctx context.Context, of string) (n int, err error) {
	err = m.db.Pool.QueryRow(ctx, "SELECT count(*) FROM "+of).Scan(&n)
	return n, err
}

// some makes the accounts from one number up to another.
func (m *maker) some(ctx context.Context, tx db.Tx, from, to int) error {
	var accounts []*db.Account
	var licences []db.Designation
	for n := from; n < to; n++ {
		var subject [16]byte
		_, _ = rand.Read(subject[:]) // never fails: crypto/rand ends the program instead
		a := &db.Account{
			ID: db.NewID[db.AccountID](), Subject: hex.EncodeToString(subject[:]), LoginID: crowdID(n),
			Status: db.AccountActive, StatusAt: tx.At, Language: "en", EmailVerifiedAt: &tx.At, CreatedAt: tx.At, UpdatedAt: tx.At,
		}
		first, last := fmt.Sprintf("Crowd%d", n), "Member"
		person := people.Person{
			PreferredFirst: first, PreferredLast: last, LegalFirst: first, LegalLast: last,
			BirthDate: time.Date(1960, 1, 1+n%10000, 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
		}
		contact := people.Contact{Email: fmt.Sprintf("crowd%d@example.ca", n), Phone: "+14165550100"}
		if err := m.people.Fill(ctx, a, person, contact); err != nil {
			return err
		}
		accounts = append(accounts, a)
		licence, err := m.licence(ctx, a.ID, fmt.Sprintf("%06d", n), tx.At)
		if err != nil {
			return err
		}
		licences = append(licences, licence)
	}
	for _, a := range accounts {
		if err := db.InsertAccount(ctx, tx, a); err != nil {
			return err
		}
	}
	return db.InsertDesignations(ctx, tx, licences)
}

func (m *maker) licence(ctx context.Context, account db.AccountID, number string, at time.Time) (db.Designation, error) {
	d := db.Designation{
		ID: db.NewID[db.DesignationID](), AccountID: account, College: college, Source: db.DesignationLegacy,
		Status: db.LicenceActive, CheckedAt: at, NumberIndex: m.ring.Index("number/"+college, secret.CanonicalNumber(number)),
	}
	var err error
	d.Number, err = m.sealer.Seal(ctx, secret.Place{Table: "designations", Column: "number", Row: string(d.ID)}, []byte(number))
	return d, err
}
