package samlkey

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/saml"
)

// What the audit trail calls the state of a key that is none of ours yet.
const (
	// KeyFound is a key file that was found in a folder before the trail had heard
	// of it.
	KeyFound = "found"
	// KeyBegun is a key that is about to be made in a token. If nothing follows, it
	// may be there, under its name.
	KeyBegun = "begun"
)

// Record tells the audit trail of the folder's key files that it does not know:
// the first keys, what was copied here by hand, and what a command wrote that was
// killed before it could say so. Every process does so when it starts, so before
// it could use such a file; mostly there is nothing to tell.
func (r *Ring) Record(ctx context.Context, d *db.DB, log *audit.Log) error {
	unknown, err := r.unrecorded(ctx, d)
	if err != nil || len(unknown) == 0 {
		return err
	}
	return db.InTx(ctx, d, func(ctx context.Context, tx db.Tx) error {
		if err := db.LockSAMLKeyRing(ctx, tx); err != nil {
			return err
		}
		// Another process may have been first.
		unknown, err := r.unrecorded(ctx, tx)
		if err != nil {
			return err
		}
		for _, file := range unknown {
			use, _, _ := strings.Cut(file.key, "-")
			if err := log.Record(ctx, tx, audit.Event{
				Kind: audit.KeyMoved, Actor: "system", Subject: file.key,
				Details: map[string]string{"use": use, "state": KeyFound, "fingerprint": file.Fingerprint},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// recorded is what the trail says of a key.
type recorded struct {
	key         string // as its file names it
	Fingerprint string `json:"fingerprint"`
}

func (r *Ring) unrecorded(ctx context.Context, q db.Querier) ([]recorded, error) {
	events, err := db.AuditOfKind(ctx, q, string(audit.KeyMoved))
	if err != nil {
		return nil, err
	}
	known := map[recorded]bool{}
	for _, e := range events {
		about := recorded{key: e.Subject}
		if err := json.Unmarshal([]byte(e.Details), &about); err != nil {
			return nil, fmt.Errorf("read what the audit trail says of key %s: %w", e.Subject, err)
		}
		known[about] = true
	}
	paths, err := filepath.Glob(filepath.Join(r.Dir, "saml-*.pem"))
	if err != nil {
		return nil, fmt.Errorf("look for SAML keys: %w", err)
	}
	var unknown []recorded
	for _, path := range paths {
		name := filepath.Base(path)
		key, err := readKey(path)
		if err != nil {
			continue // it is no key; who needs it says what is wrong with it
		}
		if file := (recorded{keyOf(name), saml.Fingerprint(key.Certificate)}); !known[file] {
			unknown = append(unknown, file)
		}
	}
	return unknown, nil
}

// keyOf is the key that a file is named after.
func keyOf(name string) string {
	for use, first := range FirstFiles() {
		if name == first {
			return use + "-1"
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(name, "saml-"), ".pem")
}
