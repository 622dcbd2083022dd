package secret

import (
	"runtime"
	"testing"
	"time"
)

func TestHashesCostWhatWasDecided(t *testing.T) {
	t.Parallel()
	if got, want := StandardCost(), (Cost{Time: 2, Memory: 46 * 1024, Threads: 1}); got != want {
		t.Errorf("the cost is %+v, want %+v", got, want)
	}
	ring, _ := ringIn(t)
	stored, err := NewPasswords(ring, cheap()).Hash(t.Context(), "Correct4Horse")
	if err != nil {
		t.Fatal(err)
	}
	p, err := parsePHC(stored.Hash)
	if err != nil || len(p.salt) != 16 || len(p.tag) != 32 {
		t.Errorf("salt of %d bytes and tag of %d, %v; want 16 and 32", len(p.salt), len(p.tag), err)
	}
	stile := NewTurnstile()
	if cap(stile.slots) != runtime.GOMAXPROCS(0) || cap(stile.waiting) != 64 || stile.wait != 2*time.Second {
		t.Errorf("%d slots, %d may wait, for %s; want one for each core, 64 and 2 s", cap(stile.slots), cap(stile.waiting), stile.wait)
	}
}
