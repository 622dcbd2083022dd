package samlkey_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oneid/app/internal/samlkey"
	"oneid/db"
)

// another is a second node with a copy of the key folder as it is now, and copy
// brings it a key's file.
func (w *world) another() (ring *samlkey.Ring, bring func(file string)) {
	dir := w.TempDir()
	bring = func(file string) {
		body, err := os.ReadFile(filepath.Join(w.dir, file))
		w.must(err)
		w.must(os.WriteFile(filepath.Join(dir, file), body, 0o400))
	}
	for _, first := range samlkey.FirstFiles() {
		bring(first)
	}
	return &samlkey.Ring{Dir: dir, Clock: w.clock}, bring
}

func TestASwitchWaitsForEveryNodeThatRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt)
	w.Rules.Node = "a"
	w.must(w.ring.Note(t.Context(), w.db, "a")) // and not again: a node knows what it holds itself
	b, bring := w.another()
	w.next(db.KeyEncryption, samlkey.RSA)
	w.next(db.KeySigning, samlkey.RSA)
	w.must(b.Note(t.Context(), w.db, "b"))
	encryption := samlkey.Switch{Use: db.KeyEncryption, Algorithm: samlkey.RSA}

	wants := func(err error, key string) {
		t.Helper()
		var lacking *samlkey.Lacking
		if !errors.As(err, &lacking) || !slices.Equal(lacking.Nodes, []string{"b"}) || lacking.Key.ID != key {
			t.Fatalf("switched to %s, which b lacks: %v", key, err)
		}
		if want := key + ": b can't use it yet: copy saml-" + key + ".pem into the key folder of each of them, mode 0400"; !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	_, err := w.Switch(t.Context(), "cli", encryption)
	wants(err, "encryption-2")
	_, err = w.SwitchService(t.Context(), "cli", prompt)
	wants(err, "signing-2")
	if w.row(prompt).SigningKey != "" {
		t.Error("the service was switched")
	}

	// The file arrives, and b tells so with its next round.
	bring("saml-encryption-2.pem")
	_, err = w.Switch(t.Context(), "cli", encryption)
	wants(err, "encryption-2")
	w.must(b.Note(t.Context(), w.db, "b"))
	_, err = w.Switch(t.Context(), "cli", encryption)
	w.must(err)
	_, err = w.SwitchService(t.Context(), "cli", prompt)
	wants(err, "signing-2")

	// A node that stopped holds nobody up.
	w.clock.Advance(samlkey.Seen)
	_, err = w.SwitchService(t.Context(), "cli", prompt)
	w.must(err)
}

func TestNoServiceKeepsAKeyThatANodeHasLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, prompt)
	b, bring := w.another()
	file := samlkey.FirstFiles()["signing"]
	keep := func() error { return w.Keep(t.Context(), "cli", prompt, "signing-1", w.clock.Now().Add(time.Hour)) }

	w.must(os.Remove(filepath.Join(b.Dir, file)))
	w.must(b.Note(t.Context(), w.db, "b"))
	var lacking *samlkey.Lacking
	if err := keep(); !errors.As(err, &lacking) || !slices.Equal(lacking.Nodes, []string{"b"}) {
		t.Fatalf("kept for the service: %v", err)
	}
	if w.row(prompt).SigningKey != "" {
		t.Error("the service was given the key")
	}
	bring(file)
	w.clock.Advance(time.Minute)
	w.must(b.Note(t.Context(), w.db, "b"))
	w.must(keep())
}

func TestAReasonGoesPastNodesThatLackAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.another()
	w.next(db.KeySigning, samlkey.RSA)
	w.must(b.Note(t.Context(), w.db, "b"))
	_, err := w.Switch(t.Context(), "cli", samlkey.Switch{Use: db.KeySigning, Algorithm: samlkey.RSA, Reason: "stolen"})
	w.must(err)
}

func TestNodesAreKnownByWhatTheyToldLast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, _ := w.another()
	next := w.next(db.KeySigning, samlkey.RSA)
	w.must(w.ring.Note(t.Context(), w.db, "a"))
	w.must(b.Note(t.Context(), w.db, "b"))
	lacks := func() map[string][]string {
		t.Helper()
		keys, err := db.SAMLKeys(t.Context(), w.db)
		w.must(err)
		nodes, err := samlkey.Nodes(t.Context(), w.db, w.clock.Now(), keys)
		w.must(err)
		all := map[string][]string{}
		for _, n := range nodes {
			all[n.Name] = []string{}
			for _, k := range n.Lacks {
				all[n.Name] = append(all[n.Name], k.ID)
			}
		}
		return all
	}
	if got := lacks(); len(got) != 2 || len(got["a"]) != 0 || !slices.Equal(got["b"], []string{next}) {
		t.Errorf("known: %v", got)
	}
	// A retired key is missed by nobody.
	w.must(w.Retire(t.Context(), "cli", next, ""))
	if got := lacks(); len(got["b"]) != 0 {
		t.Errorf("b lacks %v", got["b"])
	}
	w.must(db.ForgetNode(t.Context(), w.db, "b"))
	if got := lacks(); len(got) != 1 {
		t.Errorf("after b stopped: %v", got)
	}
	w.clock.Advance(samlkey.Seen)
	if got := lacks(); len(got) != 0 {
		t.Errorf("long after a was heard of: %v", got)
	}
	left := func() int {
		t.Helper()
		_, err := db.PurgeEnded(t.Context(), w.db, w.clock.Now())
		w.must(err)
		nodes, err := db.NodesSince(t.Context(), w.db, time.Time{})
		w.must(err)
		return len(nodes)
	}
	if left() != 1 {
		t.Error("a was forgotten within the day")
	}
	if w.clock.Advance(day); left() != 0 {
		t.Error("a is not forgotten after a day")
	}
}
