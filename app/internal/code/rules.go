package code

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/i18n"
)

// Purpose is what a code proves. It is part of the code's computation, so a code
// for one purpose never fits another.
type Purpose string

// The purposes.
const (
	Test   Purpose = "test"   // that a challenge phone can be reached
	SignIn Purpose = "signin" // that the person signing in holds the phone
	// Recovery: that the person who forgot the password holds the phone.
	Recovery Purpose = "recovery"
)

const (
	life     = 10 * time.Minute
	maxWrong = 5
	// worthAgain is how much of its life a code needs to be sent again; with
	// less, a new one is made.
	worthAgain = 2 * time.Minute
)

// Rules makes, sends and checks codes.
type Rules struct {
	DB       *db.DB
	Seal     *secret.Sealer
	Ring     *secret.KeyRing
	Throttle *throttle.Throttle
	Outbox   *outbox.Outbox
	Audit    *audit.Log
	// Freeze, if set, acts on a report of fraud, in the transaction that notes
	// it.
	Freeze func(context.Context, db.Tx, *db.Code) error
}

// Holder is whose code it is: an account or a draft, and the session that asked.
type Holder struct {
	Account db.AccountID
	Draft   db.DraftID
	Session string
	// StandIn is what a stranger's limits count by, who has neither of the two;
	// see Prepare.
	StandIn string
}

func (h Holder) id() string {
	switch {
	case h.Account != "":
		return string(h.Account)
	case h.Draft != "":
		return string(h.Draft)
	}
	return h.StandIn
}

func (h Holder) owns(c *db.Code) bool {
	return h.Session != "" && h.id() != "" &&
		c.AccountID == h.Account && c.DraftID == h.Draft && string(c.Session) == h.Session
}

func holderOf(c *db.Code) Holder {
	return Holder{Account: c.AccountID, Draft: c.DraftID, Session: string(c.Session)}
}

// Ask is the wish for a code.
type Ask struct {
	Purpose  Purpose
	Holder   Holder
	Number   string // E.164
	Method   string // db.MethodText or db.MethodCall
	Language i18n.Lang
	From     netip.Addr
}

// Sent tells what became of an Ask.
type Sent struct {
	ID        db.CodeID
	Digit     *int // what to show, for a call
	ExpiresAt time.Time
	// Unreachable means that codes don't go to such a number at all.
	Unreachable bool
	// Limited says why nothing was sent and when to ask again; nil otherwise.
	Limited *throttle.Verdict
}

// Start sends a code, or sends the one again that is on its way for the same
// ask. A refusal is noted in the audit and is no error.
func (r *Rules) Start(ctx context.Context, ask Ask) (Sent, error) {
	if ask.Holder.id() == "" || ask.Holder.Session == "" {
		return Sent{}, errors.New("start a code: it belongs to nobody")
	}
	if !Reachable(ask.Number) {
		return Sent{Unreachable: true}, r.limited(ctx, ask, "destination")
	}
	for _, limit := range wrongLimits() {
		v, err := r.Throttle.Peek(ctx, r.DB, limit, ask.Holder.id())
		if err != nil {
			return Sent{}, err
		}
		if !v.Allowed {
			return Sent{Limited: &v}, r.limited(ctx, ask, string(v.By))
		}
	}
	v, err := r.Throttle.Send(ctx, r.DB, throttle.Sending{
		Number: ask.Number, Holder: ask.Holder.id(), From: ask.From, Call: ask.Method == db.MethodCall,
	})
	if err != nil {
		return Sent{}, err
	}
	if !v.Allowed {
		return Sent{Limited: &v}, r.limited(ctx, ask, string(v.By))
	}
	var c *db.Code
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		var err error
		if c, err = r.openOrNew(ctx, tx, ask); err != nil {
			return err
		}
		if err := r.Outbox.Send(ctx, tx, outbox.Code{
			ID: c.ID, Account: c.AccountID, Draft: c.DraftID, Number: ask.Number, Method: c.Method,
			Language: ask.Language, ExpiresAt: c.ExpiresAt,
		}); err != nil {
			return err
		}
		return r.record(ctx, tx, audit.CodeSent, c, map[string]string{"to": outbox.MaskPhone(ask.Number)})
	})
	if err != nil {
		return Sent{}, fmt.Errorf("start a code: %w", err)
	}
	return Sent{ID: c.ID, Digit: c.Digit, ExpiresAt: c.ExpiresAt}, nil
}

// Resend sends a code of this holder again: the same one while it lasts, else a
// new one under a new id.
func (r *Rules) Resend(ctx context.Context, id db.CodeID, h Holder, lang i18n.Lang, from netip.Addr) (Sent, error) {
	c, err := r.owned(ctx, id, h)
	if err != nil {
		return Sent{}, err
	}
	number, err := r.number(ctx, c)
	if err != nil {
		return Sent{}, err
	}
	return r.Start(ctx, Ask{
		Purpose: Purpose(c.Purpose), Holder: h, Number: number, Method: c.Method, Language: lang, From: from,
	})
}

func (r *Rules) openOrNew(ctx context.Context, tx db.Tx, ask Ask) (*db.Code, error) {
	c := &db.Code{
		ID: db.NewID[db.CodeID](), Purpose: string(ask.Purpose),
		DraftID: ask.Holder.Draft, AccountID: ask.Holder.Account, Session: []byte(ask.Holder.Session),
		NumberIndex: NumberIndex(r.Ring, ask.Number), Method: ask.Method,
		State: db.CodeSent, Sends: 1, CreatedAt: tx.At, SentAt: tx.At, ExpiresAt: tx.At.Add(life),
	}
	open, err := db.OpenCode(ctx, tx, c, tx.At.Add(worthAgain))
	switch {
	case err == nil:
		return db.ResendCode(ctx, tx, open.ID)
	case !errors.Is(err, db.ErrNotFound):
		return nil, err
	}
	c.Nonce = r.codes().NewNonce()
	if ask.Method == db.MethodCall {
		digit := secret.NewDigit()
		c.Digit = &digit
	}
	if c.Number, err = r.Seal.Seal(ctx, place(c.ID), []byte(ask.Number)); err != nil {
		return nil, fmt.Errorf("seal number: %w", err)
	}
	return c, db.InsertCode(ctx, tx, c)
}

// NumberIndex finds a number among codes and challenge phones.
func NumberIndex(ring *secret.KeyRing, number string) db.Index {
	return ring.Index("phone", secret.CanonicalPhone(number))
}

// Text is the six digits of a code, for the moment of sending.
func Text(ring *secret.KeyRing, c *db.Code) (string, error) {
	return secret.NewCodes(ring).Code(c.Purpose, c.Nonce)
}

// State is what a page shows of a code.
type State struct {
	Purpose     Purpose
	Method      string
	NumberIndex db.Index
	State       string // db.CodeSent and so on; see Expired
	Expired     bool   // it can no longer pass
	Digit       *int
	SentAt      time.Time
	ExpiresAt   time.Time
}

// State reads a code for its holder. db.ErrNotFound for anyone else.
func (r *Rules) State(ctx context.Context, id db.CodeID, h Holder) (State, error) {
	c, err := r.owned(ctx, id, h)
	if err != nil {
		return State{}, err
	}
	return State{
		Purpose: Purpose(c.Purpose), Method: c.Method, NumberIndex: c.NumberIndex, State: c.State,
		Expired: c.State == db.CodeSent && !c.ExpiresAt.After(r.DB.Clock.Now()),
		Digit:   c.Digit, SentAt: c.SentAt, ExpiresAt: c.ExpiresAt,
	}, nil
}

func (r *Rules) owned(ctx context.Context, id db.CodeID, h Holder) (*db.Code, error) {
	c, err := db.CodeByID(ctx, r.DB, id)
	if err != nil {
		return nil, err
	}
	if !h.owns(c) {
		return nil, fmt.Errorf("code %s belongs to someone else: %w", id, db.ErrNotFound)
	}
	return c, nil
}

func (r *Rules) number(ctx context.Context, c *db.Code) (string, error) {
	number, err := r.Seal.Open(ctx, place(c.ID), c.Number)
	if err != nil {
		return "", fmt.Errorf("open number of code %s: %w", c.ID, err)
	}
	return string(number), nil
}

func (r *Rules) codes() *secret.Codes { return secret.NewCodes(r.Ring) }

func (r *Rules) limited(ctx context.Context, ask Ask, by string) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		return r.Audit.Record(ctx, tx, audit.Event{
			Kind: audit.CodeLimited, Subject: ask.Holder.id(),
			Details: map[string]string{"by": by, "purpose": string(ask.Purpose), "method": ask.Method},
		})
	})
}

func (r *Rules) record(ctx context.Context, tx db.Tx, kind audit.Kind, c *db.Code, more map[string]string) error {
	return r.recordOf(ctx, tx, kind, c, holderOf(c), more)
}

func (r *Rules) recordOf(ctx context.Context, tx db.Tx, kind audit.Kind, c *db.Code, h Holder, more map[string]string) error {
	details := map[string]string{"code": string(c.ID), "purpose": c.Purpose, "method": c.Method}
	for k, v := range more {
		details[k] = v
	}
	return r.Audit.Record(ctx, tx, audit.Event{Kind: kind, Subject: h.id(), Details: details})
}

func place(id db.CodeID) secret.Place {
	return secret.Place{Table: "codes", Column: "number", Row: string(id)}
}

// wrongLimits has the longer wait first: it is the one to tell of.
func wrongLimits() []throttle.Limit {
	return []throttle.Limit{throttle.WrongCodesDay, throttle.WrongCodes}
}
