package device

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"oneid/app/internal/access"
	"oneid/app/internal/audit"
	"oneid/app/internal/departure"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/db"
)

const (
	// Most is how many devices one account may have (SECURITY.md 5.3).
	Most = 10
	// MostTokens is how many accounts one browser is remembered for.
	MostTokens = 3
	// MostName bounds a device's name, in characters.
	MostName = 60

	grace      = time.Minute
	networkAge = 90 * 24 * time.Hour
)

// Why a device ended, as kept with it.
const (
	EndedCopied    = "copied"
	EndedForgotten = "forgotten"
)

// Book remembers devices and recognises them.
type Book struct {
	DB      *db.DB
	Ring    *secret.KeyRing
	Audit   *audit.Log
	Notices *notice.Teller
	// Life is how long a device stays recognised after its last use.
	Life time.Duration
}

// Verdict is what recognising a browser comes to.
type Verdict struct {
	// Known: neither the device nor the network is new.
	Known bool
	// Device is the one that the browser proved to be, known network or not.
	Device db.DeviceID
	// Reason is why a second factor is asked for, when not Known.
	Reason access.Reason
	// Tokens are what the browser's cookie is to hold from now on.
	Tokens []string
}

// Holds tells, before a password is judged, whether a browser is one that the
// account remembers: its tries count apart from strangers'.
func (b *Book) Holds(ctx context.Context, q db.Querier, id db.AccountID, tokens []string) (bool, error) {
	d, held, err := b.find(ctx, q, id, tokens)
	if err != nil || d == nil {
		return false, err
	}
	return stands(d, held, b.DB.Clock.Now()) == "", nil
}

// Recognise judges the browser of somebody whose password was right. The
// caller holds the account, so that of parallel sign-ins one changes the token.
// A copy ends the device and every session of the account.
func (b *Book) Recognise(ctx context.Context, tx db.Tx, id db.AccountID, tokens []string, from netip.Addr) (Verdict, error) {
	d, held, err := b.find(ctx, tx, id, tokens)
	if err != nil {
		return Verdict{}, err
	}
	if d == nil {
		return Verdict{Reason: access.NewBrowser, Tokens: tokens}, nil
	}
	others := slices.DeleteFunc(slices.Clone(tokens), func(t string) bool { return t == held.text })
	if why := stands(d, held, tx.At); why != "" {
		if why == access.Theft && d.EndedAt == nil {
			err = b.copied(ctx, tx, d)
		}
		return Verdict{Reason: why, Tokens: others}, err
	}
	next, err := b.next(ctx, tx, d, held)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Device: d.ID, Tokens: append([]string{next}, others...), Reason: access.NewNetwork}
	known, err := db.KnowsNetwork(ctx, tx, id, b.network(id, from), tx.At.Add(-networkAge))
	if err != nil || !known {
		return v, err
	}
	v.Known, v.Reason = true, ""
	return v, b.Used(ctx, tx, id, d.ID, from)
}

// find returns the account's device that one of the browser's tokens names, and
// that token; nil for none.
func (b *Book) find(ctx context.Context, q db.Querier, id db.AccountID, tokens []string) (*db.Device, token, error) {
	var held []token
	var ids []db.DeviceID
	for _, text := range tokens {
		if t, ok := b.read(text); ok {
			held, ids = append(held, t), append(ids, t.device)
		}
	}
	all, err := db.DevicesByID(ctx, q, ids)
	if err != nil {
		return nil, token{}, err
	}
	for _, t := range held {
		for _, d := range all {
			if d.AccountID == id && d.ID == t.device {
				return &d, t, nil
			}
		}
	}
	return nil, token{}, nil
}

// stands says why a device is not recognised by a token of its own; empty when
// it is.
func stands(d *db.Device, held token, now time.Time) access.Reason {
	current, before := held.is(d.TokenHash), held.is(d.PreviousHash)
	switch {
	case d.EndedWhy == EndedCopied:
		return access.Theft
	case d.EndedAt != nil:
		return access.NewBrowser
	case !d.ExpiresAt.After(now):
		return access.ExpiredDevice
	case !current && (!before || now.Sub(d.RotatedAt) > grace):
		return access.Theft
	}
	return ""
}

// next is the token that the browser holds from now on. Whoever comes with the
// one before, within the minute, is given the newest again.
func (b *Book) next(ctx context.Context, tx db.Tx, d *db.Device, held token) (string, error) {
	if !held.is(d.TokenHash) {
		again, err := b.make(d.ID, d.RotatedAt)
		if err != nil || !again.is(d.TokenHash) { // made under a key that has changed since
			return held.text, err
		}
		return again.text, nil
	}
	// Two uses in one instant must not lead to the token that is there.
	at := tx.At
	if !at.After(d.RotatedAt) {
		at = d.RotatedAt.Add(time.Microsecond)
	}
	next, err := b.make(d.ID, at)
	if err != nil {
		return "", err
	}
	return next.text, db.RotateDevice(ctx, tx, d.ID, secret.HashToken(next.text), at)
}

// copied ends a device whose token came from two places, and every session: the
// copy's cookies are likely all of them.
func (b *Book) copied(ctx context.Context, tx db.Tx, d *db.Device) error {
	if _, err := db.EndDevice(ctx, tx, d.AccountID, d.ID, EndedCopied); err != nil {
		return err
	}
	if _, err := departure.EndAll(ctx, tx, b.Notices.Outbox, d.AccountID, "", access.EndedElsewhere); err != nil {
		return err
	}
	if err := b.Notices.Tell(ctx, tx, d.AccountID, outbox.DeviceCopied{Item: d.Name}); err != nil {
		return err
	}
	return b.record(ctx, tx, audit.DeviceCopied, d.AccountID, d.ID)
}

// Used notes that a person was signed in on a device and network, having proven
// all that was asked: both stay known from now. The device may be empty.
func (b *Book) Used(ctx context.Context, tx db.Tx, id db.AccountID, device db.DeviceID, from netip.Addr) error {
	if device != "" {
		if err := db.UseDevice(ctx, tx, id, device, tx.At.Add(b.Life)); err != nil {
			return err
		}
	}
	return db.NoteNetwork(ctx, tx, id, b.network(id, from))
}

// Met is Used for a sign-in that something held has proven, from a browser or
// network that was new: its person is told.
func (b *Book) Met(ctx context.Context, tx db.Tx, id db.AccountID, device db.DeviceID, from netip.Addr, proof outbox.Proof) error {
	if err := b.Used(ctx, tx, id, device, from); err != nil {
		return err
	}
	return b.Notices.Tell(ctx, tx, id, outbox.NewDevice{Proof: proof})
}

// MetByPasskey is Met for a sign-in by passkey alone. A passkey lives in a device
// of its own and nobody is asked to have the browser remembered, so that browser
// is no news on a network that is known: telling of it each time would teach
// people not to read what we send.
func (b *Book) MetByPasskey(ctx context.Context, tx db.Tx, id db.AccountID, v Verdict, from netip.Addr) error {
	if v.Reason == access.NewBrowser || v.Reason == access.ExpiredDevice {
		known, err := db.KnowsNetwork(ctx, tx, id, b.network(id, from), tx.At.Add(-networkAge))
		if err != nil {
			return err
		}
		v.Known = known
	}
	if v.Known {
		return b.Used(ctx, tx, id, v.Device, from)
	}
	return b.Met(ctx, tx, id, v.Device, from, outbox.ProofPasskey)
}

// Remembered is a device that was just remembered.
type Remembered struct {
	// Device is empty when the account has as many as it may.
	Device db.DeviceID
	Tokens []string
}

// Remember remembers a browser, which its person has chosen, under a name. Call
// it holding the account.
func (b *Book) Remember(ctx context.Context, tx db.Tx, id db.AccountID, name string, tokens []string) (Remembered, error) {
	devices, err := db.DevicesOf(ctx, tx, id, tx.At)
	if err != nil || len(devices) >= Most {
		return Remembered{Tokens: tokens}, err
	}
	d := &db.Device{
		ID: db.NewID[db.DeviceID](), AccountID: id, Name: Name(name), RotatedAt: tx.At,
		CreatedAt: tx.At, UsedAt: tx.At, ExpiresAt: tx.At.Add(b.Life),
	}
	first, err := b.make(d.ID, d.RotatedAt)
	if err != nil {
		return Remembered{}, err
	}
	d.TokenHash = secret.HashToken(first.text)
	if err := db.InsertDevice(ctx, tx, d); err != nil {
		return Remembered{}, err
	}
	// A browser is remembered once for an account: an older token of the same
	// cookie is of no use any more.
	old, held, err := b.find(ctx, tx, id, tokens)
	if err != nil {
		return Remembered{}, err
	}
	if old != nil {
		tokens = slices.DeleteFunc(slices.Clone(tokens), func(t string) bool { return t == held.text })
	}
	tokens = append([]string{first.text}, tokens...)
	return Remembered{Device: d.ID, Tokens: tokens[:min(len(tokens), MostTokens)]},
		b.record(ctx, tx, audit.DeviceRemembered, id, d.ID)
}

// Full tells whether an account has as many devices as it may.
func (b *Book) Full(ctx context.Context, q db.Querier, id db.AccountID) (bool, error) {
	devices, err := b.List(ctx, q, id)
	return len(devices) >= Most, err
}

// List returns the devices that an account is recognised on, last used first.
func (b *Book) List(ctx context.Context, q db.Querier, id db.AccountID) ([]db.Device, error) {
	return db.DevicesOf(ctx, q, id, b.DB.Clock.Now())
}

// Forget stops recognising one device. db.ErrNotFound: the account has none
// like it.
func (b *Book) Forget(ctx context.Context, tx db.Tx, account db.AccountID, id db.DeviceID) error {
	if _, err := db.EndDevice(ctx, tx, account, id, EndedForgotten); err != nil {
		return err
	}
	return b.record(ctx, tx, audit.DeviceEnded, account, id)
}

// Rename gives a device another name. db.ErrNotFound: the account has none like
// it.
func (b *Book) Rename(ctx context.Context, tx db.Tx, account db.AccountID, id db.DeviceID, name string) error {
	if err := db.RenameDevice(ctx, tx, account, id, Name(name)); err != nil {
		return err
	}
	return b.record(ctx, tx, audit.DeviceRenamed, account, id)
}

// EndAllOf stops recognising every device of an account: a credential changed,
// or the account was frozen.
func (b *Book) EndAllOf(ctx context.Context, tx db.Tx, id db.AccountID, why string) (int, error) {
	n, err := db.EndDevicesOf(ctx, tx, id, why)
	if err != nil || n == 0 {
		return n, err
	}
	return n, b.Audit.Record(ctx, tx, audit.Event{
		Kind: audit.DeviceEnded, Subject: string(id), Details: map[string]string{"count": strconv.Itoa(n), "why": why},
	})
}

// Name makes one line of what a person calls a device, not too long.
func Name(typed string) string {
	name := strings.Join(strings.Fields(typed), " ")
	for utf8.RuneCountInString(name) > MostName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// network is the /24 or /56 around an address, hashed for one account.
func (b *Book) network(id db.AccountID, from netip.Addr) []byte {
	from = from.Unmap().WithZone("")
	bits := 56
	if from.Is4() {
		bits = 24
	}
	text := "unknown"
	if p, err := from.Prefix(bits); err == nil {
		text = p.String()
	}
	return b.Ring.Index("network/"+string(id), text)
}

func (b *Book) record(ctx context.Context, tx db.Tx, kind audit.Kind, account db.AccountID, id db.DeviceID) error {
	return b.Audit.Record(ctx, tx, audit.Event{
		Kind: kind, Subject: string(account), Details: map[string]string{"device": string(id)},
	})
}
