package main

import (
	"context"
	"os"
	"time"

	"oneid/app"
	"oneid/app/config"
)

type accountCommand struct {
	Create  accountCreateCommand  `cmd:"" help:"Make ready, active accounts and print their Login IDs, one a line."`
	Suspend accountSuspendCommand `cmd:"" help:"Stop an account: sign it out everywhere, here and at services, and let nobody sign in."`
	Resume  accountResumeCommand  `cmd:"" help:"Open a suspended account again."`
}

type accountSuspendCommand struct {
	LoginID string `arg:"" name:"loginid"`
	Reason  string `required:"" help:"Why; it goes into the audit trail."`
}

func (c accountSuspendCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.SuspendAccount(ctx, cfg, c.LoginID, c.Reason, os.Stdout)
}

type accountResumeCommand struct {
	LoginID string `arg:"" name:"loginid"`
	Reason  string `required:"" help:"Why; it goes into the audit trail."`
}

func (c accountResumeCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ResumeAccount(ctx, cfg, c.LoginID, c.Reason, os.Stdout)
}

type accountCreateCommand struct {
	First       string    `required:"" help:"First name."`
	Last        string    `required:"" help:"Last name."`
	Email       string    `required:"" help:"Email address."`
	Phone       string    `required:"" help:"Challenge phone, like +14165550123."`
	Password    string    `required:"" help:"Password; the rules apply."`
	Language    string    `enum:"en,fr" default:"en" help:"Preferred language: en or fr."`
	BirthDate   time.Time `format:"2006-01-02" placeholder:"YYYY-MM-DD" help:"Date of birth."`
	College     string    `placeholder:"CODE" help:"The college of the licence, such as cpso."`
	Licence     string    `placeholder:"NUMBER" help:"The licence number there."`
	Service     []string  `placeholder:"NAME" sep:"none" help:"A service to enrol in; may be given again."`
	NoChallenge bool      `help:"Never ask a second factor. For load runs; refused in production."`
	Count       int       `default:"1" help:"How many. For load runs; refused in production."`
}

func (c accountCreateCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.CreateAccounts(ctx, cfg, app.NewAccounts{
		First: c.First, Last: c.Last, Email: c.Email, Phone: c.Phone, Password: c.Password,
		Language: c.Language, BirthDate: c.BirthDate, College: c.College, Licence: c.Licence,
		Services: c.Service, NoChallenge: c.NoChallenge, Count: c.Count,
	}, os.Stdout)
}
