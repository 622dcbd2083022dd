package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/secret"
	"oneid/app/internal/web"
	"oneid/db"
)

// contentKey is the one value that scs keeps for us.
const contentKey = "session"

// codec writes the session as JSON, so that the store can read what it is for.
type codec struct{}

type encoded struct {
	Deadline time.Time `json:"deadline"`
	Content  Session   `json:"content"`
}

func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	content, _ := values[contentKey].(Session)
	return json.Marshal(encoded{Deadline: deadline, Content: content})
}

func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var e encoded
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, err
	}
	return e.Deadline, map[string]any{contentKey: e.Content}, nil
}

// store keeps sessions in the database. It extends their idle time, reports
// read errors as errors (never as "no session"), and never revives an ended one.
type store struct {
	db     *db.DB
	sealer Sealer
	idle   func(Session) time.Duration
}

// Sealer seals what a session holds.
type Sealer interface {
	Seal(ctx context.Context, place secret.Place, plaintext []byte) ([]byte, error)
	Open(ctx context.Context, place secret.Place, sealed []byte) ([]byte, error)
}

// touchEvery is how often a session's last use is written. Under Lightly it is a
// third of the idle time, and not before the answer: most sign-ons to services
// write no session, the others may write it along with what they write anyway, and
// a person who only opens services is still not idle.
const touchEvery = time.Minute

type lightKey struct{}

// Find reads a live session, as db.FindSession does, and may read more with it.
type Find func(ctx context.Context, tokenHash string, now time.Time) (*db.Session, error)

// Lightly has a request write its session's last use down seldom and late, and its
// session read by find, unless that is nil. Whoever writes the use down with
// something else finds it by Due and says so by Touched.
func Lightly(ctx context.Context, find Find) context.Context {
	return context.WithValue(ctx, lightKey{}, find)
}

// untouched tells whether the use of a session that was last seen some time ago
// is not written down.
func (s *store) untouched(ctx context.Context, ago, idle time.Duration) bool {
	return ctx.Value(lightKey{}) != nil && ago < idle/3
}

// Due is the use of the session under ctx that is still to be written down; nil
// for none.
func Due(ctx context.Context) *db.SessionTouch {
	if v := visitOf(ctx); v != nil {
		return v.due
	}
	return nil
}

// Touched says that it was written down.
func Touched(ctx context.Context) {
	if v := visitOf(ctx); v != nil {
		v.due = nil
	}
}

// touchLate writes it down where nobody has.
func (s *store) touchLate(ctx context.Context) error {
	due := Due(ctx)
	if due == nil {
		return nil
	}
	// The person may have gone on; the session was in use nevertheless.
	return db.TouchSession(context.WithoutCancel(ctx), s.db, due.TokenHash, s.db.Clock.Now(), due.IdleUntil)
}

func (s *store) find(ctx context.Context, hash string, now time.Time) (*db.Session, error) {
	if find, _ := ctx.Value(lightKey{}).(Find); find != nil {
		return find(ctx, hash, now)
	}
	return db.FindSession(ctx, s.db, hash, now)
}

var errNeedsContext = errors.New("access: the session store needs a request's context")

// Find, Commit and Delete complete scs.Store; scs prefers the forms with a
// context.
func (s *store) Find(string) ([]byte, bool, error)      { return nil, false, errNeedsContext }
func (s *store) Commit(string, []byte, time.Time) error { return errNeedsContext }
func (s *store) Delete(string) error                    { return errNeedsContext }
func place(hash string) secret.Place {
	return secret.Place{Table: "sessions", Column: "data", Row: hash}
}

func (s *store) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	v := visitOf(ctx)
	if v != nil {
		v.hash = hash
	}
	now := s.db.Clock.Now()
	row, err := s.find(ctx, hash, now)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	content, err := s.sealer.Open(ctx, place(hash), row.Data)
	if err != nil {
		return nil, false, fmt.Errorf("open session: %w", err)
	}
	idleUntil := row.IdleUntil
	if ago := now.Sub(row.SeenAt); ago >= touchEvery {
		session, err := contentOf(content)
		if err != nil {
			return nil, false, fmt.Errorf("read session: %w", err)
		}
		if idle := s.idle(session); !s.untouched(ctx, ago, idle) {
			idleUntil = now.Add(idle)
			if v != nil && ctx.Value(lightKey{}) != nil {
				v.due = &db.SessionTouch{TokenHash: hash, IdleUntil: idleUntil}
			} else if err := db.TouchSession(ctx, s.db, hash, now, idleUntil); err != nil {
				return nil, false, err
			}
		}
	}
	if v != nil {
		v.row, v.idleUntil = row, idleUntil
	}
	return content, true, nil
}

// contentOf is the session in what scs encoded.
func contentOf(encodedSession []byte) (Session, error) {
	var e encoded
	err := json.Unmarshal(encodedSession, &e)
	return e.Content, err
}

func (s *store) CommitCtx(ctx context.Context, hash string, content []byte, expiry time.Time) error {
	session, err := contentOf(content)
	if err != nil {
		return fmt.Errorf("read session to write: %w", err)
	}
	if session.Kind == "" {
		session.Kind = db.SessionAnonymous
	}
	data, err := s.sealer.Seal(ctx, place(hash), content)
	if err != nil {
		return fmt.Errorf("seal session: %w", err)
	}
	now := s.db.Clock.Now()
	err = db.PutSession(ctx, s.db, &db.Session{
		TokenHash: hash, Name: session.ID, Kind: session.Kind, AccountID: session.Who.Account, DraftID: session.Draft, Data: data,
		Address: web.Address(ctx), Agent: web.Agent(ctx),
		CreatedAt: now, SeenAt: now, IdleUntil: now.Add(s.idle(session)), ExpiresAt: expiry.UTC(),
		ProvenAt: session.FirstProven(),
	})
	if err == nil {
		Touched(ctx) // by what the session says now, which may allow less idleness than before
	}
	return err
}

func (s *store) DeleteCtx(ctx context.Context, hash string) error {
	return db.EndSession(ctx, s.db, hash, EndedRenewed, s.db.Clock.Now())
}
