package supervise

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"oneid/cmd/sandbox/site"
)

const (
	readyLimit   = time.Minute
	readyPoll    = 50 * time.Millisecond
	stopPatience = 20 * time.Second
)

// Product is the product's program with the environment it runs in.
type Product struct {
	Program string // path of bin/oneid
	Environ map[string]string
	Place   site.Place
	Out     io.Writer

	server *Child
}

// Command runs one command of the operator and answers what it printed. The
// error holds what went wrong and how to run the command again.
func (p *Product) Command(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.Program, args...)
	cmd.Env = processEnviron(p.Environ)
	cmd.SysProcAttr = apart()
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		said := strings.TrimSpace(problems.String() + out.String())
		return "", fmt.Errorf("oneid %s failed (%w):\n%s\nthe command was:\n  %s\nto run it again, start the sandbox again; what was done before is not repeated",
			args[0], err, said, shell(append([]string{p.Program}, args...)))
	}
	return out.String(), nil
}

// shell writes a command line for people to copy.
func shell(words []string) string {
	for i, word := range words {
		if word == "" || strings.ContainsAny(word, " '\"$&()") {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// Prepare makes the keys if there are none, and the schema this version needs.
func (p *Product) Prepare(ctx context.Context) error {
	entries, err := os.ReadDir(p.Environ["ONEID_KEYS_DIR"])
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) == 0 {
		if _, err := p.Command(ctx, "keys", "init"); err != nil {
			return err
		}
	}
	_, err = p.Command(ctx, "migrate")
	return err
}

// Serve starts the server and waits until it says that it is ready.
func (p *Product) Serve(ctx context.Context) error {
	var err error
	p.server, err = StartChild("oneid | ", p.Out, processEnviron(p.Environ), p.Program, "serve")
	if err != nil {
		return err
	}
	client := site.Client(5 * time.Second)
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	poll := time.NewTicker(readyPoll)
	defer poll.Stop()
	for {
		if p.ready(ctx, client) {
			return nil
		}
		select {
		case <-p.server.Done():
			return fmt.Errorf("oneid serve ended before it was ready (%v); its words are above", p.server.Err())
		case <-ctx.Done():
			return fmt.Errorf("oneid serve was not ready (%s/readyz): %w", p.Place.Base(), ctx.Err())
		case <-poll.C:
		}
	}
}

func (p *Product) ready(ctx context.Context, client *http.Client) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Place.Base()+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// Ended is closed when the server has ended by itself or been stopped.
func (p *Product) Ended() <-chan struct{} { return p.server.Done() }

// Err tells how the server ended; only after Ended.
func (p *Product) Err() error { return p.server.Err() }

// Stop lets the server finish what it has begun.
func (p *Product) Stop() error {
	if p.server == nil {
		return nil
	}
	return p.server.Stop(stopPatience)
}

// Find looks for the product's program: as given, else beside our own, else in
// bin.
func Find(given string) (string, error) {
	candidates := []string{given}
	if given == "" {
		candidates = []string{filepath.Join("bin", "oneid")}
		if self, err := os.Executable(); err == nil {
			candidates = append([]string{filepath.Join(filepath.Dir(self), "oneid")}, candidates...)
		}
	}
	for _, path := range candidates {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return filepath.Abs(path)
		}
	}
	return "", fmt.Errorf("the product's program is not at %s; make it with `make build`", strings.Join(candidates, " or "))
}
