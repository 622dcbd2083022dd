package main

import (
	"context"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type collegeCommand struct {
	Import collegeImportCommand `cmd:"" help:"Trust a college's member portal by its SAML metadata, or renew it."`
	On     collegeOnCommand     `cmd:"" help:"Take members over from a college again."`
	Off    collegeOffCommand    `cmd:"" help:"Take nobody over from a college."`
}

type collegeImportCommand struct {
	Source  string `arg:"" name:"file|url" help:"The metadata: a file, an https address, or - for standard input."`
	College string `required:"" placeholder:"CODE" help:"The college's code, such as cpso."`
	Mapping string `placeholder:"FILE" help:"JSON that names the attributes in which the college sends each fact."`
	Portal  string `placeholder:"URL" help:"Where members find the portal's page to register."`
}

func (c collegeImportCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ImportCollege(ctx, cfg, app.CollegeImport{Source: c.Source, College: c.College, Portal: c.Portal, Mapping: c.Mapping}, os.Stdout)
}

type collegeOnCommand struct {
	College           string `arg:"" name:"code"`
	RefuseUnsolicited bool   `help:"Refuse a response that the college sends unasked, instead of asking it properly."`
}

func (c collegeOnCommand) Run(ctx context.Context) error {
	return switchCollege(ctx, c.College, true, !c.RefuseUnsolicited)
}

type collegeOffCommand struct {
	College string `arg:"" name:"code"`
}

func (c collegeOffCommand) Run(ctx context.Context) error {
	return switchCollege(ctx, c.College, false, true)
}

func switchCollege(ctx context.Context, code string, on, bounce bool) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.SwitchCollege(ctx, cfg, code, on, bounce)
}
