package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// What a recovery is for.
const (
	RecoverLoginID  = "login_id"
	RecoverPassword = "password"
)

// States of a recovery.
const (
	RecoveryOpen   = "open"   // proofs are still wanted
	RecoveryProven = "proven" // enough proof was given
	RecoveryDesk   = "desk"   // waits for a call to the Service Desk
	RecoveryDone   = "done"
	RecoveryEnded  = "ended" // given up, or stopped from elsewhere
)

// Kinds of proof. Two different ones are enough, or a passkey.
const (
	ProofQuestions = "questions"
	ProofPhone     = "phone" // a code by text or call
	ProofLink      = "link"  // mailed
	ProofPasskey   = "passkey"
	ProofDesk      = "desk" // the Service Desk's questions, in a call
)

// Proof is one that was given.
type Proof struct {
	Kind string    `json:"kind"`
	By   string    `json:"by,omitempty"` // MethodText or MethodCall, of a phone
	At   time.Time `json:"at"`
}

// Recovery is one under way. Without an account it is a stranger's: it looks the
// same from outside and never ends well.
type Recovery struct {
	bun.BaseModel `bun:"table:recoveries"`

	ID        RecoveryID `bun:",pk"`
	Kind      string
	AccountID AccountID `bun:",nullzero"`
	StandIn   AccountID // what limits count by: the account's id, or a stranger's
	Browser   []byte
	Device    string   // the browser in words; may be empty
	Questions []string `bun:",array"`
	Proofs    []Proof  `bun:"type:jsonb"`
	CodeID    CodeID   `bun:",nullzero"`
	State     string
	Reference string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Proof returns the proof of a kind, if it was given.
func (r *Recovery) Proof(kind string) (Proof, bool) {
	for _, p := range r.Proofs {
		if p.Kind == kind {
			return p, true
		}
	}
	return Proof{}, false
}

// InsertRecovery begins a recovery. One of the same kind that its browser had
// under way is over with it. ErrExists: the reference is taken.
func InsertRecovery(ctx context.Context, tx Tx, r *Recovery) error {
	_, err := tx.NewUpdate().Model((*Recovery)(nil)).Set("state = ?", RecoveryEnded).
		Where("browser = ? AND kind = ? AND state IN (?, ?)", r.Browser, r.Kind, RecoveryOpen, RecoveryProven).Exec(ctx)
	if err != nil {
		return wrap(err, "end the recovery before")
	}
	_, err = tx.NewInsert().Model(r).Exec(ctx)
	return wrap(err, "insert recovery")
}

// RecoveryIn reads the newest recovery of a kind in a browser, whatever became
// of it.
func RecoveryIn(ctx context.Context, q bun.IDB, browser []byte, kind string) (*Recovery, error) {
	r := new(Recovery)
	err := q.NewSelect().Model(r).Where("browser = ? AND kind = ?", browser, kind).
		Order("created_at DESC", "id DESC").Limit(1).Scan(ctx)
	return r, wrap(err, "find recovery of a browser")
}

// RecoveryByID reads a recovery.
func RecoveryByID(ctx context.Context, q bun.IDB, id RecoveryID) (*Recovery, error) {
	r := new(Recovery)
	err := q.NewSelect().Model(r).Where("id = ?", id).Scan(ctx)
	return r, wrap(err, "find recovery %s", id)
}

// LockRecovery reads a recovery that goes on, and holds it until the
// transaction ends. ErrNotFound: it has ended or expired.
func LockRecovery(ctx context.Context, tx Tx, id RecoveryID) (*Recovery, error) {
	r := new(Recovery)
	err := tx.NewSelect().Model(r).
		Where("id = ? AND state IN (?, ?) AND expires_at > ?", id, RecoveryOpen, RecoveryProven, tx.At).For("UPDATE").Scan(ctx)
	return r, wrap(err, "lock recovery %s", id)
}

// RecoveryAtDesk reads the recovery that waits for a call under a reference.
// ErrNotFound: none does, or no longer.
func RecoveryAtDesk(ctx context.Context, q bun.IDB, reference string, now time.Time) (*Recovery, error) {
	r := new(Recovery)
	err := q.NewSelect().Model(r).
		Where("reference = ? AND state = ? AND expires_at > ?", reference, RecoveryDesk, now).Scan(ctx)
	return r, wrap(err, "find recovery %s", reference)
}

// LockRecoveryAtDesk is RecoveryAtDesk, and holds it until the transaction ends.
func LockRecoveryAtDesk(ctx context.Context, tx Tx, reference string) (*Recovery, error) {
	r := new(Recovery)
	err := tx.NewSelect().Model(r).
		Where("reference = ? AND state = ? AND expires_at > ?", reference, RecoveryDesk, tx.At).For("UPDATE").Scan(ctx)
	return r, wrap(err, "lock recovery %s", reference)
}

// SaveRecovery writes what changes in a locked recovery: its proofs, state, code
// and end.
func SaveRecovery(ctx context.Context, tx Tx, r *Recovery) error {
	res, err := tx.NewUpdate().Model(r).Column("proofs", "state", "code_id", "expires_at").WherePK().Exec(ctx)
	return one(res, err, "save recovery %s", r.ID)
}

// TakeRecovery uses a proven recovery of a person up and returns it. Of parallel
// takers one gets it, the others ErrNotFound.
func TakeRecovery(ctx context.Context, tx Tx, id RecoveryID) (*Recovery, error) {
	r := new(Recovery)
	err := tx.NewUpdate().Model(r).Set("state = ?", RecoveryDone).
		Where("id = ? AND state = ? AND account_id IS NOT NULL AND expires_at > ?", id, RecoveryProven, tx.At).
		Returning("*").Scan(ctx)
	return r, wrap(err, "take recovery %s", id)
}

// EndRecoveriesOf ends every recovery of an account that goes on or waits for
// the Service Desk.
func EndRecoveriesOf(ctx context.Context, tx Tx, id AccountID) error {
	_, err := tx.NewUpdate().Model((*Recovery)(nil)).Set("state = ?", RecoveryEnded).
		Where("account_id = ? AND state IN (?, ?, ?)", id, RecoveryOpen, RecoveryProven, RecoveryDesk).Exec(ctx)
	return wrap(err, "end recoveries of account %s", id)
}

// EndCodesOf settles as failed every code of an account that could still pass.
func EndCodesOf(ctx context.Context, tx Tx, id AccountID) error {
	_, err := tx.NewUpdate().Model((*Code)(nil)).Set("state = ?", CodeFailed).
		Where("account_id = ? AND state = ?", id, CodeSent).Exec(ctx)
	return wrap(err, "end codes of account %s", id)
}

// EndLinksOf makes the unused links of an account for some purpose expire.
func EndLinksOf(ctx context.Context, tx Tx, id AccountID, purpose string) error {
	_, err := tx.NewUpdate().Model((*Link)(nil)).Set("expires_at = ?", tx.At).
		Where("account_id = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?", id, purpose, tx.At).Exec(ctx)
	return wrap(err, "end %s links of account %s", purpose, id)
}

// EndPasskeyExchangesOf forgets the exchanges under way that name an account.
func EndPasskeyExchangesOf(ctx context.Context, tx Tx, id AccountID) error {
	_, err := tx.NewDelete().Model((*PasskeyExchange)(nil)).Where("account_id = ?", id).Exec(ctx)
	return wrap(err, "end passkey exchanges of account %s", id)
}

// NoteRecovered notes when an account's password was last reset by a recovery.
func NoteRecovered(ctx context.Context, tx Tx, id AccountID, at time.Time) error {
	res, err := tx.NewUpdate().Model((*Account)(nil)).Set("recovered_at = ?", at).Set("updated_at = ?", tx.At).
		Where("id = ?", id).Exec(ctx)
	return one(res, err, "note recovery of account %s", id)
}

// SetAccountStatus changes the standing of an account.
func SetAccountStatus(ctx context.Context, tx Tx, id AccountID, status string) error {
	res, err := tx.NewUpdate().Model((*Account)(nil)).
		Set("status = ?", status).Set("status_at = ?", tx.At).Set("updated_at = ?", tx.At).
		Where("id = ?", id).Exec(ctx)
	return one(res, err, "set status of account %s", id)
}

// AccountsByName lists the open accounts of whoever has a name, legal or
// preferred, and a birth date, oldest first. Two people may share them.
func AccountsByName(ctx context.Context, q bun.IDB, person Index) ([]Account, error) {
	var all []Account
	err := q.NewSelect().Model(&all).
		Where("(person_index = ? OR preferred_index = ?) AND status = ?", person, person, AccountActive).
		Order("created_at", "id").Scan(ctx)
	return all, wrap(err, "find accounts by name")
}

// AccountIDByName is the oldest of them, or empty. It reads as little as it can:
// the time it takes must not tell whether there is one.
func AccountIDByName(ctx context.Context, q bun.IDB, person Index) (AccountID, error) {
	var id AccountID
	err := q.NewRaw(`SELECT coalesce((SELECT id::text FROM accounts WHERE (person_index = ? OR preferred_index = ?) AND status = ?
		ORDER BY created_at, id LIMIT 1), '')`, person, person, AccountActive).Scan(ctx, &id)
	return id, wrap(err, "find an account by name")
}

// PreparedCode finds the newest code of a recovery by some method that can still
// pass.
func PreparedCode(ctx context.Context, q bun.IDB, id RecoveryID, method string, now time.Time) (*Code, error) {
	c := new(Code)
	err := q.NewSelect().Model(c).
		Where("recovery_id = ? AND method = ? AND state = ? AND expires_at > ?", id, method, CodeSent, now).
		Order("created_at DESC").Limit(1).Scan(ctx)
	return c, wrap(err, "find prepared code")
}
