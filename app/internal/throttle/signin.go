package throttle

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"oneid/db"
)

// Spraying: one password tried on many accounts from one neighbourhood. More
// than sprayAccounts distinct login IDs failing in sprayWindow stop it for
// sprayWait.
const (
	sprayAccounts = 10
	sprayWindow   = 10 * time.Minute
	sprayWait     = 15 * time.Minute
)

// SignIn asks whether a login ID may be tried from an address, and counts the
// try as failed. Known and unknown login IDs count alike. Call it before the
// password is judged, then SignInRight or SignInWrong.
func (t *Throttle) SignIn(ctx context.Context, q bun.IDB, from netip.Addr, loginID string) (Verdict, error) {
	until, err := db.WaitOf(ctx, q, t.hash(spray, neighbourhood(from)), t.Clock.Now())
	if err != nil {
		return Verdict{}, fmt.Errorf("look for spraying: %w", err)
	}
	if !until.IsZero() {
		return Verdict{RetryAt: until, By: spray}, nil
	}
	return t.SpendAll(ctx, q, signInUses(from, loginID))
}

// SignInRight takes the try back: the password was right. The address keeps its
// other failures, or one account of one's own would buy unlimited guesses.
func (t *Throttle) SignInRight(ctx context.Context, q bun.IDB, from netip.Addr, loginID string) error {
	var back, forget [][]byte
	for _, use := range signInUses(from, loginID) {
		key := t.hash(use.Limit, use.Value)
		if use.Limit == PairMinute || use.Limit == PairHalfDay {
			forget = append(forget, key)
			continue
		}
		back = append(back, key)
	}
	if err := db.UncountAll(ctx, q, back, forget, t.Clock.Now()); err != nil {
		return fmt.Errorf("take a sign-in back: %w", err)
	}
	return nil
}

// SignInUnjudged takes the try back: nobody has judged it.
func (t *Throttle) SignInUnjudged(ctx context.Context, q bun.IDB, from netip.Addr, loginID string) error {
	return t.RefundAll(ctx, q, signInUses(from, loginID))
}

// SignInWrong notes that the login ID failed from this address. It is true when
// this failure makes the whole neighbourhood wait: the caller raises the alarm.
func (t *Throttle) SignInWrong(ctx context.Context, q bun.IDB, from netip.Addr, loginID string) (sprayed bool, err error) {
	now, place := t.Clock.Now(), t.hash(spray, neighbourhood(from))
	accounts, err := db.NoteFailure(ctx, q, place, t.hash(spray, fold(loginID)), now.Add(-sprayWindow), now)
	if err != nil || accounts <= sprayAccounts {
		return false, err
	}
	growth := db.Growth{First: sprayWait, Factor: 1, Most: sprayWait}
	_, started, err := db.StartWait(ctx, q, place, growth, now)
	return started, err
}

func signInUses(from netip.Addr, loginID string) []Use {
	pair := networks(from)[0] + " " + fold(loginID)
	uses := []Use{{PairMinute, pair}, {PairHalfDay, pair}}
	uses = append(uses, perNetwork(AddressMinutes, from)...)
	return append(uses, perNetwork(AddressHour, from)...)
}

// fold makes spellings of one login ID count as one.
func fold(loginID string) string { return strings.ToUpper(strings.TrimSpace(loginID)) }
