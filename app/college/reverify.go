package college

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"

	"oneid/db"
	"oneid/saml"
)

// ErrEvidenceChanged means that the kept message is not the one whose digest
// was written down with it.
var ErrEvidenceChanged = errors.New("college: the kept message is not the one that was received")

// Reverify opens kept evidence and checks its signature again, with the keys
// pinned for its college now. Times are not judged: evidence ages.
func (r *Rules) Reverify(ctx context.Context, id db.EvidenceID) (*saml.Evidence, error) {
	row, err := db.EvidenceByID(ctx, r.DB, id)
	if err != nil {
		return nil, err
	}
	message, err := r.Sealer.Open(ctx, evidencePlace(row.ID), row.Message)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(message); !bytes.Equal(sum[:], row.SHA256) {
		return nil, ErrEvidenceChanged
	}
	trusted, err := db.CollegeProviderOf(ctx, r.DB, row.College)
	if err != nil {
		return nil, err
	}
	provider, err := saml.ReadIdentityProvider(trusted.Metadata, r.DB.Clock.Now(), r.Metadata)
	if err != nil {
		return nil, err
	}
	if provider.Certificates, err = pinned(trusted); err != nil {
		return nil, err
	}
	return saml.Reverify(message, *provider)
}
