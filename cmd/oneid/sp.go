package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type spCommand struct {
	Import spImportCommand `cmd:"" help:"Register a service provider from its SAML metadata, or renew it."`
}

type spImportCommand struct {
	Source  string `arg:"" name:"file|url" help:"The metadata: a file, an https address, or - for standard input."`
	Entity  string `placeholder:"ID" help:"The one to take, where the metadata describes several."`
	Signer  string `placeholder:"FINGERPRINT" help:"Take it only if the key of this certificate signed it (SHA-256)."`
	Start   string `placeholder:"URL" help:"Where people open the service."`
	Service string `help:"The service it belongs to; without it, it becomes a service of its own, open to every account."`
}

func (c spImportCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ImportServiceProvider(ctx, cfg, app.ServiceProviderImport{
		Source: c.Source, Entity: c.Entity, Signer: c.Signer, Service: c.Service, Start: c.Start,
	}, os.Stdout)
}
