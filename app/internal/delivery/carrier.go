package delivery

import (
	"context"
	"errors"
	"time"

	"oneid/app/internal/clock"
	"oneid/db"
	"oneid/views/mail"
)

// outboundLimit bounds every exchange with a carrier (SECURITY.md 5.5).
const outboundLimit = 5 * time.Second

// Parcel is a message in words, ready to go.
type Parcel struct {
	ID       db.MessageID
	To       string
	Language string      // en-CA or fr-CA
	Letter   mail.Letter // a mail
	Text     string      // a text message
	Code     db.CodeID   // what a call is about
}

// Carrier takes parcels of one channel.
type Carrier interface {
	// Name is kept with the message and shown to operators.
	Name() string
	// Hand gives a parcel to the carrier and returns the carrier's own id for
	// it. It ends within outboundLimit or so. Its error is a *Trouble.
	Hand(ctx context.Context, p Parcel) (string, error)
}

// Trouble is why a carrier did not take a parcel. It never quotes the carrier,
// whose words may hold the recipient.
type Trouble struct {
	// Code is short and ours: "timeout", "smtp 550", "http 503", "21211".
	Code string
	// Final means that no carrier will ever take it.
	Final bool
}

func (t *Trouble) Error() string { return "carrier: " + t.Code }

// errAllResting means that every carrier's breaker is open.
var errAllResting = errors.New("all carriers are resting")

// Line is the carriers of one channel in the order in which they are tried.
type Line struct {
	places []*place
}

// place is a carrier in its line.
type place struct {
	carrier Carrier
	breaker breaker
}

// NewLine returns a line of carriers. It is safe for concurrent use.
func NewLine(now clock.Clock, carriers ...Carrier) *Line {
	l := &Line{}
	for _, c := range carriers {
		l.places = append(l.places, &place{carrier: c, breaker: breaker{clock: now}})
	}
	return l
}

// hand gives the parcel to the first carrier that takes it, and returns the
// carrier's name and its id for the parcel.
func (l *Line) hand(ctx context.Context, p Parcel) (carrier, id string, err error) {
	err = errAllResting
	for _, place := range l.places {
		if !place.breaker.allow() {
			continue
		}
		id, handErr := place.carrier.Hand(ctx, p)
		var trouble *Trouble
		final := errors.As(handErr, &trouble) && trouble.Final
		// A refusal of this one recipient shows that the carrier works.
		place.breaker.note(handErr == nil || final)
		if handErr == nil || final {
			return place.carrier.Name(), id, handErr
		}
		err = handErr
	}
	return "", "", err
}
