package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"oneid/app"
	"oneid/app/config"
)

// startOver is how long after the product was built all that happens once at the
// start has happened.
const startOver = 3 * time.Second

type serveCommand struct {
	Check bool `help:"Print every problem of the configuration, or all of it, and start nothing."`
}

// Run serves until signalled.
func (c serveCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	if c.Check {
		if err := cfg.Describe(os.Stdout); err != nil {
			return err
		}
		_, err = fmt.Println("\nThe configuration is sound.")
		return err
	}
	return app.Serve(ctx, cfg, version, func() { time.AfterFunc(startOver, giveBack) })
}
