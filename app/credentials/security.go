package credentials

import (
	"context"
	"time"

	"oneid/app/internal/access"
	"oneid/app/internal/recoverycode"
	"oneid/db"
)

// coolingTime is how long changes wait after a reset by recovery (SECURITY.md
// 1.5).
const coolingTime = 24 * time.Hour

// Security tells how an account's keys stand.
type Security struct {
	DB *db.DB
	// PasswordAge is how long a password is valid; zero is for ever.
	PasswordAge time.Duration
}

// Overview is how an account's keys stand.
type Overview struct {
	PasswordAt    time.Time // zero: there is none
	PasswordUntil time.Time // zero: for ever
	QuestionsAt   time.Time // zero: none are answered
	Phones        []db.ChallengePhone
	Passkeys      int
	Codes         recoverycode.Set
	Devices       int
	// Cooling is the reset by recovery that changes still wait for; zero for
	// none.
	Cooling Cooling
}

// Cooling is the time after a reset by recovery in which changes wait.
type Cooling struct{ Since, Until time.Time }

// On tells whether changes wait.
func (c Cooling) On() bool { return !c.Until.IsZero() }

// Overview looks at an account's keys.
func (r *Security) Overview(ctx context.Context, id db.AccountID) (Overview, error) {
	var o Overview
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return o, err
	}
	o.Cooling = cooling(account, r.DB.Clock.Now())
	means, err := db.MeansOf(ctx, r.DB, id, r.DB.Clock.Now())
	if err != nil {
		return o, err
	}
	o.Passkeys, o.Devices = means.Passkeys, means.Devices
	if means.PasswordAt != nil {
		o.PasswordAt = *means.PasswordAt
		if r.PasswordAge > 0 {
			o.PasswordUntil = o.PasswordAt.Add(r.PasswordAge)
		}
	}
	if means.QuestionsAt != nil {
		o.QuestionsAt = *means.QuestionsAt
	}
	if o.Phones, err = db.ChallengePhonesOf(ctx, r.DB, id); err != nil {
		return o, err
	}
	o.Codes, err = recoverycode.SetOf(ctx, r.DB, id)
	return o, err
}

func cooling(a *db.Account, now time.Time) Cooling {
	if a.RecoveredAt == nil || !a.RecoveredAt.Add(coolingTime).After(now) {
		return Cooling{}
	}
	return Cooling{Since: *a.RecoveredAt, Until: a.RecoveredAt.Add(coolingTime)}
}

// Cooling tells whether a session's change of phones, questions, passkeys or
// codes has to wait. It need not when the session has lately proven something
// that was held before the reset: whoever took an account over by recovery must
// not lock the owner out with keys of their own.
func (r *Security) Cooling(ctx context.Context, s access.Session) (Cooling, error) {
	account, err := db.AccountByID(ctx, r.DB, s.Who.Account)
	if err != nil {
		return Cooling{}, err
	}
	c := cooling(account, r.DB.Clock.Now())
	if !c.On() {
		return c, nil
	}
	means, err := db.MeansOf(ctx, r.DB, account.ID, r.DB.Clock.Now())
	if err != nil {
		return c, err
	}
	held := map[string]*time.Time{
		access.FactorText: means.FirstPhone, access.FactorCall: means.FirstPhone,
		access.FactorPasskey: means.FirstPasskey, access.FactorRecovery: means.CodesAt,
	}
	for _, f := range s.Factors {
		// The proof must be of now; the thing, of before.
		if at := held[f.Kind]; at != nil && at.Before(c.Since) && f.At.After(c.Since) {
			return Cooling{}, nil
		}
	}
	return c, nil
}
