package sso

import (
	"context"
	"errors"
	"strings"

	"oneid/app/internal/policy"
	"oneid/app/internal/release"
	"oneid/app/internal/verdict"
	"oneid/db"
)

// nobodysName stands for every name that was not made here. Requests are kept,
// and what a service calls people by itself must not be.
const nobodysName = "-"

// made tells whether a name looks like one that was made here.
func (r *Rules) made(name string) bool {
	name = strings.TrimSuffix(name, "@"+r.Release.NameDomain)
	return len(name) == len(release.FreshName()) && strings.Trim(name, "0123456789abcdef") == ""
}

// meant finds out whom the service means by the name that its request gives: a
// name that it was told before, or would be told now. The answer then names them
// in the form in which it knows them.
func (w *way) meant(ctx context.Context, tx db.Tx, f *verdict.Facts) error {
	given, o := &w.request.Subject, w.opening
	told, err := db.ToldName(ctx, tx, w.party.row.EntityID, given.Value)
	switch {
	case errors.Is(err, db.ErrNotFound):
		if o.Name != "" && given.Value == o.Name && (given.Format == "" || given.Format == policy.NamePersistent) {
			given.Format, f.Named = policy.NamePersistent, verdict.NamedThem
		}
		return nil
	case err != nil:
		return err
	}
	differs := func(given, told string) bool { return given != "" && given != told }
	switch {
	case differs(given.Format, told.NameIDFormat) && given.Format != policy.NameUnspecified,
		differs(given.NameQualifier, told.NameQualifier), differs(given.SPNameQualifier, told.SPNameQualifier):
		return nil
	case told.AccountID != o.Account.ID:
		f.Named = verdict.NamedAnother
		return nil
	case told.NameIDFormat == policy.NamePersistent && given.Value != o.Name,
		told.NameIDFormat == policy.NameUnspecified && !strings.HasPrefix(given.Value, o.Name+"@"):
		return nil // a name they had, and would not be given again
	}
	given.Format, f.Named = told.NameIDFormat, verdict.NamedThem
	return nil
}
