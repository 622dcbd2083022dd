package db

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Who vouches for a designation.
const (
	DesignationEvidence = "evidence" // the college handed it over
	DesignationLegacy   = "legacy"   // carried over from before
	DesignationStated   = "stated"   // typed by the person, never released as verified
)

// Standing of a licence with its college.
const (
	LicenceActive     = "active"
	LicenceSuspended  = "suspended"
	LicenceUnverified = "unverified"
)

// Designation is an account's licence with a regulatory college.
type Designation struct {
	bun.BaseModel `bun:"table:designations"`

	ID          DesignationID `bun:",pk"`
	AccountID   AccountID
	College     CollegeCode
	Number      Sealed
	NumberIndex Index
	Class       string
	Source      string
	Status      string
	CheckedAt   time.Time
}

// InsertDesignations adds licences to an account. ErrExists: the account has
// one of that college, or another account already registered with this licence.
func InsertDesignations(ctx context.Context, tx Tx, designations []Designation) error {
	if len(designations) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&designations).Exec(ctx)
	return wrap(err, "insert designations")
}

// DesignationsOf lists an account's licences, those vouched for first.
func DesignationsOf(ctx context.Context, q bun.IDB, id AccountID) ([]Designation, error) {
	var all []Designation
	err := q.NewSelect().Model(&all).Where("account_id = ?", id).Order("source", "college").Scan(ctx)
	return all, wrap(err, "list designations of account %s", id)
}
