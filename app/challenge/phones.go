package challenge

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"oneid/app/internal/access"
	"oneid/app/internal/code"
	"oneid/app/internal/people"
	"oneid/app/internal/throttle"
	"oneid/db"
	"oneid/views/i18n"
)

// slowAfter is when a text that has not arrived is called slow.
const slowAfter = 15 * time.Second

// Phones sends codes and makes calls, and judges what comes back.
type Phones struct {
	DB      *db.DB
	Codes   *code.Rules
	People  *people.Book
	Passing *Passing
}

// Sent is what became of the wish for a code or a call. One of the first two, or
// neither where no code goes to such a number.
type Sent struct {
	ID      db.CodeID
	Limited *throttle.Verdict
	Call    bool
}

// holder ties a code to the session that asked for it, through every renewal of
// its token.
func holder(s access.Session) code.Holder {
	return code.Holder{Account: s.Who.Account, Session: s.ID}
}

// Choice names a phone and a method, as a form posts them.
func Choice(phone db.PhoneID, method string) string { return string(phone) + ":" + method }

// chosen reads a Choice among the phones on offer. A phone for calls gets no
// texts.
func chosen(w Ways, choice string) (*db.ChallengePhone, string) {
	id, method, _ := strings.Cut(choice, ":")
	phone := w.phone(id)
	if phone == nil || method != db.MethodCall && (method != db.MethodText || phone.Method != db.MethodText) {
		return nil, ""
	}
	return phone, method
}

// Send sends a code to one of the phones, or calls it. A code that went out a
// moment ago is on its way: nothing more is sent, and it is the one to wait for.
func (p *Phones) Send(ctx context.Context, v Visit, phone *db.ChallengePhone, method string) (Sent, error) {
	out := Sent{Call: method == db.MethodCall}
	number, err := p.People.ChallengeNumber(ctx, phone)
	if err != nil {
		return out, err
	}
	ask := code.Ask{
		Purpose: code.SignIn, Holder: holder(v.Session), Number: number, Method: method,
		Language: i18n.LangOf(ctx), From: v.From,
	}
	sent, err := p.Codes.Start(ctx, ask)
	if err != nil {
		return out, err
	}
	out.ID, out.Limited = sent.ID, sent.Limited
	if sent.Limited == nil || sent.Limited.By != throttle.NumberPause {
		return out, nil
	}
	open, err := p.Codes.Open(ctx, ask)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return out, nil
	case err != nil:
		return out, err
	}
	return Sent{ID: open, Call: out.Call}, nil
}

// Again sends a code again: the same one while it lasts. db.ErrNotFound: it is
// not this session's.
func (p *Phones) Again(ctx context.Context, v Visit, id db.CodeID) (Sent, error) {
	state, err := p.state(ctx, v.Session, id)
	if err != nil {
		return Sent{}, err
	}
	sent, err := p.Codes.Resend(ctx, id, holder(v.Session), i18n.LangOf(ctx), v.From)
	return Sent{ID: sent.ID, Limited: sent.Limited, Call: state.Method == db.MethodCall}, err
}

// Standing is how far a code or call has come.
type Standing struct {
	code.State
	Phone *db.ChallengePhone // nil when it was removed meanwhile
	// Slow: it is taking longer than it should.
	Slow bool
	// Problem is the carrier's short word for why it was not delivered.
	Problem string
}

// Waiting tells whether it can still pass.
func (s Standing) Waiting() bool { return s.State.State == db.CodeSent && !s.Expired }

// Passed tells that the right key was pressed.
func (s Standing) Passed() bool { return s.State.State == db.CodePassed }

// Standing reads a code of this session. db.ErrNotFound for anyone else's.
func (p *Phones) Standing(ctx context.Context, s access.Session, w Ways, id db.CodeID) (Standing, error) {
	state, err := p.state(ctx, s, id)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{State: state}
	for i := range w.Phones {
		if string(w.Phones[i].NumberIndex) == string(state.NumberIndex) {
			out.Phone = &w.Phones[i]
		}
	}
	message, problem, err := p.Codes.Delivery(ctx, id, holder(s))
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return Standing{}, err
	}
	out.Problem = problem
	out.Slow = out.Waiting() && message != db.MessageDelivered && p.DB.Clock.Now().Sub(state.SentAt) >= slowAfter
	return out, nil
}

func (p *Phones) state(ctx context.Context, s access.Session, id db.CodeID) (code.State, error) {
	if uuid.Validate(string(id)) != nil {
		return code.State{}, db.ErrNotFound
	}
	state, err := p.Codes.State(ctx, id, holder(s))
	if err == nil && state.Purpose != code.SignIn {
		return code.State{}, db.ErrNotFound
	}
	return state, err
}

// Check judges six digits that were typed.
func (p *Phones) Check(ctx context.Context, v Visit, id db.CodeID, typed string) (code.Result, Passed, error) {
	var out Passed
	if _, err := p.state(ctx, v.Session, id); err != nil {
		if errors.Is(err, db.ErrNotFound) {
			return code.Result{Outcome: code.Expired}, out, nil
		}
		return code.Result{}, out, err
	}
	result, err := p.Codes.Check(ctx, id, holder(v.Session), typed, func(ctx context.Context, tx db.Tx) error {
		var err error
		out, err = p.Passing.Note(ctx, tx, v, access.FactorText)
		return err
	})
	return result, out, err
}

// Take uses up a call in which the right key was pressed. It is false when there
// is none, or another tab was first.
func (p *Phones) Take(ctx context.Context, v Visit, id db.CodeID) (Passed, bool, error) {
	var out Passed
	taken, err := p.Codes.Take(ctx, id, holder(v.Session), func(ctx context.Context, tx db.Tx) error {
		var err error
		out, err = p.Passing.Note(ctx, tx, v, access.FactorCall)
		return err
	})
	return out, taken, err
}
