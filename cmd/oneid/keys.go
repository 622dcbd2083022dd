package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"oneid/app"
	"oneid/app/config"
)

type keysCommand struct {
	Init     keysInitCommand     `cmd:"" help:"Make the keys that are missing; existing ones stay."`
	List     keysListCommand     `cmd:"" help:"List the SAML keys, what comes next for each and when."`
	Next     keysNextCommand     `cmd:"" help:"Make the next SAML key of a use. A signing key is published at once and signs nothing yet."`
	Switch   keysSwitchCommand   `cmd:"" help:"Have the next key sign: for everyone, or for one service."`
	Laggards keysLaggardsCommand `cmd:"" help:"List the services that are not known to have our newest signing key."`
	Confirm  keysConfirmCommand  `cmd:"" help:"Note that a service's people say that they have our newest keys."`
	Keep     keysKeepCommand     `cmd:"" help:"Leave a service a signing key until a date."`
	Retire   keysRetireCommand   `cmd:"" help:"Take a key out of everything."`
	Export   keysExportCommand   `cmd:"" help:"Print the certificates that others have to know, such as the one that signs our metadata."`
}

type keysInitCommand struct {
	Dir string `arg:"" optional:"" env:"ONEID_KEYS_DIR" help:"The key folder (default: $ONEID_KEYS_DIR)."`
}

// Run reads the mode, which decides between real and development keys.
func (c keysInitCommand) Run() error {
	if c.Dir == "" {
		return fmt.Errorf("name the folder, or set ONEID_KEYS_DIR")
	}
	mode := config.Production
	if given := os.Getenv("ONEID_MODE"); given != "" {
		if err := mode.UnmarshalText([]byte(given)); err != nil {
			return fmt.Errorf("ONEID_MODE: %w", err)
		}
	}
	return app.InitKeys(c.Dir, mode != config.Production)
}

type keysListCommand struct{}

func (keysListCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ListKeys(ctx, cfg, os.Stdout)
}

type keysNextCommand struct {
	Use       string `enum:"signing,encryption,metadata,colleges" default:"signing" help:"signing, encryption, metadata, or colleges: what signs our requests to them."`
	Algorithm string `enum:"rsa,ec" default:"rsa" help:"rsa, or ec (P-256) for the services that take it."`
	Bits      int    `default:"3072" help:"Length of an RSA key: 3072, or 2048."`
	Token     bool   `help:"Make it in the PKCS#11 token; it never leaves it."`
}

func (c keysNextCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.NextKey(ctx, cfg, app.NewKey{Use: c.Use, Algorithm: c.Algorithm, Bits: c.Bits, InToken: c.Token}, os.Stdout)
}

type keysSwitchCommand struct {
	Use       string    `enum:"signing,encryption,metadata" default:"signing" help:"signing, encryption or metadata."`
	Algorithm string    `enum:"rsa,ec" default:"rsa" help:"rsa or ec."`
	Service   string    `placeholder:"ENTITYID" help:"For this service only: a laggard goes over to the current key, any other goes ahead to the next."`
	KeepUntil time.Time `format:"2006-01-02" placeholder:"YYYY-MM-DD" help:"How long laggards keep the old key (default: 30 days)."`
	Reason    string    `help:"Allows it before its time; kept in the audit trail."`
}

// Help says when it is time.
func (keysSwitchCommand) Help() string {
	return "It is time when every service is known to have the next key, or 30 days after it was made. " +
		"Services not known to have it keep the old key until a date."
}

func (c keysSwitchCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.SwitchKey(ctx, cfg, app.KeySwitch{
		Use: c.Use, Algorithm: c.Algorithm, Service: c.Service, Reason: c.Reason, KeepUntil: c.KeepUntil,
	}, os.Stdout)
}

type keysLaggardsCommand struct{}

func (keysLaggardsCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ListLaggards(ctx, cfg, os.Stdout)
}

type keysConfirmCommand struct {
	Service string `arg:"" name:"entityid"`
}

func (c keysConfirmCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ConfirmKeys(ctx, cfg, c.Service)
}

type keysKeepCommand struct {
	Service string    `arg:"" name:"entityid"`
	Key     string    `arg:"" name:"key" help:"As keys list names it."`
	Until   time.Time `required:"" format:"2006-01-02" placeholder:"YYYY-MM-DD" help:"The day on which it ends."`
}

func (c keysKeepCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.KeepKey(ctx, cfg, c.Service, c.Key, c.Until, os.Stdout)
}

type keysRetireCommand struct {
	Key    string `arg:"" name:"key" help:"As keys list names it."`
	Reason string `help:"Retires it although it is still needed, for one that was stolen; kept in the audit trail."`
}

func (c keysRetireCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.RetireKey(ctx, cfg, c.Key, c.Reason, os.Stdout)
}

type keysExportCommand struct {
	Use string `enum:"signing,encryption,metadata" default:"metadata" help:"signing, encryption or metadata."`
}

func (c keysExportCommand) Run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	return app.ExportKeys(ctx, cfg, c.Use, os.Stdout)
}
