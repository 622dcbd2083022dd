package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type examplesCommand struct{}

func (examplesCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.AddExamples(ctx, cfg, os.Stdout)
}

type sponsorCommand struct {
	LoginID      string   `arg:"" name:"loginid"`
	Organization string   `arg:"" help:"The organization's name in the database, such as maple-falls-general-hospital."`
	Service      []string `placeholder:"NAME" sep:"none" help:"A service that it signed for; may be given again."`
	Role         []string `placeholder:"ROLE" sep:"none" help:"A role in those services; may be given again."`
}

func (c sponsorCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.SponsorAccount(ctx, cfg, app.Sponsoring{
		LoginID: c.LoginID, Organization: c.Organization, Services: c.Service, Roles: c.Role,
	}, os.Stdout)
}

type ledgerCommand struct {
	Show ledgerShowCommand `cmd:"" help:"Show an assertion that was issued, and whether the audit trail agrees."`
}

type ledgerShowCommand struct {
	ID string `arg:"" help:"The assertion's ID, as it stands in the message."`
}

func (c ledgerShowCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ShowAssertion(ctx, cfg, c.ID, os.Stdout)
}
