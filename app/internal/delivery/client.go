package delivery

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"oneid/app/internal/outbox"
)

const (
	mailWorkers  = 5
	phoneWorkers = 10
	// rescueAfter frees the jobs of a worker that died. It is more than any job
	// may take, and short enough that a code still arrives while it is wanted.
	rescueAfter = 30 * time.Second
	// The database tells of new jobs at once. Queues are also asked, for a job that is
	// tried again within seconds and for word that was lost: somebody waits for a code,
	// and mostly for mail; the others can wait a little.
	phonePoll  = time.Second
	mailPoll   = 2 * time.Second
	errandPoll = 5 * time.Second
	sweepPoll  = 30 * time.Second
	// stopPatience is how long running jobs may go on when the process stops.
	stopPatience = 20 * time.Second
)

// NewClient returns the client that works the queues: Start it, and Stop it
// before the pool is closed.
func NewClient(pool *pgxpool.Pool, d *Deliverer, k *Keeper, log *slog.Logger) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, d)
	river.AddWorker(workers, k)
	river.AddWorker(workers, &errandRunner{known: d.Errands})
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			outbox.QueueMail:    {MaxWorkers: mailWorkers, FetchPollInterval: mailPoll},
			outbox.QueuePhone:   {MaxWorkers: phoneWorkers, FetchPollInterval: phonePoll},
			queueSweep:          {MaxWorkers: 1, FetchPollInterval: sweepPoll},
			outbox.QueueErrands: {MaxWorkers: errandWorkers, FetchPollInterval: errandPoll},
		},
		PeriodicJobs:         periodic(k.Rounds),
		JobTimeout:           sweepLimit,
		RescueStuckJobsAfter: rescueAfter,
		SoftStopTimeout:      stopPatience,
		Logger:               log,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the workers: %w", err)
	}
	return client, nil
}
