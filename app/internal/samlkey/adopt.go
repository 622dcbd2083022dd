package samlkey

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/saml"
)

// Adopt makes the folder's first keys the current ones of their uses, where the
// database knows no key of the use yet. Every process does so when it starts; on
// all but the first start there is nothing to do. A folder from before there
// were encryption and metadata keys has none to adopt: `oneid keys init` makes
// them.
func (r *Ring) Adopt(ctx context.Context, d *db.DB, log *audit.Log) error {
	missing, err := r.unadopted(ctx, d)
	if err != nil || len(missing) == 0 {
		return err
	}
	return db.InTx(ctx, d, func(ctx context.Context, tx db.Tx) error {
		if err := db.LockSAMLKeyRing(ctx, tx); err != nil {
			return err
		}
		// Another node may have been first.
		missing, err := r.unadopted(ctx, tx)
		if err != nil || len(missing) == 0 {
			return err
		}
		for _, row := range missing {
			row.State, row.CreatedAt, row.CurrentAt = db.KeyCurrent, tx.At, &tx.At
			if err := db.InsertSAMLKey(ctx, tx, &row); err != nil {
				return err
			}
			if err := log.Record(ctx, tx, audit.Event{
				Kind: audit.KeyMoved, Actor: "system", Subject: row.ID,
				Details: map[string]string{"use": row.Use, "state": row.State, "fingerprint": row.Fingerprint},
			}); err != nil {
				return err
			}
		}
		return db.RaiseSAMLKeyRing(ctx, tx)
	})
}

// unadopted are the folder's first keys whose uses have no key in the database.
func (r *Ring) unadopted(ctx context.Context, q db.Querier) ([]db.SAMLKey, error) {
	rows, err := db.SAMLKeys(ctx, q)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, row := range rows {
		known[row.Use] = true
	}
	var missing []db.SAMLKey
	for use, name := range FirstFiles() {
		if known[use] {
			continue
		}
		key, err := r.readFile(name)
		if errors.Is(err, fs.ErrNotExist) && use != db.KeySigning {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("adopt SAML key: %w", err)
		}
		missing = append(missing, rowOf(use+"-1", use, FilePlace+name, key))
	}
	return missing, nil
}

func rowOf(id, use, place string, key saml.SigningKey) db.SAMLKey {
	row := db.SAMLKey{
		ID: id, Use: use, Algorithm: RSA, Place: place,
		Certificate: key.Certificate.Raw, Fingerprint: saml.Fingerprint(key.Certificate),
	}
	if saml.IsElliptic(key.Certificate) {
		row.Algorithm = Elliptic
	}
	return row
}
