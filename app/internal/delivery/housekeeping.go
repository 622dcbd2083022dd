package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"oneid/app/internal/audit"
	"oneid/db"
)

// Sweep is a periodic job: most delete what has served its time.
type Sweep struct {
	What string `json:"what"`
}

// What is swept, and how often.
const (
	SweepCounts   = "counts"
	SweepEnded    = "ended"
	SweepDrafts   = "drafts"
	SweepMessages = "messages"
	// SweepPasswords reminds of those that end.
	SweepPasswords = "passwords"

	queueSweep   = "sweep"
	sweepLimit   = 25 * time.Second
	sweepOften   = 10 * time.Minute
	sweepSeldom  = time.Hour
	sweepRetries = 3
)

// Kind names the job in the queue.
func (Sweep) Kind() string { return "sweep" }

// InsertOpts keeps sweeps off the queues of messages and never lets two of a
// kind pile up.
func (Sweep) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSweep, MaxAttempts: sweepRetries}
}

// Round is work that a capability has done again and again, on one node at a
// time. It returns how much there was to do, and has to end within sweepLimit.
type Round struct {
	Every time.Duration
	Run   func(ctx context.Context) (int, error)
}

// Rounds are rounds by name. A name once given stays: jobs carry it.
type Rounds map[string]Round

// Keeper sweeps. It is River's worker for Sweep.
type Keeper struct {
	river.WorkerDefaults[Sweep]

	DB       *db.DB
	Audit    *audit.Log
	Reminder *Reminder
	Rounds   Rounds
	Log      *slog.Logger
}

// Work carries out one sweep.
func (k *Keeper) Work(ctx context.Context, job *river.Job[Sweep]) error {
	n, err := k.sweep(ctx, job.Args.What)
	if err != nil {
		return fmt.Errorf("sweep %s: %w", job.Args.What, err)
	}
	if n > 0 {
		k.Log.InfoContext(ctx, "swept", "what", job.Args.What, "rows", n)
	}
	return nil
}

// Timeout bounds one sweep.
func (*Keeper) Timeout(*river.Job[Sweep]) time.Duration { return sweepLimit }

func (k *Keeper) sweep(ctx context.Context, what string) (int, error) {
	now := k.DB.Clock.Now()
	switch what {
	case SweepCounts:
		return db.PurgeCounts(ctx, k.DB, now)
	case SweepEnded:
		n, err := db.PurgeEnded(ctx, k.DB, now)
		if err != nil {
			return n, err
		}
		more, err := db.PurgeDevices(ctx, k.DB, now)
		return n + more, err
	case SweepDrafts:
		return k.EraseDrafts(ctx)
	case SweepMessages:
		return db.FailForgotten(ctx, k.DB, now)
	case SweepPasswords:
		return k.Reminder.Remind(ctx)
	}
	if round, known := k.Rounds[what]; known {
		return round.Run(ctx)
	}
	return 0, river.JobCancel(fmt.Errorf("nothing to sweep is called %q", what))
}

// EraseDrafts erases registrations that nobody came back to in time, each with
// its audit event, and returns how many.
func (k *Keeper) EraseDrafts(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := db.InTx(ctx, k.DB, func(ctx context.Context, tx db.Tx) error {
			ids, err := db.EraseExpiredDrafts(ctx, tx)
			if err != nil {
				return err
			}
			n = len(ids)
			for _, id := range ids {
				event := audit.Event{Kind: audit.RegisterDraftExpired, Actor: "system", Subject: string(id)}
				if err := k.Audit.Record(ctx, tx, event); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n == 0 {
			return total, err
		}
		total += n
	}
}

func periodic(rounds Rounds) []*river.PeriodicJob {
	every := func(d time.Duration, what string) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(d), func() (river.JobArgs, *river.InsertOpts) {
			return Sweep{what}, nil
		}, &river.PeriodicJobOpts{ID: what, RunOnStart: true})
	}
	jobs := []*river.PeriodicJob{
		every(sweepOften, SweepCounts),
		every(sweepOften, SweepDrafts),
		every(sweepOften, SweepMessages),
		every(sweepSeldom, SweepEnded),
		every(sweepSeldom, SweepPasswords),
	}
	for what, round := range rounds {
		jobs = append(jobs, every(round.Every, what))
	}
	return jobs
}
