package db

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Why a logout is under way.
const (
	LogoutByPerson  = "person"  // signed out at our site
	LogoutByService = "service" // a service asked
	LogoutByEvent   = "event"   // the session was ended without its browser
)

// What is known of a service that is to be told. Waiting and asked are under
// way; the others are how it ended.
const (
	PartyWaiting   = "waiting"
	PartyAsked     = "asked"
	PartyConfirmed = "confirmed"
	PartyRefused   = "refused"
	PartyNoAnswer  = "no_answer"
	PartyCannot    = "cannot" // there is no way to ask it
)

// Logout is one logout of a person, everywhere.
type Logout struct {
	bun.BaseModel `bun:"table:logouts"`

	ID         string `bun:",pk"`
	AccountID  AccountID
	Cause      string
	Sessions   []string        `bun:",array"` // their names
	EntityID   string          `bun:",nullzero"`
	RequestID  string          `bun:",nullzero"`
	Request    json.RawMessage `bun:"type:jsonb,nullzero"`
	Event      string          `bun:",nullzero"`
	Onward     string          // the page of ours that comes after
	Browser    []byte          `bun:",nullzero"`
	CreatedAt  time.Time
	ExpiresAt  time.Time
	FinishedAt *time.Time
}

// LogoutParty is a service to be told, under one name it knows the person by.
type LogoutParty struct {
	bun.BaseModel `bun:"table:logout_parties"`

	LogoutID        string `bun:",pk"`
	Position        int    `bun:",pk"`
	ServiceID       ServiceID
	EntityID        string
	NameID          string `bun:"name_id"`
	NameIDFormat    string `bun:"name_id_format"`
	NameQualifier   string
	SPNameQualifier string   `bun:"sp_name_qualifier"`
	SessionIndexes  []string `bun:",array"`
	State           string
	RequestID       string `bun:",nullzero"`
	Tries           int
	StateAt         time.Time
}

// Settled tells whether nothing more is awaited of the service.
func (p LogoutParty) Settled() bool { return p.State != PartyWaiting && p.State != PartyAsked }

// InsertLogout begins a logout: the parties are the services that its sessions
// opened, by the ledger, save the one that asks; of an event, also save those that
// another logout asks. ErrExists: this request of the service, or this event, began
// one before.
func InsertLogout(ctx context.Context, tx Tx, l *Logout) error {
	if _, err := tx.NewInsert().Model(l).Exec(ctx); err != nil {
		return wrap(err, "insert logout")
	}
	left := ""
	if l.Event != "" {
		left = " AND NOT " + askedAlready
	}
	_, err := tx.NewRaw(`INSERT INTO logout_parties
			(logout_id, position, service_id, entity_id, name_id, name_id_format, name_qualifier, sp_name_qualifier, session_indexes,
			 state, state_at)
		SELECT ?, row_number() OVER (ORDER BY min(issued_at), entity_id, name_id), service_id, entity_id, name_id,
			name_id_format, name_qualifier, sp_name_qualifier, array_agg(session_index ORDER BY issued_at), ?, ?
		FROM assertions AS a WHERE session IN (?) AND entity_id <> ?`+left+`
		GROUP BY service_id, entity_id, name_id, name_id_format, name_qualifier, sp_name_qualifier`,
		l.ID, PartyWaiting, tx.At, bun.List(l.Sessions), l.EntityID).Exec(ctx)
	return wrap(err, "list the parties of a logout")
}

// LogoutByID finds a logout that a browser may still carry on or look at.
func LogoutByID(ctx context.Context, q bun.IDB, id string, now time.Time) (*Logout, error) {
	l := new(Logout)
	err := q.NewSelect().Model(l).Where("id = ? AND expires_at > ?", id, now).Scan(ctx)
	return l, wrap(err, "find logout")
}

// LogoutOfRequest finds the logout that a service's request began.
func LogoutOfRequest(ctx context.Context, q bun.IDB, entityID, requestID string) (*Logout, error) {
	l := new(Logout)
	err := q.NewSelect().Model(l).Where("entity_id = ? AND request_id = ?", entityID, requestID).Scan(ctx)
	return l, wrap(err, "find logout of a request")
}

// LogoutOfEvent finds the logout that the end of a session began.
func LogoutOfEvent(ctx context.Context, q bun.IDB, session string) (*Logout, error) {
	l := new(Logout)
	err := q.NewSelect().Model(l).Where("event = ?", session).Scan(ctx)
	return l, wrap(err, "find logout of an event")
}

// BindLogout ties a logout to the first browser that visits it. ErrNotFound:
// another one came first.
func BindLogout(ctx context.Context, q bun.IDB, id string, browser []byte) error {
	res, err := q.NewUpdate().Model((*Logout)(nil)).Set("browser = ?", browser).
		Where("id = ? AND (browser IS NULL OR browser = ?)", id, browser).Exec(ctx)
	return one(res, err, "bind logout")
}

// FinishLogout notes that nothing is under way any more. ErrNotFound: that was
// noted before.
func FinishLogout(ctx context.Context, tx Tx, id string) error {
	res, err := tx.NewUpdate().Model((*Logout)(nil)).Set("finished_at = ?", tx.At).
		Where("id = ? AND finished_at IS NULL", id).Exec(ctx)
	return one(res, err, "finish logout")
}

// ReopenLogout takes that back: a service is asked again.
func ReopenLogout(ctx context.Context, tx Tx, id string) error {
	_, err := tx.NewUpdate().Model((*Logout)(nil)).Set("finished_at = NULL").Where("id = ?", id).Exec(ctx)
	return wrap(err, "reopen logout")
}

// LogoutParties lists the services of a logout, in the order they were opened.
func LogoutParties(ctx context.Context, q bun.IDB, id string) ([]LogoutParty, error) {
	var all []LogoutParty
	err := q.NewSelect().Model(&all).Where("logout_id = ?", id).Order("position").Scan(ctx)
	return all, wrap(err, "list the parties of a logout")
}

// LogoutPartyAsked finds the service that a request of ours went to.
func LogoutPartyAsked(ctx context.Context, q bun.IDB, requestID string) (*LogoutParty, error) {
	p := new(LogoutParty)
	err := q.NewSelect().Model(p).Where("request_id = ?", requestID).Scan(ctx)
	return p, wrap(err, "find whom a logout request went to")
}

// AskLogoutParty notes that a request goes out to a service now. ErrNotFound:
// the state is not the one given any more, somebody else was first.
func AskLogoutParty(ctx context.Context, q bun.IDB, p LogoutParty, requestID string, now time.Time) error {
	res, err := q.NewUpdate().Model((*LogoutParty)(nil)).
		Set("state = ?", PartyAsked).Set("request_id = ?", requestID).Set("tries = tries + 1").Set("state_at = ?", now).
		Where("logout_id = ? AND position = ? AND state = ? AND tries = ?", p.LogoutID, p.Position, p.State, p.Tries).Exec(ctx)
	return one(res, err, "ask a party of a logout")
}

// SetLogoutParty notes what became of asking a service. ErrNotFound: the state
// is not the one given any more.
func SetLogoutParty(ctx context.Context, q bun.IDB, p LogoutParty, state string, now time.Time) error {
	res, err := q.NewUpdate().Model((*LogoutParty)(nil)).Set("state = ?", state).Set("state_at = ?", now).
		Where("logout_id = ? AND position = ? AND state = ? AND tries = ?", p.LogoutID, p.Position, p.State, p.Tries).Exec(ctx)
	return one(res, err, "settle a party of a logout")
}

// SessionsNamed finds the sessions in which a service was told this name, at
// one of the indexes or, with none, at any. They may have ended since.
func SessionsNamed(ctx context.Context, q bun.IDB, entityID, nameID string, indexes []string, since time.Time) (AccountID, []string, error) {
	var rows []struct {
		AccountID AccountID
		Session   string
	}
	query := q.NewSelect().Table("assertions").Column("account_id", "session").
		Where("entity_id = ? AND name_id = ? AND issued_at > ?", entityID, nameID, since).
		Group("account_id", "session").OrderExpr("max(issued_at)")
	if len(indexes) > 0 {
		query = query.Where("session_index IN (?)", bun.List(indexes))
	}
	if err := query.Scan(ctx, &rows); err != nil {
		return "", nil, wrap(err, "find sessions by a name")
	}
	var account AccountID
	var sessions []string
	for _, r := range rows { // a name is one person's, so all rows have one account
		account, sessions = r.AccountID, append(sessions, r.Session)
	}
	return account, sessions, nil
}

// SessionOpened tells whether a service was opened in a session.
func SessionOpened(ctx context.Context, q bun.IDB, session string) (bool, error) {
	opened, err := q.NewSelect().Table("assertions").Where("session = ?", session).Exists(ctx)
	return opened, wrap(err, "find what a session opened")
}

// EndSessionsNamed ends the sessions with these names, whatever tokens they were
// given, and returns how many were live.
func EndSessionsNamed(ctx context.Context, tx Tx, names []string, why string) (int, error) {
	if len(names) == 0 {
		return 0, nil
	}
	var live int
	err := tx.NewRaw(`WITH ended AS (
			UPDATE sessions SET ended_at = ?, ended_why = ?, data = '' WHERE name IN (?) AND name <> '' AND ended_at IS NULL RETURNING 1
		), renewed AS (
			UPDATE sessions SET ended_why = ? WHERE name IN (?) AND name <> '' AND ended_why = 'renewed'
		) SELECT count(*) FROM ended`, tx.At, why, bun.List(names), why, bun.List(names)).Scan(ctx, &live)
	return live, wrap(err, "end sessions by name")
}

// AccountToTell finds whose a session was in which a service was opened that no
// logout asks yet. ErrNotFound: there is none.
func AccountToTell(ctx context.Context, q bun.IDB, session string) (AccountID, error) {
	var id AccountID
	err := q.NewSelect().TableExpr("assertions AS a").Column("a.account_id").Where("a.session = ?", session).
		Where("NOT "+askedAlready).Limit(1).Scan(ctx, &id)
	return id, wrap(err, "find whose a session was")
}

// askedAlready tells of an assertion a that a logout asks its service for it, or
// came from the service.
const askedAlready = `EXISTS (SELECT FROM logouts o LEFT JOIN logout_parties p ON p.logout_id = o.id
	WHERE o.account_id = a.account_id AND a.session = ANY (o.sessions)
		AND (o.entity_id = a.entity_id OR p.entity_id = a.entity_id AND a.session_index = ANY (p.session_indexes)))`

// LastLogoutStates lists what became of asking a service in its last logouts,
// newest first.
func LastLogoutStates(ctx context.Context, q bun.IDB, entityID string, limit int) ([]string, error) {
	var states []string
	err := q.NewSelect().Model((*LogoutParty)(nil)).Column("state").
		Where("entity_id = ? AND state NOT IN (?, ?)", entityID, PartyWaiting, PartyAsked).
		Order("state_at DESC").Limit(int64(limit)).Scan(ctx, &states)
	return states, wrap(err, "list last logouts of a service")
}
