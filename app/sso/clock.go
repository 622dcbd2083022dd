package sso

import (
	"context"
	"time"

	"oneid/db"
)

// clockEvery is how often the clock of a service that is answered at once is
// looked at: its operator is told of one that is off long before it hurts.
const clockEvery = time.Minute

// noteClock keeps now and then how far the clock is ahead of ours by which a
// request was issued that has just been answered. That it can't be kept keeps
// nobody from signing in.
func (r *Rules) noteClock(ctx context.Context, w *way) {
	issued, received := w.request.IssuedAt, w.request.ReceivedAt
	known := r.known(w.party.row.EntityID)
	if issued.IsZero() || known == nil {
		return
	}
	last := known.clockAt.Load()
	if received.UnixNano() < last+int64(clockEvery) || !known.clockAt.CompareAndSwap(last, received.UnixNano()) {
		return
	}
	_ = db.NoteClock(ctx, r.DB, w.party.service.ID, received, issued.Sub(received))
}
