package people

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"oneid/app/internal/check"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Own is what a person's password and answers must not give away.
func (b *Book) Own(ctx context.Context, q bun.IDB, a *db.Account) (check.Own, error) {
	p, err := b.Open(ctx, a)
	if err != nil {
		return check.Own{}, err
	}
	contact, err := b.Contact(ctx, a)
	if err != nil {
		return check.Own{}, err
	}
	own := check.Own{
		Names:   []string{p.LegalFirst, p.LegalMiddle, p.LegalLast, p.PreferredFirst, p.Middle, p.PreferredLast},
		LoginID: a.LoginID, Email: contact.Email, Phones: []string{contact.Phone},
	}
	own.Birth, _ = time.Parse(time.DateOnly, p.BirthDate) // without a date there is none to look for
	phones, err := db.ChallengePhonesOf(ctx, q, a.ID)
	if err != nil {
		return check.Own{}, err
	}
	for i := range phones {
		number, err := b.ChallengeNumber(ctx, &phones[i])
		if err != nil {
			return check.Own{}, err
		}
		own.Phones = append(own.Phones, number)
	}
	designations, err := db.DesignationsOf(ctx, q, a.ID)
	if err != nil {
		return check.Own{}, err
	}
	for i := range designations {
		number, err := b.Licence(ctx, &designations[i])
		if err != nil {
			return check.Own{}, err
		}
		own.Numbers = append(own.Numbers, number)
	}
	return own, nil
}

// Licence opens the registration number of a designation.
func (b *Book) Licence(ctx context.Context, d *db.Designation) (string, error) {
	number, err := b.Sealer.Open(ctx, secret.Place{Table: "designations", Column: "number", Row: string(d.ID)}, d.Number)
	if err != nil {
		return "", fmt.Errorf("open number of designation %s: %w", d.ID, err)
	}
	return string(number), nil
}

func phonePlace(id db.PhoneID) secret.Place {
	return secret.Place{Table: "challenge_phones", Column: "number", Row: string(id)}
}

// ChallengeNumber opens the number of a challenge phone, in E.164.
func (b *Book) ChallengeNumber(ctx context.Context, p *db.ChallengePhone) (string, error) {
	number, err := b.Sealer.Open(ctx, phonePlace(p.ID), p.Number)
	if err != nil {
		return "", fmt.Errorf("open number of challenge phone %s: %w", p.ID, err)
	}
	return string(number), nil
}

// FillPhone seals a number, in E.164, into a challenge phone that has its id,
// and sets what finds and shows it.
func (b *Book) FillPhone(ctx context.Context, p *db.ChallengePhone, number string) error {
	sealed, err := b.Sealer.Seal(ctx, phonePlace(p.ID), []byte(number))
	if err != nil {
		return fmt.Errorf("seal challenge phone: %w", err)
	}
	p.Number, p.NumberIndex = sealed, b.Index("phone", secret.CanonicalPhone(number))
	p.LastTwo = number[max(len(number)-2, 0):]
	return nil
}
