package secret

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestAPasswordMatchesItsOwnBytesOnly(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	passwords := NewPasswords(ring, cheap())
	stored, err := passwords.Hash(t.Context(), "Pässword 1 ")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored.Hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("stored as %q", stored.Hash)
	}
	for given, want := range map[string]bool{
		"Pässword 1 ": true, "Pässword 1": false, "pässword 1 ": false, "Pa\u0308ssword 1 ": false, "": false, "Pässword 1 \x00": false,
	} {
		matched, stale, err := passwords.Match(t.Context(), given, stored)
		if err != nil || matched != want || stale {
			t.Errorf("Match(%q) is %v, stale %v, %v; want %v", given, matched, stale, err, want)
		}
	}
	again, err := passwords.Hash(t.Context(), "Pässword 1 ")
	if err != nil || again == stored {
		t.Errorf("two hashes of a password are equal, %v", err)
	}
}

func TestAHashIsStaleWhenCostOrPepperMovedOn(t *testing.T) {
	t.Parallel()
	ring, dir := ringIn(t)
	stored, err := NewPasswords(ring, cheap()).Hash(t.Context(), "Correct4Horse")
	if err != nil {
		t.Fatal(err)
	}
	dearer := NewPasswords(ring, NewHasher(Cost{Time: 2, Memory: 64, Threads: 1}))
	if matched, stale, err := dearer.Match(t.Context(), "Correct4Horse", stored); err != nil || !matched || !stale {
		t.Errorf("after a dearer cost: matched %v, stale %v, %v", matched, stale, err)
	}
	addKey(t, dir, "password-2.key", 'p')
	rotated := NewPasswords(reload(t, dir), cheap())
	if matched, stale, err := rotated.Match(t.Context(), "Correct4Horse", stored); err != nil || !matched || !stale {
		t.Errorf("after a new pepper: matched %v, stale %v, %v", matched, stale, err)
	}
	other, _ := ringIn(t)
	if matched, _, err := NewPasswords(other, cheap()).Match(t.Context(), "Correct4Horse", stored); err != nil || matched {
		t.Errorf("without our pepper: matched %v, %v", matched, err)
	}
}

func TestStoredHashesThatAreNoneAreErrors(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	passwords := NewPasswords(ring, cheap())
	for _, stored := range []string{
		"", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1$$", "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$argon2id$v=19$m=64,t=1,p=1$!!$!!",
	} {
		if matched, _, err := passwords.Match(t.Context(), "", HashedPassword{Hash: stored, PepperVersion: 1}); matched || err == nil {
			t.Errorf("%q: matched %v, %v", stored, matched, err)
		}
	}
}

// The expected tag comes from the reference implementation:
// printf 'password' | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
func TestArgon2idGivesTheReferenceTag(t *testing.T) {
	t.Parallel()
	p := phc{cost: Cost{Time: 2, Memory: 65536, Threads: 1}, salt: []byte("somesalt")}
	const want = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
	if got := hex.EncodeToString(p.derive([]byte("password"), 32)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAllAnswersMustBeRight(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	answers := NewAnswers(ring, cheap())
	hash := func(kind AnswerKind, answer string) HashedAnswer {
		stored, err := answers.Hash(t.Context(), kind, answer)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	car, friend := hash(OnlineAnswer, "Honda Accord"), hash(OnlineAnswer, "John")
	for _, c := range []struct {
		car, friend string
		want        bool
	}{
		{"Honda Accord", "John", true}, {" the HONDA  accord.", "jóhn", true},
		{"Honda Accord", "Jon", false}, {"Honda", "John", false}, {"John", "Honda Accord", false}, {"", "", false},
	} {
		got, err := answers.Match(t.Context(), OnlineAnswer, []GivenAnswer{{c.car, car}, {c.friend, friend}})
		if err != nil || got != c.want {
			t.Errorf("Match(%q, %q) is %v, %v; want %v", c.car, c.friend, got, err, c.want)
		}
	}
	if got, err := answers.Match(t.Context(), OnlineAnswer, nil); err != nil || got {
		t.Errorf("no answers match: %v, %v", got, err)
	}
	if got, err := answers.Match(t.Context(), DeskAnswer, []GivenAnswer{{"John", friend}}); err != nil || got {
		t.Errorf("an online answer opens the desk's door: %v, %v", got, err)
	}
	unknown := friend
	unknown.Normaliser = NormaliserVersion + 1
	if _, err := answers.Match(t.Context(), OnlineAnswer, []GivenAnswer{{"John", unknown}}); err == nil {
		t.Error("an unknown normaliser was guessed at")
	}
	if _, err := answers.Hash(t.Context(), "other", "John"); err == nil {
		t.Error("an unknown kind was hashed")
	}
}

func TestADummyNeedsASlotLikeARealCheck(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	full := &Hasher{cost: Cost{Time: 1, Memory: 64, Threads: 1}, turnstile: turnstile(0, 0, time.Second)}
	if err := NewPasswords(ring, full).Dummy(t.Context(), "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("password dummy: %v, want ErrBusy", err)
	}
	if err := NewAnswers(ring, full).Dummy(t.Context(), OnlineAnswer, []string{"x"}); !errors.Is(err, ErrBusy) {
		t.Errorf("answer dummy: %v, want ErrBusy", err)
	}
	if err := NewAnswers(ring, cheap()).Dummy(t.Context(), OnlineAnswer, []string{"x", "y"}); err != nil {
		t.Error(err)
	}
}

func TestTheTurnstileTurnsAwayWhatItCannotServeInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stile := turnstile(1, 1, 2*time.Second)
		release := make(chan struct{})
		first, second, gone := make(chan error, 1), make(chan error, 1), make(chan error, 1)
		go func() { first <- stile.Do(t.Context(), func() { <-release }) }()
		synctest.Wait()
		go func() { second <- stile.Do(t.Context(), func() {}) }()
		synctest.Wait()
		if err := stile.Do(t.Context(), func() { t.Error("ran beyond the queue") }); !errors.Is(err, ErrBusy) {
			t.Errorf("beyond the queue: %v, want ErrBusy", err)
		}
		began := time.Now()
		if err := <-second; !errors.Is(err, ErrBusy) {
			t.Errorf("waiting too long: %v, want ErrBusy", err)
		}
		if waited := time.Since(began); waited != 2*time.Second {
			t.Errorf("waited %v, want 2 s", waited)
		}
		leaving, leave := context.WithCancel(t.Context())
		go func() { gone <- stile.Do(leaving, func() {}) }()
		synctest.Wait()
		leave()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who left: %v", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Errorf("the one inside: %v", err)
		}
		if err := stile.Do(t.Context(), func() {}); err != nil {
			t.Errorf("after all left: %v", err)
		}
	})
}

func TestAPanicInsideGivesTheSlotBack(t *testing.T) {
	t.Parallel()
	stile := turnstile(1, 0, time.Second)
	func() {
		defer func() { _ = recover() }()
		_ = stile.Do(t.Context(), func() { panic("x") })
	}()
	if err := stile.Do(t.Context(), func() {}); err != nil {
		t.Error(err)
	}
}

func TestAnyPasswordMatchesItself(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	passwords := NewPasswords(ring, NewHasher(Cost{Time: 1, Memory: 8, Threads: 1}))
	rapid.Check(t, func(t *rapid.T) {
		one, other := rapid.String().Draw(t, "one"), rapid.String().Draw(t, "other")
		stored, err := passwords.Hash(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		matched, _, err := passwords.Match(t.Context(), one, stored)
		if err != nil || !matched {
			t.Fatalf("%q does not match itself: %v", one, err)
		}
		matched, _, err = passwords.Match(t.Context(), other, stored)
		if err != nil || matched != (one == other) {
			t.Fatalf("%q matches %q: %v, %v", other, one, matched, err)
		}
	})
}
