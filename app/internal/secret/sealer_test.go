package secret

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// shelf is the table of data keys, in memory, for several sealers at once.
type shelf struct {
	mu    sync.Mutex
	rows  []WrappedKey
	loads int
	away  error
}

var errTaken = errors.New("taken")

func (s *shelf) Load(_ context.Context, scope string) ([]WrappedKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	var found []WrappedKey
	for _, row := range s.rows {
		if row.Scope == scope {
			found = append(found, row)
		}
	}
	return found, s.away
}

func (s *shelf) Add(_ context.Context, key WrappedKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.rows, func(row WrappedKey) bool { return row.Scope == key.Scope && row.Version == key.Version }) {
		return errTaken
	}
	s.rows = append(s.rows, key)
	return s.away
}

var here = Place{Table: "accounts", Column: "email", Row: "7d1c"}

func TestASealedValueOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	sealer := NewSealer(ring, &shelf{})
	sealed, err := sealer.Seal(t.Context(), here, []byte("ada@example.ca"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("ada")) {
		t.Error("the sealed value shows its text")
	}
	got, err := sealer.Open(t.Context(), here, sealed)
	if err != nil || string(got) != "ada@example.ca" {
		t.Errorf("opened %q, %v", got, err)
	}
	for name, place := range map[string]Place{
		"another row":    {Table: "accounts", Column: "email", Row: "7d1d"},
		"another column": {Table: "accounts", Column: "person", Row: "7d1c"},
		"another table":  {Table: "drafts", Column: "email", Row: "7d1c"},
		"shifted names":  {Table: "accounts", Column: "email7", Row: "d1c"},
	} {
		if got, err := sealer.Open(t.Context(), place, sealed); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: opened %q, %v; want ErrTampered", name, got, err)
		}
	}
}

func TestAnyChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	sealer := NewSealer(ring, &shelf{})
	sealed, err := sealer.Seal(t.Context(), here, []byte("1968-04-12"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if got, err := sealer.Open(t.Context(), here, changed); !errors.Is(err, ErrTampered) {
			t.Errorf("byte %d changed: opened %q, %v; want ErrTampered", i, got, err)
		}
		if got, err := sealer.Open(t.Context(), here, sealed[:i]); !errors.Is(err, ErrTampered) {
			t.Errorf("cut after %d bytes: opened %q, %v; want ErrTampered", i, got, err)
		}
	}
}

func TestAValueSealedUnderOneVersionIsRefusedUnderAnother(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	keys := &shelf{}
	first := NewSealer(ring, keys)
	sealed, err := first.Seal(t.Context(), here, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	// The same wrapped key passed off as the next version, or as another table's.
	for _, forged := range []WrappedKey{
		{Scope: "accounts", Version: 2, KeyVersion: 1, Wrapped: keys.rows[0].Wrapped},
		{Scope: "drafts", Version: 1, KeyVersion: 1, Wrapped: keys.rows[0].Wrapped},
	} {
		other := NewSealer(ring, &shelf{rows: []WrappedKey{forged}})
		if _, err := other.Seal(t.Context(), Place{Table: forged.Scope}, nil); !errors.Is(err, ErrTampered) {
			t.Errorf("a data key of %s was taken for %d of %s: %v", here.Table, forged.Version, forged.Scope, err)
		}
	}
	sealed[4] = 2
	if _, err := first.Open(t.Context(), here, sealed); !errors.Is(err, ErrTampered) {
		t.Errorf("another version opened: %v", err)
	}
}

func TestTwoNodesAgreeOnTheFirstKey(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	keys := &shelf{}
	nodes := []*Sealer{NewSealer(ring, keys), NewSealer(ring, keys)}
	const each = 20
	sealed := make([][]byte, len(nodes)*each)
	var all sync.WaitGroup
	for i := range sealed {
		all.Go(func() {
			var err error
			if sealed[i], err = nodes[i%len(nodes)].Seal(t.Context(), here, []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(keys.rows) != 1 {
		t.Errorf("%d data keys were made, want 1", len(keys.rows))
	}
	for _, value := range sealed {
		for _, node := range nodes {
			if _, err := node.Open(t.Context(), here, value); err != nil {
				t.Error(err)
			}
		}
	}
	if keys.loads > 4 {
		t.Errorf("keys were loaded %d times: they are not kept", keys.loads)
	}
}

func TestDataKeysOutliveARotationOfTheKeyThatWrapsThem(t *testing.T) {
	t.Parallel()
	old, dir := ringIn(t)
	keys := &shelf{}
	sealed, err := NewSealer(old, keys).Seal(t.Context(), here, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	addKey(t, dir, "seal-2.key", 'n')
	rotated := NewSealer(reload(t, dir), keys)
	if _, err := rotated.Open(t.Context(), here, sealed); err != nil {
		t.Errorf("the old value does not open after the rotation: %v", err)
	}
	if err := rotated.Warm(t.Context(), "drafts"); err != nil {
		t.Fatal(err)
	}
	if got := keys.rows[1].KeyVersion; got != 2 {
		t.Errorf("a new data key is wrapped under version %d, want 2", got)
	}
	if _, err := NewSealer(old, keys).Seal(t.Context(), Place{Table: "drafts"}, nil); !errors.Is(err, ErrNoKey) {
		t.Errorf("a node without the new key says %v, want ErrNoKey", err)
	}
}

func TestAnUnreachableKeyTableIsAnErrorAndNotAnEmptyOne(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	keys := &shelf{away: errors.New("connection lost")}
	if _, err := NewSealer(ring, keys).Seal(t.Context(), here, []byte("x")); !errors.Is(err, keys.away) {
		t.Errorf("got %v, want the table's own error", err)
	}
	if len(keys.rows) > 0 {
		t.Error("a key was made without knowing whether there is one")
	}
}

func TestSealedJSONComesBackAsItWas(t *testing.T) {
	t.Parallel()
	type person struct{ First, Last string }
	ring, _ := ringIn(t)
	sealer := NewSealer(ring, &shelf{})
	sealed, err := sealer.SealJSON(t.Context(), here, person{"Ada", "Lovelace"})
	if err != nil {
		t.Fatal(err)
	}
	var got person
	if err := sealer.OpenJSON(t.Context(), here, sealed, &got); err != nil || got.Last != "Lovelace" {
		t.Errorf("got %+v, %v", got, err)
	}
	var number int
	if err := sealer.OpenJSON(t.Context(), here, sealed, &number); err == nil || strings.Contains(err.Error(), "Lovelace") {
		t.Errorf("an unfitting type gave %v", err)
	}
}

func TestEveryValueComesBackFromItsPlace(t *testing.T) {
	t.Parallel()
	ring, _ := ringIn(t)
	sealer := NewSealer(ring, &shelf{})
	rapid.Check(t, func(t *rapid.T) {
		place := Place{
			Table:  rapid.SampledFrom([]string{"accounts", "drafts", "codes"}).Draw(t, "table"),
			Column: rapid.StringN(0, 8, -1).Draw(t, "column"),
			Row:    rapid.StringN(0, 8, -1).Draw(t, "row"),
		}
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		sealed, err := sealer.Seal(t.Context(), place, text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sealer.Open(t.Context(), place, sealed)
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("got %q, %v; want %q", got, err, text)
		}
		other := Place{Table: place.Table, Column: rapid.StringN(0, 8, -1).Draw(t, "other column"), Row: rapid.StringN(0, 8, -1).Draw(t, "other row")}
		if other == place {
			return
		}
		if _, err := sealer.Open(t.Context(), other, sealed); !errors.Is(err, ErrTampered) {
			t.Fatalf("%+v opened what was sealed for %+v", other, place)
		}
	})
}
