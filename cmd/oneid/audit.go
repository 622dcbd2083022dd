package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Recompute every chain of the audit trail and compare it with the checkpoints."`
}

type auditVerifyCommand struct{}

func (auditVerifyCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.VerifyAudit(ctx, cfg, os.Stdout)
}

type evidenceCommand struct {
	Verify evidenceVerifyCommand `cmd:"" help:"Check the signature of a college's stored assertion again."`
}

type evidenceVerifyCommand struct {
	ID string `arg:"" help:"The evidence's id, as the audit trail names it."`
}

func (c evidenceVerifyCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.VerifyEvidence(ctx, cfg, c.ID, os.Stdout)
}
