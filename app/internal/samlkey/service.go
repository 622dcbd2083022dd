package samlkey

import (
	"context"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/db"
)

// SwitchService changes the key for one service: a laggard goes over to the
// current key, any other service goes ahead to the next one. It returns the key
// that signs for it from now on, and refuses with ErrLacks or *Lacking where a
// node has not got that one.
func (r *Rules) SwitchService(ctx context.Context, who, entityID string) (string, error) {
	var key string
	err := r.change(ctx, func(ctx context.Context, tx db.Tx, keys []db.SAMLKey) error {
		p, err := db.ServiceProviderByEntity(ctx, tx, entityID)
		if err != nil {
			return err
		}
		if p.SigningKey != "" && keeps(*p, p.SigningKey, tx.At) {
			if current, ok := find(keys, db.KeySigning, RSA, db.KeyCurrent); ok {
				if err := r.ready(ctx, tx, current); err != nil {
					return err
				}
				key = current.ID
			}
			return r.give(ctx, tx, who, entityID, "", nil)
		}
		next, ok := find(keys, db.KeySigning, RSA, db.KeyNext)
		if !ok {
			return fmt.Errorf("switch %s: %w to go to", entityID, ErrNone)
		}
		if err := r.ready(ctx, tx, next); err != nil {
			return err
		}
		key = next.ID
		return r.give(ctx, tx, who, entityID, next.ID, nil)
	})
	return key, err
}

// Keep leaves one service a key until a time, whatever becomes current: the
// key that is current, or one that is retiring. It refuses with ErrLacks or
// *Lacking where a node has not got that one.
func (r *Rules) Keep(ctx context.Context, who, entityID, id string, until time.Time) error {
	return r.change(ctx, func(ctx context.Context, tx db.Tx, keys []db.SAMLKey) error {
		k, err := byID(keys, id)
		if err != nil {
			return err
		}
		if k.Use != db.KeySigning || !alive(keys, id) {
			return fmt.Errorf("%s is a %s key for %s: a current or retiring signing key is wanted", id, k.State, k.Use)
		}
		if !until.After(tx.At) {
			return fmt.Errorf("%s has passed", until.Format(time.RFC3339))
		}
		if err := r.ready(ctx, tx, k); err != nil {
			return err
		}
		return r.give(ctx, tx, who, entityID, id, &until)
	})
}

// Confirm notes that a service's people say that they have all the keys that we
// publish now.
func (r *Rules) Confirm(ctx context.Context, who, entityID string) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		p, err := db.ServiceProviderByEntity(ctx, tx, entityID)
		if err != nil {
			return err
		}
		if err := db.NoteKeysConfirmed(ctx, tx, entityID); err != nil {
			return err
		}
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.KeysConfirmed, Actor: who, Subject: string(p.ServiceID), Service: p.ServiceID, Details: map[string]string{"entity": entityID},
		})
	})
}

// change runs one change of the keys, after all others.
func (r *Rules) change(ctx context.Context, fn func(context.Context, db.Tx, []db.SAMLKey) error) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.LockSAMLKeyRing(ctx, tx); err != nil {
			return err
		}
		keys, err := db.SAMLKeys(ctx, tx)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, keys); err != nil {
			return err
		}
		return db.RaiseSAMLKeyRing(ctx, tx)
	})
}

func (r *Rules) move(ctx context.Context, tx db.Tx, who string, k db.SAMLKey, state, reason string) error {
	if err := db.MoveSAMLKey(ctx, tx, k.ID, state); err != nil {
		return err
	}
	k.State = state
	return r.moved(ctx, tx, who, k, reason)
}

func (r *Rules) moved(ctx context.Context, tx db.Tx, who string, k db.SAMLKey, reason string) error {
	return r.note(ctx, tx, who, k, "reason", reason)
}

func (r *Rules) made(ctx context.Context, tx db.Tx, who string, k db.SAMLKey, proposedBy string) error {
	return r.note(ctx, tx, who, k, "proposed_by", proposedBy)
}

func (r *Rules) note(ctx context.Context, tx db.Tx, who string, k db.SAMLKey, name, more string) error {
	details := map[string]string{"use": k.Use, "state": k.State}
	if k.Fingerprint != "" {
		details["fingerprint"] = k.Fingerprint
	}
	if more != "" {
		details[name] = more
	}
	return r.Audit.Record(ctx, tx, audit.Event{Kind: audit.KeyMoved, Actor: who, Subject: k.ID, Details: details})
}

// give has a service's answers signed by a key; the current one for "".
func (r *Rules) give(ctx context.Context, tx db.Tx, who, entityID, key string, until *time.Time) error {
	if err := db.SetServiceKey(ctx, tx, entityID, key, until); err != nil {
		return err
	}
	p, err := db.ServiceProviderByEntity(ctx, tx, entityID)
	if err != nil {
		return err
	}
	details := map[string]string{"entity": entityID, "key": key}
	if until != nil {
		details["until"] = until.UTC().Format(time.RFC3339)
	}
	return r.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.KeyServiceSet, Actor: who, Subject: string(p.ServiceID), Service: p.ServiceID, Details: details,
	})
}

func byID(keys []db.SAMLKey, id string) (db.SAMLKey, error) {
	for _, k := range keys {
		if k.ID == id {
			return k, nil
		}
	}
	return db.SAMLKey{}, fmt.Errorf("key %q: %w", id, ErrNone)
}
