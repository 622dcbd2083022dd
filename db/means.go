package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Means is what an account has to prove itself with beside its password.
type Means struct {
	Phones       int // confirmed or not
	Confirmed    int // challenge phones that answered
	Passkeys     int
	CodesLeft    int // unused recovery codes
	Questions    int // answered online questions
	QuestionsAt  *time.Time
	FirstPhone   *time.Time // when the oldest of each was added
	FirstPasskey *time.Time
	CodesAt      *time.Time
	Devices      int // browsers that are remembered
	PasswordAt   *time.Time
}

// Holds tells whether there is anything that is held, not merely known.
func (m Means) Holds() bool { return m.Phones > 0 || m.Passkeys > 0 || m.CodesLeft > 0 }

// MeansOf counts what an account can prove itself with.
func MeansOf(ctx context.Context, q bun.IDB, id AccountID, now time.Time) (Means, error) {
	var m Means
	err := q.NewRaw(`SELECT
			(SELECT count(*) FROM challenge_phones WHERE account_id = ?0) AS phones,
			(SELECT count(*) FROM challenge_phones WHERE account_id = ?0 AND confirmed_at IS NOT NULL) AS confirmed,
			(SELECT min(created_at) FROM challenge_phones WHERE account_id = ?0) AS first_phone,
			(SELECT count(*) FROM passkeys WHERE account_id = ?0 AND ended_at IS NULL) AS passkeys,
			(SELECT min(created_at) FROM passkeys WHERE account_id = ?0 AND ended_at IS NULL) AS first_passkey,
			(SELECT count(*) FROM recovery_codes WHERE account_id = ?0 AND used_at IS NULL) AS codes_left,
			(SELECT max(created_at) FROM recovery_codes WHERE account_id = ?0) AS codes_at,
			(SELECT count(*) FROM challenge_answers WHERE account_id = ?0 AND kind = 'online') AS questions,
			(SELECT max(set_at) FROM challenge_answers WHERE account_id = ?0) AS questions_at,
			(SELECT count(*) FROM devices WHERE account_id = ?0 AND ended_at IS NULL AND expires_at > ?1) AS devices,
			(SELECT set_at FROM passwords WHERE account_id = ?0) AS password_at`, id, now).Scan(ctx, &m)
	return m, wrap(err, "count means of account %s", id)
}
