package app

import (
	"context"
	"errors"
	"fmt"

	"oneid/app/config"
)

// Serve builds the product, calls built, and serves it, with its workers, until ctx
// ends. It leaves in order: requests first, then jobs, then the database.
func Serve(ctx context.Context, cfg config.Config, version string, built func()) error {
	a, err := New(ctx, cfg, Options{Version: version})
	if err != nil {
		return err
	}
	defer a.Close()
	// Workers outlive the signal: they end after the last request.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	if err := a.workers.Start(working); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	built()
	checkpoints, told := a.keepCheckpoints(working), a.keepTelling(working)
	s := server{
		Listen: cfg.Listen, Handler: a.Handler(), Ready: &a.ready, Drain: cfg.DrainDelay, Grace: cfg.Grace, Log: a.log,
	}
	served := s.run(ctx)
	farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.Grace)
	defer cancel()
	stopped := a.workers.Stop(farewell)
	stop()
	<-checkpoints
	<-told
	return errors.Join(served, stopped)
}
