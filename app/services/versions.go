package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
)

// Place says where a service provider that is new belongs. For one that is known
// it is ignored, save for Start and Scheduled.
type Place struct {
	Service        db.ServiceID // one that is there; empty makes one
	NameEN, NameFR string       // of the one that is made
	Start          string       // where people open it; empty leaves it as it is
	Scheduled      bool         // fetch it from its address again and again
}

// Outcome is what became of a proposal.
type Outcome struct {
	Service db.ServiceID
	Entity  string
	Number  int
	Waiting bool // for a second person
}

// Propose makes metadata that was brought a version. Without grave changes it is
// in force at once.
func (r *Rules) Propose(ctx context.Context, who string, id db.ImportID, entity string, place Place) (Outcome, error) {
	row, err := db.ImportByID(ctx, r.DB, id, r.DB.Clock.Now())
	if err != nil {
		return Outcome{}, err
	}
	in := Brought{Document: row.Document, Source: row.Source, Address: row.Address, Signer: row.Signer}
	var out Outcome
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.DropImport(ctx, tx, id); err != nil {
			return err
		}
		out, err = r.propose(ctx, tx, who, in, entity, place)
		return err
	})
	return out, err
}

// Import takes metadata at once: for the shell, where whoever may do so may do
// anything.
func (r *Rules) Import(ctx context.Context, in Brought, entity string, place Place) (Outcome, error) {
	var out Outcome
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) (err error) {
		out, err = r.propose(ctx, tx, Shell, in, entity, place)
		return err
	})
	return out, err
}

func (r *Rules) propose(ctx context.Context, tx db.Tx, who string, in Brought, entity string, place Place) (Outcome, error) {
	reading, err := r.read(ctx, tx, in, entity)
	if err != nil {
		return Outcome{}, err
	}
	if reading.Stops() {
		return Outcome{}, ErrStops
	}
	service, err := r.placed(ctx, tx, reading, place, who == Shell)
	if err != nil {
		return Outcome{}, err
	}
	v := &db.MetadataVersion{
		EntityID: reading.Entity, ServiceID: service, Document: reading.Document, Source: in.Source, Address: in.Address,
		Signer: reading.Signer, Scheduled: place.Scheduled && in.Source == db.FromAddress, StartURL: place.Start,
		ProposedBy: who, ProposedAt: tx.At,
	}
	changes := append(slices.Clone(reading.Changes), started(reading, place.Start)...)
	if v.Changes, err = json.Marshal(changes); err != nil {
		return Outcome{}, err
	}
	waits := grave(changes) && who != Shell
	if err := r.add(ctx, tx, v, waits); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Service: service, Entity: v.EntityID, Number: v.Number, Waiting: waits}
	return out, r.note(ctx, tx, audit.ServiceImported, who, service, map[string]string{
		"entity": v.EntityID, "version": fmt.Sprint(v.Number), "source": v.Source, "waiting": yes(waits),
	})
}

// add adds a version, in place of one that waits, and puts it in force unless it
// has to wait.
func (r *Rules) add(ctx context.Context, tx db.Tx, v *db.MetadataVersion, waits bool) error {
	if err := db.LockVersions(ctx, tx, v.EntityID); err != nil {
		return err
	}
	old, err := db.VersionInState(ctx, tx, v.EntityID, db.VersionWaiting)
	switch {
	case errors.Is(err, db.ErrNotFound):
	case err != nil:
		return err
	default:
		if err := db.MoveVersion(ctx, tx, old, db.VersionWithdrawn, v.ProposedBy); err != nil {
			return err
		}
	}
	v.State = db.VersionWaiting
	if !waits {
		v.State, v.DecidedBy, v.DecidedAt = db.VersionCurrent, v.ProposedBy, &tx.At
		if err := db.RetireVersion(ctx, tx, v.EntityID); err != nil {
			return err
		}
	}
	if err := db.InsertVersion(ctx, tx, v); err != nil || waits {
		return err
	}
	return r.enforce(ctx, tx, v)
}

// Approve puts a waiting version in force. Whoever proposed it can't: ErrOwn.
func (r *Rules) Approve(ctx context.Context, who, entity string, number int) error {
	return r.decide(ctx, who, entity, number, func(ctx context.Context, tx db.Tx, v *db.MetadataVersion) error {
		if v.ProposedBy == who {
			return ErrOwn
		}
		if err := db.RetireVersion(ctx, tx, entity); err != nil {
			return err
		}
		if err := db.MoveVersion(ctx, tx, v, db.VersionCurrent, who); err != nil {
			return err
		}
		if err := r.enforce(ctx, tx, v); err != nil {
			return err
		}
		return r.note(ctx, tx, audit.ServiceApproved, who, v.ServiceID, map[string]string{
			"entity": entity, "version": fmt.Sprint(number), "proposed_by": v.ProposedBy,
		})
	})
}

// Withdraw drops a waiting version: the one who proposed it may, and any other.
func (r *Rules) Withdraw(ctx context.Context, who, entity string, number int) error {
	return r.decide(ctx, who, entity, number, func(ctx context.Context, tx db.Tx, v *db.MetadataVersion) error {
		if err := db.MoveVersion(ctx, tx, v, db.VersionWithdrawn, who); err != nil {
			return err
		}
		return r.note(ctx, tx, audit.ServiceWithdrawn, who, v.ServiceID, map[string]string{"entity": entity, "version": fmt.Sprint(number)})
	})
}

func (r *Rules) decide(ctx context.Context, _, entity string, number int, then func(context.Context, db.Tx, *db.MetadataVersion) error) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := db.LockVersions(ctx, tx, entity); err != nil {
			return err
		}
		v, err := db.VersionByNumber(ctx, tx, entity, number)
		if err != nil {
			return err
		}
		if v.State != db.VersionWaiting {
			return ErrGone
		}
		return then(ctx, tx, v)
	})
}

// enforce makes a version what sign-ins go by. It is read once more: it may have
// ended while it waited.
func (r *Rules) enforce(ctx context.Context, tx db.Tx, v *db.MetadataVersion) error {
	provider, err := saml.ReadServiceProvider(v.Document, tx.At, r.Metadata)
	if err != nil {
		return ErrStops
	}
	row := &db.ServiceProvider{
		EntityID: v.EntityID, ServiceID: v.ServiceID, Metadata: v.Document, Version: 1, Enabled: true, CreatedAt: tx.At, UpdatedAt: tx.At,
	}
	if row.Policy, err = firstPolicy(provider).JSON(); err != nil {
		return err
	}
	if !provider.ValidUntil.IsZero() {
		row.ValidUntil = &provider.ValidUntil
	}
	if err := db.PutServiceProvider(ctx, tx, row); err != nil {
		if errors.Is(err, db.ErrExists) {
			return ErrTaken
		}
		return err
	}
	first, err := r.first(ctx, tx, v)
	if err != nil {
		return err
	}
	if v.StartURL != "" {
		if err := db.SetServiceStart(ctx, tx, v.ServiceID, v.StartURL); err != nil {
			return err
		}
	}
	if first {
		// A service that was made for it is open from now on.
		if err := db.SwitchService(ctx, tx, v.ServiceID, true); err != nil {
			return err
		}
	}
	if v.Scheduled {
		return db.PutSource(ctx, tx, &db.MetadataSource{
			EntityID: v.EntityID, Address: v.Address, Signer: v.Signer, DueAt: tx.At.Add(interval(provider.Profile.CacheDuration)),
		})
	}
	return nil
}

// first tells whether no version was in force before.
func (r *Rules) first(ctx context.Context, tx db.Tx, v *db.MetadataVersion) (bool, error) {
	_, err := db.VersionInState(ctx, tx, v.EntityID, db.VersionPast)
	if errors.Is(err, db.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// firstPolicy is how a new service is treated until somebody says otherwise.
func firstPolicy(p *saml.ServiceProvider) policy.Policy {
	first := policy.Ontario.Policy()
	first.SubjectID = policy.SubjectIDFor(p.Profile.SubjectIDRequirement())
	if p.AuthnRequestsSigned {
		first.Requests = policy.RequestsRequired
	}
	return first
}

// GoBack proposes an earlier version again. It ends the fetching from an address,
// which would bring the newer one back.
func (r *Rules) GoBack(ctx context.Context, who, entity string, number int) (Outcome, error) {
	var out Outcome
	err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		old, err := db.VersionByNumber(ctx, tx, entity, number)
		if err != nil {
			return err
		}
		if old.State != db.VersionPast {
			return ErrGone
		}
		if err := db.DropSource(ctx, tx, entity); err != nil {
			return err
		}
		out, err = r.propose(ctx, tx, who, Brought{Document: old.Document, Source: db.FromBefore}, entity, Place{Service: old.ServiceID})
		return err
	})
	return out, err
}

// placed finds the service that a provider belongs to, or makes one. Until it is
// approved, one that was made can't be opened.
func (r *Rules) placed(ctx context.Context, tx db.Tx, reading Reading, place Place, open bool) (db.ServiceID, error) {
	if reading.Current != nil {
		if place.Service != "" && place.Service != reading.Current.ID {
			return "", ErrTaken
		}
		return reading.Current.ID, nil
	}
	if place.Service != "" {
		service, err := db.ServiceByID(ctx, tx, place.Service)
		if err != nil {
			return "", err
		}
		if other, err := db.ProviderOfService(ctx, tx, service.ID); err == nil && other.EntityID != reading.Entity {
			return "", ErrTaken
		} else if err != nil && !errors.Is(err, db.ErrNotFound) {
			return "", err
		}
		return service.ID, nil
	}
	id := ownService(reading.Entity)
	taken, err := r.taken(ctx, tx, id, reading.Entity)
	switch {
	case err != nil:
		return "", err
	case taken:
		return "", ErrTaken
	}
	service := &db.Service{
		ID: id, Position: 1000, NameEn: or(place.NameEN, reading.Provider.Names["en"], string(id)),
		NameFr: or(place.NameFR, reading.Provider.Names["fr"], reading.Provider.Names["en"], string(id)), Rule: db.RuleEveryone,
		Minimum: policy.MinimumKnowledge, Enabled: open, CreatedAt: tx.At, UpdatedAt: tx.At,
	}
	return id, db.PutService(ctx, tx, service)
}

// taken tells whether a service's name is another's already. One that was made for
// this provider before is its own.
func (r *Rules) taken(ctx context.Context, tx db.Tx, id db.ServiceID, entity string) (bool, error) {
	_, err := db.ServiceByID(ctx, tx, id)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	before, err := db.VersionsOfService(ctx, tx, id)
	return !slices.ContainsFunc(before, func(v db.MetadataVersion) bool { return v.EntityID == entity }), err
}

// ownService makes a service's name of an entity ID. It has a hyphen always, as
// none of the console's own addresses has.
func ownService(entityID string) db.ServiceID {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(entityID, "https://"), "http://")))
	if id = strings.Trim(id, "-"); !strings.Contains(id, "-") {
		id = "service-" + id
	}
	return db.ServiceID(id)
}

func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// How often metadata is fetched: as its owner wishes, within reason.
const (
	shortest = time.Hour
	usual    = 6 * time.Hour
	longest  = 24 * time.Hour
)

func interval(wish time.Duration) time.Duration {
	if wish == 0 {
		return usual
	}
	return min(max(wish, shortest), longest)
}
