package db

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Skew between this node and the database that is worth an alarm
// (SECURITY.md V7), and how often it is measured.
const (
	skewAlarm    = 2 * time.Second
	skewInterval = 30 * time.Second
)

// serverClock follows the database server's time: the node's clock corrected by
// a measured offset. A node whose clock is wrong then still agrees with the
// others on what has expired.
type serverClock struct {
	pool   *pgxpool.Pool
	offset atomic.Int64
	stop   context.CancelFunc
}

func newServerClock(ctx context.Context, pool *pgxpool.Pool) (*serverClock, error) {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	c := &serverClock{pool: pool, stop: stop}
	if err := c.measure(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("read the database's time: %w", err)
	}
	go c.follow(run)
	return c, nil
}

// Now returns the database server's time in UTC.
func (c *serverClock) Now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Microsecond)
}

func (c *serverClock) measure(ctx context.Context) error {
	before := time.Now()
	var server time.Time
	if err := c.pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&server); err != nil {
		return err
	}
	after := time.Now()
	// The answer was made about half way through the exchange.
	offset := server.Sub(before.Add(after.Sub(before) / 2))
	c.offset.Store(int64(offset))
	if offset.Abs() > skewAlarm {
		slog.Warn("this node's clock differs from the database's", "offset", offset.String())
	}
	return nil
}

func (c *serverClock) follow(ctx context.Context) {
	tick := time.NewTicker(skewInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A failed measurement keeps the last offset: the database being
			// away is seen and reported elsewhere.
			_ = c.measure(ctx)
		}
	}
}
