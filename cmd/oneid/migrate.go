package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type migrateCommand struct{}

// Help says what matters at a rollout.
func (migrateCommand) Help() string {
	return "Run it once per release, before the new version serves. Several at once do no harm. " +
		"The old version keeps working on the new schema."
}

// Run needs the database only, so that a release job gets no other secret.
func (migrateCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ(), "MODE", "DATABASE_URL", "DATABASE_URL_FILE")
	if err != nil {
		return err
	}
	return app.Migrate(ctx, cfg.Database.URL)
}
