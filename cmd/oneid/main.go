package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is stamped by the build.
var version = "unversioned"

type commands struct {
	Serve    serveCommand    `cmd:"" help:"Serve people, services and colleges."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to this version's schema."`
	Keys     keysCommand     `cmd:"" help:"Make keys, and take the SAML keys through their lives."`
	College  collegeCommand  `cmd:"" help:"Trust colleges."`
	SP       spCommand       `cmd:"" name:"sp" help:"Register service providers."`
	Account  accountCommand  `cmd:"" help:"Make accounts, suspend them and open them again."`
	Staff    staffCommand    `cmd:"" help:"Appoint staff."`
	Recovery recoveryCommand `cmd:"" help:"Complete recoveries that wait for the Service Desk."`
	Sponsor  sponsorCommand  `cmd:"" help:"Have an organization answer for somebody, in services that it signed for."`
	Examples examplesCommand `cmd:"" help:"Add made-up organizations, for trying things out; refused in production."`
	Ledger   ledgerCommand   `cmd:"" name:"assertion" help:"Look assertions up in the ledger."`
	Audit    auditCommand    `cmd:"" help:"Verify the audit trail."`
	Evidence evidenceCommand `cmd:"" help:"Verify evidence from colleges."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, forget := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		forget() // the next signal ends us at once
	}()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oneid:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	parser, err := kong.New(&commands{},
		kong.Name("oneid"),
		kong.Description("ONE ID: registration and sign-in for health care providers. The environment is listed in docs/configuration.md."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	return command.Run()
}
