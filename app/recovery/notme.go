package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/freeze"
	"oneid/app/internal/secret"
	"oneid/db"
)

// NotMe takes "this was not me".
type NotMe struct {
	DB      *db.DB
	Freezer *freeze.Freezer
}

// Reported is a link of a notice as it stands.
type Reported struct {
	State LinkState
	// About is the kind of notice, At when it told.
	About string
	At    time.Time
	// Reference is the number of the freezing that a used link brought about.
	Reference string
}

// Look reads a link and changes nothing.
func (n *NotMe) Look(ctx context.Context, token string) (Reported, error) {
	hash := secret.HashToken(token)
	link, err := db.LinkByToken(ctx, n.DB, hash, db.LinkNotMe, n.DB.Clock.Now())
	if err == nil {
		return Reported{State: Works, About: link.About, At: link.CreatedAt}, nil
	}
	if !errors.Is(err, db.ErrNotFound) {
		return Reported{}, err
	}
	if link, err = db.SpentLink(ctx, n.DB, hash, db.LinkNotMe); errors.Is(err, db.ErrNotFound) {
		return Reported{State: Gone}, nil
	}
	if err != nil {
		return Reported{}, err
	}
	account, err := db.AccountByID(ctx, n.DB, link.AccountID)
	if err != nil || account.Status == db.AccountActive {
		return Reported{State: Gone}, err
	}
	event, err := db.LastEventOf(ctx, n.DB, string(link.AccountID), string(audit.AccountFrozen))
	if errors.Is(err, db.ErrNotFound) {
		return Reported{State: Gone}, nil
	}
	if err != nil {
		return Reported{}, err
	}
	return Reported{State: Used, Reference: event.Reference}, nil
}

// Freeze uses a link up and freezes its account. A link that is used or gone
// changes nothing.
func (n *NotMe) Freeze(ctx context.Context, token string) error {
	err := db.InTx(ctx, n.DB, func(ctx context.Context, tx db.Tx) error {
		link, err := db.TakeLink(ctx, tx, secret.HashToken(token), db.LinkNotMe)
		if err != nil {
			return err
		}
		_, err = n.Freezer.Freeze(ctx, tx, link.AccountID, freeze.ByLink)
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("freeze by link: %w", err)
	}
	return nil
}
