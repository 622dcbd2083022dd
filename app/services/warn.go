package services

import (
	"context"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/i18n"
)

// warnAhead is how many days before something ends the technical contact is told,
// each once.
var warnAhead = []int{30, 14, 7, 1}

const (
	// patience is how long a fetch may bring nothing before anybody is told.
	patience = 24 * time.Hour
	// enoughOffsets is from how many requests a clock is judged.
	enoughOffsets = 10
)

// Warn tells the technical contacts of live services what will break, and returns
// how many mails went out. A service without a contact to write to keeps no other
// from being warned.
func (r *Rules) Warn(ctx context.Context) (int, error) {
	list, _, err := r.List(ctx)
	if err != nil {
		return 0, err
	}
	sent := 0
	var failed error
	for _, s := range list {
		if s.Row == nil || s.Provider == nil || !s.Enabled {
			continue
		}
		n, err := r.warn(ctx, s)
		sent += n
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("warn service %s: %w", s.ID, err))
		}
	}
	return sent, failed
}

func (r *Rules) warn(ctx context.Context, s Service) (int, error) {
	contact, ok := s.Provider.Profile.ContactOf("technical")
	if !ok {
		return 0, nil
	}
	due, err := r.dueWarnings(ctx, s)
	if err != nil {
		return 0, err
	}
	to := outbox.Person{Name: contact.Name, Email: contact.Email, Language: i18n.EN}
	name := s.NameEn
	if names := s.Provider.Names; names["en"] == "" && names["fr"] != "" {
		to.Language, name = i18n.FR, s.NameFr
	}
	sent := 0
	for about, w := range due {
		w.To, w.Service = to, name
		err := db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
			first, err := db.Warned(ctx, tx, s.Row.EntityID, about)
			if err != nil || !first {
				return err
			}
			sent++
			if err := r.Outbox.Send(ctx, tx, w); err != nil {
				return err
			}
			return r.note(ctx, tx, audit.ServiceWarned, System, s.ID, map[string]string{"about": about})
		})
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// dueWarnings are the warnings that hold now, by what makes each go out once.
func (r *Rules) dueWarnings(ctx context.Context, s Service) (map[string]outbox.ServiceWarning, error) {
	now := r.DB.Clock.Now()
	watches, err := r.Watches(ctx, s, time.Duration(warnAhead[0])*24*time.Hour)
	if err != nil {
		return nil, err
	}
	due := map[string]outbox.ServiceWarning{}
	for _, w := range watches {
		key := w.What + " " + w.Name + " " + day(w.On)
		switch w.What {
		case WatchFetch:
			if now.Sub(w.On) < patience {
				continue
			}
		case WatchEnded:
		default:
			key += fmt.Sprintf(" -%d", stage(w.On.Sub(now)))
		}
		due[key] = outbox.ServiceWarning{What: w.What, Item: w.Name, On: w.On}
	}
	offset, from, err := db.ClockOffset(ctx, r.DB, s.ID, offsetFrom)
	if err != nil {
		return nil, err
	}
	if from >= enoughOffsets && offset.Abs() > offsetLimit {
		due[WatchClock+" "+now.UTC().Format("2006-01")] = outbox.ServiceWarning{What: WatchClock, On: now, Number: int(offset.Abs() / time.Second)}
	}
	return due, nil
}

// stage is the nearest of the days before an end that has come.
func stage(left time.Duration) int {
	reached := warnAhead[0]
	for _, days := range warnAhead {
		if left <= time.Duration(days)*24*time.Hour {
			reached = days
		}
	}
	return reached
}
