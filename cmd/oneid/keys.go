package main

import (
	"fmt"
	"os"

	"oneid/app"
	"oneid/app/config"
)

type keysCommand struct {
	Init keysInitCommand `cmd:"" help:"Make the keys that are missing; existing ones stay."`
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
