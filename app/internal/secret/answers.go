package secret

import (
	"context"
	"fmt"
)

// AnswerKind says who asks a challenge question. The kinds are hashed under
// different peppers: an answer given to the desk never opens the online door.
type AnswerKind string

// The two kinds, as the database names them.
const (
	OnlineAnswer AnswerKind = "online"
	DeskAnswer   AnswerKind = "desk"
)

func (k AnswerKind) purpose() (Purpose, error) {
	switch k {
	case OnlineAnswer:
		return KeyOnline, nil
	case DeskAnswer:
		return KeyDesk, nil
	}
	return "", fmt.Errorf("unknown kind of answer %q", string(k))
}

// HashedAnswer is a challenge answer as it is stored: all fields are columns.
type HashedAnswer struct {
	Hash          string // argon2id, PHC string
	PepperVersion int
	Normaliser    int
}

// GivenAnswer is what a person answered to a question, beside what is stored.
type GivenAnswer struct {
	Answer string // as typed
	Stored HashedAnswer
}

// Answers hashes and matches answers to challenge questions: normalised, HMAC
// under the pepper of the kind, then argon2id, each answer alone.
type Answers struct {
	ring   *KeyRing
	hasher *Hasher
}

// NewAnswers returns Answers that hash with hasher.
func NewAnswers(ring *KeyRing, hasher *Hasher) *Answers {
	return &Answers{ring: ring, hasher: hasher}
}

// Hash hashes a new answer, as typed. It takes some 50 ms: never call it inside
// a transaction. ErrBusy means that the node has no room for it now.
func (a *Answers) Hash(ctx context.Context, kind AnswerKind, answer string) (HashedAnswer, error) {
	purpose, err := kind.purpose()
	if err != nil {
		return HashedAnswer{}, err
	}
	made := HashedAnswer{PepperVersion: a.ring.Current(purpose), Normaliser: NormaliserVersion}
	made.Hash, err = a.hasher.hash(ctx, a.ring.currentMAC(purpose, []byte(Normalise(answer))))
	return made, err
}

// Match reports whether all answers are right. Every one of them is compared,
// whatever the others were, so neither the result nor its time tells which was
// wrong. No answers are no match.
func (a *Answers) Match(ctx context.Context, kind AnswerKind, given []GivenAnswer) (bool, error) {
	purpose, err := kind.purpose()
	if err != nil {
		return false, err
	}
	right := 0
	for _, g := range given {
		text, err := normaliseUnder(g.Stored.Normaliser, g.Answer)
		if err != nil {
			return false, err
		}
		peppered, err := a.ring.MAC(purpose, g.Stored.PepperVersion, []byte(text))
		if err != nil {
			return false, err
		}
		matched, _, err := a.hasher.match(ctx, peppered, g.Stored.Hash)
		if err != nil {
			return false, err
		}
		if matched {
			right++
		}
	}
	return len(given) > 0 && right == len(given), nil
}

// Dummy does the work of Match for a person who does not exist.
func (a *Answers) Dummy(ctx context.Context, kind AnswerKind, answers []string) error {
	for _, answer := range answers {
		if _, err := a.Hash(ctx, kind, answer); err != nil {
			return err
		}
	}
	return nil
}
