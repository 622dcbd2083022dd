package delivery

import (
	"sync"
	"time"

	"oneid/app/internal/clock"
)

const (
	breakerFails = 10
	breakerRest  = 30 * time.Second
)

// breaker keeps work away from a carrier that fails. After breakerFails in a
// row it is open; after breakerRest it lets one try through, which closes it or
// opens it for another rest.
type breaker struct {
	clock clock.Clock

	mu      sync.Mutex
	fails   int
	restEnd time.Time
	probing bool
}

// allow reports whether the carrier may be tried. Whoever is allowed must note
// the outcome.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails < breakerFails {
		return true
	}
	if b.probing || b.clock.Now().Before(b.restEnd) {
		return false
	}
	b.probing = true
	return true
}

// note tells how a try went.
func (b *breaker) note(worked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if worked {
		b.fails = 0
		return
	}
	b.fails++
	if b.fails >= breakerFails {
		b.restEnd = b.clock.Now().Add(breakerRest)
	}
}
