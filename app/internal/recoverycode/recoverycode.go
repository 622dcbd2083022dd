package recoverycode

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"oneid/app/internal/secret"
	"oneid/db"
)

// Count is how many codes a set has.
const Count = 10

const (
	codeLength = 10
	half       = codeLength / 2
)

// letters are those of Crockford's base 32: none looks like another one once
// lookalikes are read as what they look like.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// lookalikes undoes what people write instead, and drops what they put between.
var lookalikes = strings.NewReplacer(
	"O", "0", "I", "1", "L", "1", " ", "", "\t", "", "\u00a0", "", "\u202f", "",
	"-", "", "\u2010", "", "\u2011", "", "\u2013", "", "\u2014", "",
)

// Keys is the part of the key ring that makes codes worthless without it.
type Keys interface {
	MAC(purpose secret.Purpose, version int, parts ...[]byte) ([]byte, error)
	Current(purpose secret.Purpose) int
}

// Codes makes and takes recovery codes.
type Codes struct{ Keys Keys }

// Make draws ten codes for an account, in place of those it had, and returns
// them as they are to be shown: this is the only time that anyone sees them.
func (c *Codes) Make(ctx context.Context, tx db.Tx, account db.AccountID) ([]string, error) {
	shown := make([]string, Count)
	rows := make([]db.RecoveryCode, Count)
	for i := range rows {
		text := draw()
		hash, err := c.hash(c.Keys.Current(secret.KeyCode), account, text)
		if err != nil {
			return nil, err
		}
		shown[i] = text[:half] + "-" + text[half:]
		rows[i] = db.RecoveryCode{AccountID: account, Position: i + 1, Hash: hash, CreatedAt: tx.At}
	}
	return shown, db.ReplaceRecoveryCodes(ctx, tx, account, rows)
}

// Use uses a code up, as typed: case, blanks, dashes and lookalike letters don't
// matter. It reports whether it was one of the account's unused codes, and how
// many are left.
func (c *Codes) Use(ctx context.Context, tx db.Tx, account db.AccountID, typed string) (left int, ok bool, err error) {
	rows, err := db.RecoveryCodesOf(ctx, tx, account)
	if err != nil {
		return 0, false, err
	}
	text := canonical(typed)
	found := 0
	for _, row := range rows {
		if row.UsedAt != nil {
			continue
		}
		left++
		hash, err := c.hash(version(row.Hash), account, text)
		if err != nil {
			return 0, false, err
		}
		if hmac.Equal(hash, row.Hash) {
			found = row.Position
		}
	}
	if found == 0 {
		return left, false, nil
	}
	err = db.TakeRecoveryCode(ctx, tx, account, found)
	if errors.Is(err, db.ErrNotFound) { // another use was quicker
		return left - 1, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return left - 1, true, nil
}

// Set is how an account's codes stand.
type Set struct {
	MadeAt time.Time // zero: there are none
	Used   int
	Left   int
}

// SetOf tells how an account's codes stand.
func SetOf(ctx context.Context, q bun.IDB, account db.AccountID) (Set, error) {
	rows, err := db.RecoveryCodesOf(ctx, q, account)
	if err != nil {
		return Set{}, err
	}
	var s Set
	for _, row := range rows {
		s.MadeAt = row.CreatedAt
		if row.UsedAt != nil {
			s.Used++
		} else {
			s.Left++
		}
	}
	return s, nil
}

// hash is led by the version of the key, so that a rotation leaves old paper
// good.
func (c *Codes) hash(version int, account db.AccountID, text string) ([]byte, error) {
	sum, err := c.Keys.MAC(secret.KeyCode, version, []byte("recovery code"), []byte(account), []byte(text))
	if err != nil {
		return nil, fmt.Errorf("hash recovery code: %w", err)
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(version)), sum...), nil
}

func version(hash []byte) int {
	const length = 4
	if len(hash) < length {
		return 0 // no ring has a version 0: refused there
	}
	return int(binary.BigEndian.Uint32(hash))
}

func canonical(typed string) string { return lookalikes.Replace(strings.ToUpper(typed)) }

// draw is a code without its dash. The alphabet has 32 letters, so five bits of
// each random byte choose one evenly.
func draw() string {
	var drawn [codeLength]byte
	_, _ = rand.Read(drawn[:]) // never fails: crypto/rand ends the program instead
	for i, b := range drawn {
		drawn[i] = letters[int(b)%len(letters)]
	}
	return string(drawn[:])
}

// Are tells whether these texts are an account's codes, all and in their order.
func (c *Codes) Are(ctx context.Context, q bun.IDB, account db.AccountID, shown []string) (bool, error) {
	rows, err := db.RecoveryCodesOf(ctx, q, account)
	if err != nil || len(rows) == 0 || len(rows) != len(shown) {
		return false, err
	}
	same := true
	for i, row := range rows {
		hash, err := c.hash(version(row.Hash), account, canonical(shown[i]))
		if err != nil {
			return false, err
		}
		same = hmac.Equal(hash, row.Hash) && same
	}
	return same, nil
}
