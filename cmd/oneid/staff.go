package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type staffCommand struct {
	Add staffAddCommand `cmd:"" help:"Give an account a staff role."`
}

type staffAddCommand struct {
	LoginID string `arg:"" name:"loginid"`
	Role    string `arg:""`
}

func (c staffAddCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.AddStaff(ctx, cfg, c.LoginID, c.Role)
}
