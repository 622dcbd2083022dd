package register

import (
	"context"
	"fmt"

	"oneid/app/internal/code"
	"oneid/app/internal/draft"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/db"
)

// insert writes an account with all that belongs to it.
func (f *Finish) insert(ctx context.Context, tx db.Tx, a *db.Account, d *draft.Draft, password secret.HashedPassword) error {
	if err := db.InsertAccount(ctx, tx, a); err != nil {
		return err
	}
	if err := db.SetPassword(ctx, tx, db.Password{AccountID: a.ID, Hash: password.Hash, PepperVersion: password.PepperVersion}); err != nil {
		return err
	}
	if err := db.InsertChallengeAnswers(ctx, tx, question.Rows(tx, a.ID, d.Questions)); err != nil {
		return err
	}
	phones, err := f.phonesOf(ctx, d, a.ID, tx)
	if err != nil {
		return err
	}
	if err := db.InsertChallengePhones(ctx, tx, phones); err != nil {
		return err
	}
	designations, err := f.designationsOf(ctx, d, a.ID, tx)
	if err != nil {
		return err
	}
	if err := db.InsertDesignations(ctx, tx, designations); err != nil {
		return err
	}
	return db.InsertAgreements(ctx, tx, agreementsOf(d, a.ID))
}

func (f *Finish) phonesOf(ctx context.Context, d *draft.Draft, account db.AccountID, tx db.Tx) ([]db.ChallengePhone, error) {
	var list []db.ChallengePhone
	if d.Phones == nil {
		return nil, nil
	}
	for i, phone := range d.Phones.List {
		row := db.ChallengePhone{
			ID: db.NewID[db.PhoneID](), AccountID: account, Position: i + 1, Method: phone.Method, CreatedAt: tx.At,
			NumberIndex: code.NumberIndex(f.Ring, phone.Number), LastTwo: phone.Number[len(phone.Number)-2:],
		}
		if !phone.ConfirmedAt.IsZero() {
			row.ConfirmedAt = &phone.ConfirmedAt
		}
		var err error
		row.Number, err = f.People.Sealer.Seal(ctx, secret.Place{Table: "challenge_phones", Column: "number", Row: string(row.ID)}, []byte(phone.Number))
		if err != nil {
			return nil, fmt.Errorf("seal challenge phone: %w", err)
		}
		list = append(list, row)
	}
	return list, nil
}

// designationsOf are the licence that the college vouches for, and those that
// the person states and nobody has verified.
func (f *Finish) designationsOf(ctx context.Context, d *draft.Draft, account db.AccountID, tx db.Tx) ([]db.Designation, error) {
	list := []db.Designation{{
		College: d.College, Class: d.Facts.Class, Source: db.DesignationEvidence, Status: db.LicenceActive, CheckedAt: d.Facts.ReceivedAt,
	}}
	numbers := []string{d.Facts.Number}
	if d.Designations != nil {
		for _, stated := range *d.Designations {
			list = append(list, db.Designation{
				College: stated.College, Source: db.DesignationStated, Status: db.LicenceUnverified, CheckedAt: tx.At,
			})
			numbers = append(numbers, stated.Number)
		}
	}
	for i := range list {
		row := &list[i]
		row.ID, row.AccountID, row.NumberIndex = db.NewID[db.DesignationID](), account, f.numberIndex(row.College, numbers[i])
		var err error
		row.Number, err = f.People.Sealer.Seal(ctx, secret.Place{Table: "designations", Column: "number", Row: string(row.ID)}, []byte(numbers[i]))
		if err != nil {
			return nil, fmt.Errorf("seal registration number: %w", err)
		}
	}
	return list, nil
}

func agreementsOf(d *draft.Draft, account db.AccountID) []db.Agreement {
	var list []db.Agreement
	if d.Agreed == nil {
		return nil
	}
	for _, a := range d.Agreed.Documents {
		list = append(list, db.Agreement{
			AccountID: account, Name: a.Name, Version: a.Version, Language: a.Language, SHA256: a.SHA256, AcceptedAt: d.Agreed.At,
		})
	}
	return list
}
