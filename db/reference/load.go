package reference

import (
	"context"

	"oneid/db"
)

// Load brings the reference rows of the database up to the lists compiled in.
// It returns an error, and nothing changes, when a published policy's text would
// change.
func Load(ctx context.Context, tx db.Tx) error {
	r, err := Open()
	if err != nil {
		return err
	}
	return r.Load(ctx, tx)
}

// Load is the function Load for lists that have been read already.
func (r *Reference) Load(ctx context.Context, tx db.Tx) error {
	if err := db.PutColleges(ctx, tx, r.Colleges); err != nil {
		return err
	}
	if err := db.PutChallengeQuestions(ctx, tx, r.Questions); err != nil {
		return err
	}
	for _, document := range r.Documents {
		if document.InForceAt.IsZero() {
			document.InForceAt = tx.At
		}
		if err := db.PublishDocument(ctx, tx, document); err != nil {
			return err
		}
	}
	for _, service := range r.Services {
		service.CreatedAt, service.UpdatedAt = tx.At, tx.At
		if err := db.PutServiceTexts(ctx, tx, &service); err != nil {
			return err
		}
	}
	return nil
}

// LoadExamples adds organizations that are made up, with the services they signed
// for.
func LoadExamples(ctx context.Context, tx db.Tx) error {
	r, err := Open()
	if err != nil {
		return err
	}
	for i := range r.Organizations {
		r.Organizations[i].CreatedAt, r.Organizations[i].UpdatedAt = tx.At, tx.At
	}
	return db.PutOrganizations(ctx, tx, r.Organizations)
}
