package main

import (
	"time"

	"oneid/bench/world"
)

// watch follows the product's memory.
type watch struct {
	ask  chan chan float64
	done chan struct{}
}

func watchMemory(w *world.World) *watch {
	watching := &watch{ask: make(chan chan float64), done: make(chan struct{})}
	go watching.follow(w)
	return watching
}

func (m *watch) follow(w *world.World) {
	highest := 0.0
	for {
		select {
		case <-m.done:
			return
		case answer := <-m.ask:
			answer <- highest
		case <-time.After(100 * time.Millisecond):
			if now, err := w.Memory(); err == nil {
				highest = max(highest, now)
			}
		}
	}
}

// stop ends the watch and returns the most that was seen.
func (m *watch) stop() float64 {
	answer := make(chan float64)
	m.ask <- answer
	highest := <-answer
	close(m.done)
	return highest
}
