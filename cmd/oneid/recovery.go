package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type recoveryCommand struct {
	Complete recoveryCompleteCommand `cmd:"" help:"Ask a caller the two Service Desk questions, and let the recovery go on when both answers are right."`
}

type recoveryCompleteCommand struct {
	Reference string `arg:"" help:"The reference number that the caller reads out."`
	By        string `required:"" placeholder:"LOGINID" help:"Login ID of who speaks with the caller; has the role service-desk."`
}

func (c recoveryCompleteCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.CompleteRecovery(ctx, cfg, c.Reference, c.By, os.Stdin, os.Stdout)
}
