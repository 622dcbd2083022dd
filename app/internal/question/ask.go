package question

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/uuid"

	"oneid/app/internal/audit"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/views/i18n"
)

// askedAtOnce is how many of the online questions one check asks.
const askedAtOnce = 2

// Book asks and checks online questions.
type Book struct {
	DB      *db.DB
	Answers *secret.Answers
	// Index is the key ring's: it makes strangers' ids and questions.
	Index func(scope, canonical string) []byte
	Audit *audit.Log
}

// Whom is who is asked: a person with an account, or a stranger.
type Whom struct {
	account db.AccountID
	counted db.AccountID
	by      string // who types the answers in; empty: whoever is asked
}

// Account is a person who has an account.
func Account(id db.AccountID) Whom { return Whom{account: id, counted: id} }

// StandIn is somebody without an account, under an id that Stranger made before.
func StandIn(id db.AccountID) Whom { return Whom{counted: id} }

// ID is what budgets and limits count by: the account's id, or a stranger's
// stand-in.
func (w Whom) ID() db.AccountID { return w.counted }

// event is what the audit trail says of them.
func (w Whom) event(kind audit.Kind) audit.Event {
	e := audit.Event{Kind: kind, Actor: w.by, Subject: string(w.account)}
	if w.account == "" {
		e.Subject = string(w.counted)
	}
	return e
}

// Stranger is somebody without an account, known by what they typed, normalised
// by the caller: the same input is the same stranger each time.
func (b *Book) Stranger(input string) Whom { return StandIn(b.standIn("question/stranger", input)) }

func (b *Book) standIn(scope, input string) db.AccountID {
	var id uuid.UUID
	copy(id[:], b.Index(scope, input))
	id[6] = id[6]&0x0f | 0x80 // version 8: no account has such an id
	id[8] = id[8]&0x3f | 0x80
	return db.AccountID(id.String())
}

// Asked is a question as people read it.
type Asked struct {
	ID   string
	Text i18n.Msg
}

// Has tells whether an account can be asked at all.
func (b *Book) Has(ctx context.Context, q db.Querier, id db.AccountID) (bool, error) {
	chosen, err := b.chosen(ctx, q, Account(id))
	return len(chosen) >= askedAtOnce, err
}

// Ask returns the two questions to put to somebody: the same two until one check
// succeeds. Who has none of their own is asked like a stranger.
func (b *Book) Ask(ctx context.Context, q db.Querier, w Whom) ([2]Asked, error) {
	var two [2]Asked
	all, err := db.ChallengeQuestions(ctx, q)
	if err != nil {
		return two, err
	}
	ids, err := b.ids(ctx, q, w, all)
	if err != nil {
		return two, err
	}
	for i, id := range ids {
		at := slices.IndexFunc(all, func(c db.ChallengeQuestion) bool { return c.ID == id })
		if at < 0 {
			return two, fmt.Errorf("ask question %q: there is none", id)
		}
		two[i] = asked(all[at])
	}
	return two, nil
}

func asked(q db.ChallengeQuestion) Asked {
	return Asked{ID: q.ID, Text: i18n.Words(map[i18n.Lang]string{i18n.EN: q.TextEn, i18n.FR: q.TextFr})}
}

// ids are the two questions asked, in a fixed order.
func (b *Book) ids(ctx context.Context, q db.Querier, w Whom, all []db.ChallengeQuestion) ([]string, error) {
	among, err := b.chosen(ctx, q, w)
	if err != nil {
		return nil, err
	}
	wanted := draw(among)
	if len(among) < askedAtOnce {
		among = b.decoys(w, all)
		wanted = among
	}
	if len(wanted) != askedAtOnce {
		return nil, fmt.Errorf("ask %s: %d questions to ask", w.counted, len(wanted))
	}
	ids, err := db.ChooseAsked(ctx, q, w.counted, among, wanted)
	if err == nil && len(ids) != askedAtOnce {
		err = fmt.Errorf("ask %s: %d questions are noted", w.counted, len(ids))
	}
	return ids, err
}

// chosen are the online questions that a person has answered.
func (b *Book) chosen(ctx context.Context, q db.Querier, w Whom) ([]string, error) {
	// A stranger costs the same query.
	answers, err := db.ChallengeAnswersOf(ctx, q, w.counted)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range answers {
		if a.Kind == string(secret.OnlineAnswer) {
			ids = append(ids, a.QuestionID)
		}
	}
	return ids, nil
}

// draw picks two at random and leaves them in their order.
func draw(ids []string) []string {
	left := slices.Clone(ids)
	for len(left) > askedAtOnce {
		at := rand.IntN(len(left))
		left = slices.Delete(left, at, at+1)
	}
	return left
}

// decoys are a stranger's two: those that come first in an order of their own.
func (b *Book) decoys(w Whom, all []db.ChallengeQuestion) []string {
	var ids []string
	for _, c := range all {
		if c.Kind == string(secret.OnlineAnswer) && c.Offered {
			ids = append(ids, c.ID)
		}
	}
	rank := map[string]string{}
	for _, id := range ids {
		rank[id] = string(b.Index("question/decoy", string(w.counted)+"\x00"+id))
	}
	slices.SortFunc(ids, func(x, y string) int { return strings.Compare(rank[x], rank[y]) })
	return ids[:min(askedAtOnce, len(ids))]
}
