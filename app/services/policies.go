package services

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
)

// SetPolicy changes how a service is treated. What is wrong with it is returned,
// and nothing changed then. change works on a copy of what is in force.
func (r *Rules) SetPolicy(ctx context.Context, who string, s Service, change func(*policy.Policy)) ([]policy.Fault, error) {
	var faults []policy.Fault
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		row, err := db.LockProvider(ctx, tx, s.Row.EntityID)
		if err != nil {
			return err
		}
		before, err := policy.Read(row.Policy)
		if err != nil {
			return err
		}
		next := before.Clone()
		change(&next)
		// An exception whose end has come is history.
		next.Exceptions = slices.DeleteFunc(next.Exceptions, func(e policy.Exception) bool { return !e.Until.IsZero() && !e.Until.After(tx.At) })
		if faults = next.Check(tx.At); len(faults) > 0 {
			return nil
		}
		raw, err := next.JSON()
		if err != nil {
			return err
		}
		differences := next.Diff(before)
		if next.Preset != before.Preset {
			differences = append(differences, policy.Difference{Field: "preset", Was: string(before.Preset), Is: string(next.Preset)})
		}
		if len(differences) == 0 {
			return nil
		}
		if err := db.SetPolicy(ctx, tx, s.Row.EntityID, raw); err != nil {
			return err
		}
		return r.note(ctx, tx, audit.ServicePolicySet, who, s.ID, inWords(differences))
	})
	return faults, err
}

// inWords is what a change was, for the audit trail.
func inWords(differences []policy.Difference) map[string]string {
	was, is := map[string][]string{}, map[string][]string{}
	for _, d := range differences {
		if d.Was != "" {
			was[d.Field] = append(was[d.Field], d.Was)
		}
		if d.Is != "" {
			is[d.Field] = append(is[d.Field], d.Is)
		}
	}
	details := map[string]string{}
	for _, d := range differences {
		details[d.Field] = strings.Join(was[d.Field], "; ") + " → " + strings.Join(is[d.Field], "; ")
	}
	return details
}

// PolicyOf reads how a service is treated: as it is stored.
func PolicyOf(s Service) (policy.Policy, error) {
	if s.Row == nil {
		return policy.Ontario.Policy(), nil
	}
	return policy.Read(json.RawMessage(s.Row.Policy))
}
