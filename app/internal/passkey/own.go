package passkey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
)

// Why a passkey ended, as kept with it.
const (
	endedRemoved = "removed"
	endedCopied  = "copied"
)

// Passkey is one of a person's own.
type Passkey struct {
	ID   db.PasskeyID
	Name string
	// Synced: its provider copies it between the person's devices. Provider is
	// empty where it doesn't say which it is.
	Synced   bool
	Provider string
	AddedAt  time.Time
	UsedAt   time.Time // zero: never
}

// List returns the passkeys of an account, oldest first.
func (k *Keys) List(ctx context.Context, account db.AccountID) ([]Passkey, error) {
	rows, err := db.PasskeysOf(ctx, k.db, account)
	if err != nil {
		return nil, err
	}
	all := make([]Passkey, len(rows))
	for i, row := range rows {
		credential, err := credentialOf(&row)
		if err != nil {
			return nil, err
		}
		all[i] = Passkey{ID: row.ID, Name: row.Name, Synced: row.Synced, Provider: providerOf(credential.Authenticator.AAGUID), AddedAt: row.CreatedAt}
		if row.UsedAt != nil {
			all[i].UsedAt = *row.UsedAt
		}
	}
	return all, nil
}

// The outcomes of adding and renaming, beside Failed and Stale.
const (
	Added    Outcome = "added"
	Open     Outcome = "open"      // the exchange has begun
	Full     Outcome = "full"      // the account has as many as it may
	NameUsed Outcome = "name_used" // another passkey of the account has this name
	Renamed  Outcome = "renamed"
	Known    Outcome = "known" // this very passkey was added before
)

// StartAdd begins adding a passkey under a name: Open, Full or NameUsed.
func (k *Keys) StartAdd(ctx context.Context, owner Owner, name string, browser []byte) (Exchange, Outcome, error) {
	rows, err := db.PasskeysOf(ctx, k.db, owner.Account)
	if err != nil {
		return Exchange{}, "", err
	}
	if refusal := room(rows, name); refusal != "" {
		return Exchange{}, refusal, nil
	}
	h, err := newHolder(owner, rows)
	if err != nil {
		return Exchange{}, "", err
	}
	request, session, err := k.party.BeginRegistration(h, webauthn.WithExclusions(h.descriptors()))
	if err != nil {
		return Exchange{}, "", fmt.Errorf("start adding a passkey: %w", err)
	}
	exchange, err := k.keep(ctx, k.db, add, owner.Account, browser, request.Response, state{Session: *session, Name: name})
	return exchange, Open, err
}

// room tells why an account can't have one more passkey of this name.
func room(rows []db.Passkey, name string) Outcome {
	if len(rows) >= Most {
		return Full
	}
	if named(rows, name) != nil {
		return NameUsed
	}
	return ""
}

// named finds the passkey of a name.
func named(rows []db.Passkey, name string) *db.Passkey {
	for i := range rows {
		if strings.EqualFold(rows[i].Name, name) {
			return &rows[i]
		}
	}
	return nil
}

// FinishAdd adds the passkey that a device made, and tells its owner. It
// returns the name it has.
func (k *Keys) FinishAdd(ctx context.Context, owner Owner, browser []byte, f Form) (string, Outcome, error) {
	exchange, kept, err := k.take(ctx, add, f.Exchange, browser)
	if errors.Is(err, db.ErrNotFound) {
		return "", Stale, nil
	}
	if err != nil {
		return "", "", err
	}
	if exchange.AccountID != owner.Account {
		return "", Stale, nil
	}
	h, err := newHolder(owner, nil)
	if err != nil {
		return "", "", err
	}
	answer, err := f.creation()
	if err != nil {
		return "", Failed, nil
	}
	credential, err := k.party.CreateCredential(h, kept.Session, answer)
	if err != nil {
		return "", Failed, nil
	}
	outcome := Added
	err = db.InTx(ctx, k.db, func(ctx context.Context, tx db.Tx) error {
		// Two tabs that add at once are judged one after the other.
		if _, err := db.LockAccount(ctx, tx, owner.Account); err != nil {
			return err
		}
		rows, err := db.PasskeysOf(ctx, tx, owner.Account)
		if err != nil {
			return err
		}
		if outcome = room(rows, kept.Name); outcome != "" {
			return nil
		}
		outcome = Added
		return k.insert(ctx, tx, owner.Account, kept.Name, credential)
	})
	if errors.Is(err, db.ErrExists) {
		return "", Known, nil
	}
	if err != nil {
		return "", "", fmt.Errorf("add a passkey: %w", err)
	}
	return kept.Name, outcome, nil
}

func (k *Keys) insert(ctx context.Context, tx db.Tx, account db.AccountID, name string, c *webauthn.Credential) error {
	stored, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep passkey: %w", err)
	}
	row := &db.Passkey{
		ID: db.NewID[db.PasskeyID](), AccountID: account, CredentialID: c.ID, Credential: stored, Name: name,
		Synced: c.Flags.BackupState, CreatedAt: tx.At,
	}
	if err := db.InsertPasskey(ctx, tx, row); err != nil {
		return err
	}
	if err := k.tell(ctx, tx, account, outbox.PasskeyAdded{Item: name}); err != nil {
		return err
	}
	return k.audit.Record(ctx, tx, audit.Event{
		Kind: audit.PasskeyAdded, Subject: string(account), Details: map[string]string{"passkey": string(row.ID)},
	})
}

// Rename gives a passkey of an account another name, and tells its owner:
// Renamed or NameUsed. db.ErrNotFound: it has no such passkey.
func (k *Keys) Rename(ctx context.Context, account db.AccountID, id db.PasskeyID, name string) (Outcome, error) {
	outcome := Renamed
	err := db.InTx(ctx, k.db, func(ctx context.Context, tx db.Tx) error {
		// Two tabs that name alike at once are judged one after the other.
		if _, err := db.LockAccount(ctx, tx, account); err != nil {
			return err
		}
		rows, err := db.PasskeysOf(ctx, tx, account)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(p db.Passkey) bool { return p.ID == id })
		if at < 0 {
			return fmt.Errorf("passkey %s: %w", id, db.ErrNotFound)
		}
		before := rows[at].Name
		if before == name {
			return nil
		}
		if other := named(rows, name); other != nil && other.ID != id {
			outcome = NameUsed
			return nil
		}
		if err := db.RenamePasskey(ctx, tx, account, id, name); err != nil {
			return err
		}
		if err := k.tell(ctx, tx, account, outbox.PasskeyRenamed{Before: before, Item: name}); err != nil {
			return err
		}
		return k.audit.Record(ctx, tx, audit.Event{
			Kind: audit.PasskeyRenamed, Subject: string(account), Details: map[string]string{"passkey": string(id)},
		})
	})
	return outcome, err
}

// Remove ends a passkey of an account, tells its owner and returns its name;
// then runs in the same transaction. db.ErrNotFound: it has no such passkey.
func (k *Keys) Remove(ctx context.Context, account db.AccountID, id db.PasskeyID, then func(context.Context, db.Tx) error) (string, error) {
	if uuid.Validate(string(id)) != nil {
		return "", fmt.Errorf("passkey %q: %w", id, db.ErrNotFound)
	}
	var name string
	err := db.InTx(ctx, k.db, func(ctx context.Context, tx db.Tx) error {
		row, err := db.EndPasskey(ctx, tx, account, id, endedRemoved)
		if err != nil {
			return err
		}
		name = row.Name
		if err := k.tell(ctx, tx, account, outbox.PasskeyRemoved{Item: name}); err != nil {
			return err
		}
		if err := then(ctx, tx); err != nil {
			return err
		}
		return k.audit.Record(ctx, tx, audit.Event{
			Kind: audit.PasskeyRemoved, Subject: string(account), Details: map[string]string{"passkey": string(id)},
		})
	})
	return name, err
}

// providers name themselves by the id of their authenticator (AAGUID), where
// they send it: it is a name for people and proves nothing.
var providers = map[uuid.UUID]string{
	uuid.MustParse("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"): "Apple",
	uuid.MustParse("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4"): "Google",
	uuid.MustParse("d3452668-01fd-4c12-926c-83a4204853aa"): "Microsoft",
	uuid.MustParse("53414d53-554e-4700-0000-000000000000"): "Samsung",
	uuid.MustParse("bada5566-a7aa-401f-bd96-45619a55120d"): "1Password",
	uuid.MustParse("d548826e-79b4-db40-a3d8-11116f7e8349"): "Bitwarden",
	uuid.MustParse("531126d6-e717-415c-9320-3d9aa6981239"): "Dashlane",
	uuid.MustParse("50726f74-6f6e-5061-7373-50726f746f6e"): "Proton",
}

func providerOf(aaguid []byte) string {
	id, err := uuid.FromBytes(aaguid)
	if err != nil {
		return ""
	}
	return providers[id]
}
