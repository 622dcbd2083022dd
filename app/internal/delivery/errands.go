package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"oneid/app/internal/outbox"
)

// Errands are the errands that can be run, by name. Each must bear to be run
// twice.
type Errands map[string]func(ctx context.Context, id string) error

// errandRunner is River's worker for outbox.Errand.
type errandRunner struct {
	river.WorkerDefaults[outbox.Errand]

	known Errands
}

// Again puts an errand off once more: it is not its time yet.
func Again(in time.Duration) error { return river.JobSnooze(in) }

const (
	errandWorkers = 5
	errandLimit   = 10 * time.Second
)

// Work runs one errand.
func (r *errandRunner) Work(ctx context.Context, job *river.Job[outbox.Errand]) error {
	return r.known.Run(ctx, job.Args)
}

// Timeout bounds one errand.
func (*errandRunner) Timeout(*river.Job[outbox.Errand]) time.Duration { return errandLimit }

// NextRetry waits little: somebody is waiting for a link or a code.
func (*errandRunner) NextRetry(job *river.Job[outbox.Errand]) time.Time {
	return time.Now().Add(firstPause << min(max(job.Attempt-1, 0), 4))
}

// Run runs an errand now. One that nobody knows is given up.
func (e Errands) Run(ctx context.Context, errand outbox.Errand) error {
	run := e[errand.Name]
	if run == nil {
		return river.JobCancel(fmt.Errorf("no errand is called %q", errand.Name))
	}
	if err := run(ctx, errand.ID); err != nil {
		return fmt.Errorf("run %s: %w", errand.Name, err)
	}
	return nil
}
