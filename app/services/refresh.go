package services

import (
	"context"
	"errors"

	"oneid/app/internal/metadatafetch"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/findings"
)

// refreshAtOnce bounds one round of the schedule: each fetch may take seconds.
const refreshAtOnce = 2

// Trouble of a fetch that is not the address's own.
const (
	troubleRefused = "refused"   // what it brought can't be taken
	troubleSigner  = "signature" // it is not signed by whom it should be
	troubleGone    = "not_in_it" // the service is no longer described there
)

// RefreshDue fetches what is due, and returns how many it fetched.
func (r *Rules) RefreshDue(ctx context.Context) (int, error) {
	due, err := db.DueSources(ctx, r.DB, r.DB.Clock.Now(), refreshAtOnce)
	if err != nil {
		return 0, err
	}
	var failed error
	for _, s := range due {
		if _, err := r.refresh(ctx, s); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return len(due), failed
}

// Refresh fetches one service's metadata now. The outcome is empty when nothing
// has changed, or nothing usable came: NoteFetch says which.
func (r *Rules) Refresh(ctx context.Context, entity string) (Outcome, error) {
	s, err := db.SourceOf(ctx, r.DB, entity)
	if err != nil {
		return Outcome{}, err
	}
	return r.refresh(ctx, *s)
}

func (r *Rules) refresh(ctx context.Context, s db.MetadataSource) (Outcome, error) {
	now := r.DB.Clock.Now()
	found, err := r.Fetch.Fetch(ctx, s.Address, metadatafetch.Known{ETag: s.Etag, LastModified: s.Modified})
	var refusal *metadatafetch.Refusal
	if errors.As(err, &refusal) {
		return r.troubled(ctx, s, string(refusal.Why))
	}
	if err != nil {
		return Outcome{}, err
	}
	s.DueAt, s.Trouble = now.Add(usual), ""
	if found.Unchanged {
		return Outcome{}, db.NoteFetch(ctx, r.DB, &s, now)
	}
	s.Etag, s.Modified = found.Known.ETag, found.Known.LastModified
	in := Brought{Document: found.Body, Source: db.FromSchedule, Address: s.Address, Signer: s.Signer}
	reading, err := r.read(ctx, r.DB, in, s.EntityID)
	switch {
	case err != nil:
		return Outcome{}, err
	case reading.Untrusted != "":
		return r.troubled(ctx, s, troubleSigner)
	case reading.Entity != s.EntityID && !findings.Stops(reading.Findings):
		return r.troubled(ctx, s, troubleGone)
	case reading.Stops():
		return r.troubled(ctx, s, troubleRefused)
	}
	s.DueAt = now.Add(interval(reading.Provider.Profile.CacheDuration))
	if len(reading.Changes) == 0 {
		return Outcome{}, db.NoteFetch(ctx, r.DB, &s, now)
	}
	var out Outcome
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if same, err := r.waitsAlready(ctx, tx, reading); err != nil || same {
			return err
		}
		out, err = r.propose(ctx, tx, System, in, s.EntityID, Place{})
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, db.NoteFetch(ctx, r.DB, &s, now)
}

// waitsAlready tells whether what was fetched is what waits for approval.
func (r *Rules) waitsAlready(ctx context.Context, tx db.Tx, reading Reading) (bool, error) {
	if !reading.Grave() {
		return false, nil
	}
	waiting, err := db.VersionInState(ctx, tx, reading.Entity, db.VersionWaiting)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	before, err := saml.ReadServiceProvider(waiting.Document, tx.At, r.Metadata)
	if err != nil {
		return false, nil
	}
	return len(compare(&Service{Provider: before}, reading.Provider)) == 0, nil
}

// troubled notes that a fetch brought nothing usable; it is tried again soon.
// What is in force stays.
func (r *Rules) troubled(ctx context.Context, s db.MetadataSource, why string) (Outcome, error) {
	now := r.DB.Clock.Now()
	s.Trouble, s.DueAt = why, now.Add(shortest)
	return Outcome{}, db.NoteFetch(ctx, r.DB, &s, now)
}
