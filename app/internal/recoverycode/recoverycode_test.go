package recoverycode_test

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/clock"
	"oneid/app/internal/recoverycode"
	"oneid/app/internal/secret"
	"oneid/db"
	"oneid/db/dbtest"
)

var noon = time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)

type world struct {
	d     *db.DB
	codes *recoverycode.Codes
}

func setUp(t *testing.T) world {
	t.Helper()
	dir := t.TempDir()
	if err := secret.CreateKeys(dir, true); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.LoadKeyRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	return world{d: dbtest.New(t, dbtest.WithClock(clock.At(noon))), codes: &recoverycode.Codes{Keys: ring}}
}

func (w world) write(t *testing.T, fn func(context.Context, db.Tx) error) {
	t.Helper()
	if err := db.InTx(t.Context(), w.d, fn); err != nil {
		t.Fatal(err)
	}
}

func (w world) account(t *testing.T, login string) db.AccountID {
	t.Helper()
	a := &db.Account{
		ID: db.NewID[db.AccountID](), Subject: login, LoginID: login, Status: db.AccountActive, StatusAt: noon, Language: "en",
		Person: db.Sealed("x"), Email: db.Sealed("x"), EmailIndex: db.Index("x"), ContactPhone: db.Sealed("x"), PersonIndex: db.Index("x"),
		CreatedAt: noon, UpdatedAt: noon,
	}
	w.write(t, func(ctx context.Context, tx db.Tx) error { return db.InsertAccount(ctx, tx, a) })
	return a.ID
}

func (w world) make(t *testing.T, id db.AccountID) []string {
	t.Helper()
	var made []string
	w.write(t, func(ctx context.Context, tx db.Tx) (err error) {
		made, err = w.codes.Make(ctx, tx, id)
		return err
	})
	return made
}

func (w world) use(t *testing.T, id db.AccountID, typed string) (left int, ok bool) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx db.Tx) (err error) {
		left, ok, err = w.codes.Use(ctx, tx, id, typed)
		return err
	})
	return left, ok
}

func TestTenDifferentCodesAreMade(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ADA")
	shape := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$`)
	seen := map[string]bool{}
	for _, made := range w.make(t, id) {
		if !shape.MatchString(made) {
			t.Errorf("got %q, want ten letters and digits with a dash", made)
		}
		seen[made] = true
	}
	if len(seen) != recoverycode.Count {
		t.Errorf("got %d different codes, want %d", len(seen), recoverycode.Count)
	}
	set, err := recoverycode.SetOf(t.Context(), w.d, id)
	if err != nil || set.Left != 10 || set.Used != 0 || !set.MadeAt.Equal(noon) {
		t.Errorf("got %+v, %v, want ten unused ones made at noon", set, err)
	}
}

func TestACodeWorksOnceHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ADA")
	made := w.make(t, id)
	typed := " " + strings.ToLower(strings.ReplaceAll(made[3], "-", " ")) + " "
	typed = strings.NewReplacer("0", "o", "1", "l").Replace(typed)
	if left, ok := w.use(t, id, typed); !ok || left != 9 {
		t.Errorf("first use of %q: got %v with %d left, want true with 9", typed, ok, left)
	}
	if left, ok := w.use(t, id, made[3]); ok || left != 9 {
		t.Errorf("second use: got %v with %d left, want false with 9", ok, left)
	}
	if left, ok := w.use(t, id, made[4]); !ok || left != 8 {
		t.Errorf("another code: got %v with %d left, want true with 8", ok, left)
	}
}

func TestACodeIsItsAccountsAlone(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	ada, bob := w.account(t, "ADA"), w.account(t, "BOB")
	made := w.make(t, ada)
	w.make(t, bob)
	if _, ok := w.use(t, bob, made[0]); ok {
		t.Error("Bob signed in with Ada's code")
	}
	for _, wrong := range []string{"", "-", "AAAAA-AAAAA", made[0] + "0"} {
		if _, ok := w.use(t, ada, wrong); ok {
			t.Errorf("%q was taken for a code", wrong)
		}
	}
}

func TestNewCodesEndTheOldOnes(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ADA")
	old := w.make(t, id)
	fresh := w.make(t, id)
	if _, ok := w.use(t, id, old[0]); ok {
		t.Error("an old code still works")
	}
	if left, ok := w.use(t, id, fresh[0]); !ok || left != 9 {
		t.Errorf("a new code: got %v with %d left, want true with 9", ok, left)
	}
}

func TestOfParallelUsesOneSucceeds(t *testing.T) {
	t.Parallel()
	w := setUp(t)
	id := w.account(t, "ADA")
	code := w.make(t, id)[0]
	var wg sync.WaitGroup
	var mu sync.Mutex
	right := 0
	for range 8 {
		wg.Go(func() {
			err := db.InTx(t.Context(), w.d, func(ctx context.Context, tx db.Tx) error {
				_, ok, err := w.codes.Use(ctx, tx, id, code)
				if ok {
					mu.Lock()
					right++
					mu.Unlock()
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if right != 1 {
		t.Errorf("got %d uses of one code, want 1", right)
	}
}
