package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type collegeCommand struct {
	Import collegeImportCommand `cmd:"" help:"Trust a college's member portal by its SAML metadata, or renew it."`
}

type collegeImportCommand struct {
	Source  string `arg:"" name:"file|url" help:"The metadata: a file, an https address, or - for standard input."`
	College string `required:"" placeholder:"CODE" help:"The college's code, such as cpso."`
	Portal  string `placeholder:"URL" help:"Where members find the portal's page to register."`
}

func (c collegeImportCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ImportCollege(ctx, cfg, app.CollegeImport{Source: c.Source, College: c.College, Portal: c.Portal}, os.Stdout)
}
