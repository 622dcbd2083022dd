package services

import (
	"context"
	"errors"
	"slices"
	"time"

	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
)

const (
	// shownHours are those of the chart, and shownDays those behind the rate and
	// the reasons.
	shownHours = 24
	shownDays  = 7
	// keptDays is how long hours stay counted.
	keptDays = 400
	// offsetFrom is how many requests tell how far a clock is off.
	offsetFrom = 50
	// offsetLimit is when that is worth saying: half of what is still accepted.
	offsetLimit = 90 * time.Second
	// watchAhead is how far ahead what ends is shown.
	watchAhead = 60 * 24 * time.Hour
)

// Health is how a service fares.
type Health struct {
	Hours   []Hour // the last 24, oldest first
	Month   Count  // of seven days
	Reasons []Reason
	Last    time.Time
	Offset  time.Duration
	Offsets int
}

// Hour counts the sign-ins of one hour.
type Hour struct {
	At time.Time
	Count
}

// Count is how many succeeded and how many did not.
type Count struct{ Good, Failed int }

func (c *Count) add(reason string, n int) {
	if reason == "" {
		c.Good += n
		return
	}
	c.Failed += n
}

// Reason is why sign-ins were refused, and how often.
type Reason struct {
	Code  string
	Count int
}

// Today counts the hours of the chart.
func (h Health) Today() Count {
	var c Count
	for _, hour := range h.Hours {
		c.Good += hour.Good
		c.Failed += hour.Failed
	}
	return c
}

// HealthOf tells how a service fares.
func (r *Rules) HealthOf(ctx context.Context, id db.ServiceID) (Health, error) {
	now := r.DB.Clock.Now()
	from := now.Truncate(time.Hour).Add(-shownDays * 24 * time.Hour)
	rows, err := r.hours(ctx, id, from)
	if err != nil {
		return Health{}, err
	}
	h := Health{Hours: make([]Hour, shownHours)}
	first := now.Truncate(time.Hour).Add(-(shownHours - 1) * time.Hour)
	for i := range h.Hours {
		h.Hours[i].At = first.Add(time.Duration(i) * time.Hour)
	}
	reasons := map[string]int{}
	for _, row := range rows {
		h.Month.add(row.Reason, row.Count)
		if row.Reason != "" {
			reasons[row.Reason] += row.Count
		}
		if i := int(row.Hour.Sub(first) / time.Hour); i >= 0 && i < shownHours && !row.Hour.Before(first) {
			h.Hours[i].add(row.Reason, row.Count)
		}
	}
	for code, n := range reasons {
		h.Reasons = append(h.Reasons, Reason{code, n})
	}
	slices.SortFunc(h.Reasons, func(a, b Reason) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	if h.Last, err = db.LastSignIn(ctx, r.DB, id, from); err != nil {
		return Health{}, err
	}
	h.Offset, h.Offsets, err = db.ClockOffset(ctx, r.DB, id, offsetFrom)
	return h, err
}

// hours joins what was counted with what is running; an empty name means all.
func (r *Rules) hours(ctx context.Context, id db.ServiceID, from time.Time) ([]db.ServiceHour, error) {
	counted, err := db.ServiceHours(ctx, r.DB, id, from)
	if err != nil {
		return nil, err
	}
	last, err := db.LastCountedHour(ctx, r.DB)
	if err != nil {
		return nil, err
	}
	if next := last.Add(time.Hour); !last.IsZero() && next.After(from) {
		from = next
	}
	live, err := db.LiveServiceHours(ctx, r.DB, id, from, r.DB.Clock.Now().Add(time.Second))
	return append(counted, live...), err
}

// TodayByService counts the last 24 hours of every service.
func (r *Rules) TodayByService(ctx context.Context) (map[db.ServiceID]Count, error) {
	rows, err := r.hours(ctx, "", r.DB.Clock.Now().Truncate(time.Hour).Add(-(shownHours-1)*time.Hour))
	if err != nil {
		return nil, err
	}
	all := map[db.ServiceID]Count{}
	for _, row := range rows {
		c := all[row.ServiceID]
		c.add(row.Reason, row.Count)
		all[row.ServiceID] = c
	}
	return all, nil
}

// CountHours counts what has passed into hours, so that no screen has to walk the
// trail for it, and forgets what is old.
func (r *Rules) CountHours(ctx context.Context) (int, error) {
	now := r.DB.Clock.Now()
	last, err := db.LastCountedHour(ctx, r.DB)
	if err != nil {
		return 0, err
	}
	from := last.Add(time.Hour)
	if early := now.Truncate(time.Hour).Add(-shownDays * 24 * time.Hour); last.IsZero() || from.Before(early) {
		from = early
	}
	// A transaction that began in the hour may commit a little after it.
	to := now.Add(-time.Minute).Truncate(time.Hour)
	if !from.Before(to) {
		return 0, nil
	}
	if _, err := db.PurgeConsole(ctx, r.DB, now); err != nil {
		return 0, err
	}
	if _, err := db.PurgeServiceHours(ctx, r.DB, now.Add(-keptDays*24*time.Hour)); err != nil {
		return 0, err
	}
	return db.CountServiceHours(ctx, r.DB, from, to)
}

// Watch is something that will break by itself on a day.
type Watch struct {
	What string
	On   time.Time
	Name string
}

// What is watched.
const (
	WatchMetadata   = "metadata_ends"
	WatchEnded      = "metadata_ended"
	WatchSigning    = "signing_ends"
	WatchEncryption = "encryption_ends"
	WatchException  = "exception_ends"
	WatchFetch      = "fetch_trouble"
	WatchClock      = "clock"
)

// Watches lists what needs attention within the time given, the soonest first.
// A key is watched only while no newer one of its use stands beside it.
func (r *Rules) Watches(ctx context.Context, s Service, within time.Duration) ([]Watch, error) {
	if s.Row == nil || s.Provider == nil {
		return nil, nil
	}
	now := r.DB.Clock.Now()
	var list []Watch
	add := func(what string, on time.Time, name string) {
		if !on.IsZero() && on.Sub(now) < within {
			list = append(list, Watch{what, on, name})
		}
	}
	if !s.Provider.ValidUntil.IsZero() && !now.Before(s.Provider.ValidUntil) {
		add(WatchEnded, s.Provider.ValidUntil, "")
	} else {
		add(WatchMetadata, s.Provider.ValidUntil, "")
	}
	keys := Keys(s.Provider)
	for use, what := range map[string]string{UseSigning: WatchSigning, UseEncryption: WatchEncryption} {
		var latest time.Time
		for _, k := range keys {
			if k.Use == use && k.Until.After(latest) {
				latest = k.Until
			}
		}
		add(what, latest, "")
	}
	p, err := policy.Read(s.Row.Policy)
	if err != nil {
		return nil, err
	}
	for _, e := range p.Exceptions {
		if e.Until.After(now) {
			add(WatchException, e.Until, e.What)
		}
	}
	source, err := db.SourceOf(ctx, r.DB, s.Row.EntityID)
	switch {
	case errors.Is(err, db.ErrNotFound):
	case err != nil:
		return nil, err
	case source.TroubleSince != nil:
		add(WatchFetch, *source.TroubleSince, source.Trouble)
	}
	slices.SortFunc(list, func(a, b Watch) int { return a.On.Compare(b.On) })
	return list, nil
}

// Key is one of a service's keys, by its certificate.
type Key struct {
	Use, Name, Fingerprint string
	From, Until            time.Time
}

// What a key is for.
const (
	UseSigning    = "signing"
	UseEncryption = "encryption"
)

// Keys lists a service's keys: those it signs with, then those to encrypt for.
func Keys(p *saml.ServiceProvider) []Key {
	var list []Key
	for _, c := range p.SigningCertificates {
		list = append(list, Key{UseSigning, c.Subject.CommonName, saml.Fingerprint(c), c.NotBefore, c.NotAfter})
	}
	for _, k := range p.EncryptionKeys {
		c := k.Certificate
		list = append(list, Key{UseEncryption, c.Subject.CommonName, saml.Fingerprint(c), c.NotBefore, c.NotAfter})
	}
	return list
}
