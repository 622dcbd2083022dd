package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"oneid/cmd/sandbox/inbox"
	"oneid/cmd/sandbox/site"
	"oneid/cmd/sandbox/supervise"
	"oneid/db/embedded"
)

const database = "oneid"

type options struct {
	state   string
	program string
	only    string
	offset  int
}

func main() {
	var o options
	flag.StringVar(&o.state, "state", "var", "folder for all data")
	flag.StringVar(&o.program, "oneid", "", "the product's program (default: beside this one, or bin/oneid)")
	flag.StringVar(&o.only, "only", "", "start only these sites, without the product: portal,viewers,inbox")
	flag.IntVar(&o.offset, "port-offset", 0, "add this to every port")
	flag.Parse()
	ctx, forget := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		forget() // the next signal ends us at once
	}()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

// run brings the world up, waits, and takes it down in order. It answers no
// error when it was asked to end and everything ended well.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	began := time.Now()
	state, err := filepath.Abs(o.state)
	if err != nil {
		return err
	}
	only, err := readParts(o.only)
	if err != nil {
		return err
	}
	// PostgreSQL may run as another user and must be able to pass through.
	if err := os.MkdirAll(state, 0o755); err != nil {
		return err
	}
	layout := site.NewMap(o.offset)
	open, err := openSites(layout, state, only)
	if err != nil {
		return err
	}
	end := func(what string, f func() error) {
		if problem := f(); problem != nil {
			err = errors.Join(err, fmt.Errorf("end %s: %w", what, problem))
		}
	}
	defer end("the inbox", open.closeInbox)
	if o.only != "" {
		defer end("the sites", open.closeFront)
		guide(out, layout, time.Since(began))
		<-ctx.Done()
		return nil
	}
	return withProduct(ctx, o, out, world{state: state, layout: layout, sites: open, began: began})
}

// world is what has been started before the product.
type world struct {
	state  string
	layout site.Map
	sites  *sites
	began  time.Time
}

// withProduct starts PostgreSQL and the product, and waits for the end. The
// inbox is still open when it returns, since the product may send to the last.
func withProduct(ctx context.Context, o options, out io.Writer, w world) (err error) {
	end := func(what string, f func() error) {
		if problem := f(); problem != nil {
			err = errors.Join(err, fmt.Errorf("end %s: %w", what, problem))
		}
	}
	program, err := supervise.Find(o.program)
	if err != nil {
		return err
	}
	address, ended, stop, err := startDatabase(ctx, w.state)
	if err != nil {
		return err
	}
	defer end("PostgreSQL", stop)
	environ := supervise.Environ(supervise.Facts{State: w.state, Sites: w.layout, Database: address, Account: inbox.Account})
	envFile := filepath.Join(w.state, "sandbox.env")
	if err := supervise.WriteEnviron(envFile, environ); err != nil {
		return err
	}
	defer os.Remove(envFile)
	product := &supervise.Product{Program: program, Environ: environ, Place: w.layout.Product, Out: out}
	defer end("the product", product.Stop)
	defer end("portal and viewers", w.sites.closeFront)
	err = start(ctx, product, &supervise.Seed{Product: product, State: w.state, Sites: w.layout, Client: site.Client(10 * time.Second)})
	if ctx.Err() != nil {
		return nil // asked to end while starting
	}
	if err != nil {
		return err
	}
	guide(out, w.layout, time.Since(w.began))
	select {
	case <-ctx.Done():
		fmt.Fprintln(out, "ending: portal and viewers, the product, the inbox, PostgreSQL")
		return nil
	case <-product.Ended():
		return fmt.Errorf("the product ended by itself (%v); its last words are above", product.Err())
	case <-ended:
		return errors.New("PostgreSQL ended by itself")
	}
}

func start(ctx context.Context, product *supervise.Product, seed *supervise.Seed) error {
	if err := product.Prepare(ctx); err != nil {
		return err
	}
	if err := seed.Run(ctx); err != nil {
		return err
	}
	return product.Serve(ctx)
}

// startDatabase starts our own PostgreSQL, or uses the one that
// ONEID_DATABASE_URL names.
func startDatabase(ctx context.Context, state string) (address string, ended <-chan struct{}, stop func() error, err error) {
	if outside := os.Getenv("ONEID_DATABASE_URL"); outside != "" {
		return outside, nil, func() error { return nil }, nil
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn}))
	server, err := embedded.Start(ctx, embedded.Options{DataDir: filepath.Join(state, "postgres"), Logger: log})
	if err != nil {
		return "", nil, nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := server.EnsureDatabase(ctx, database); err != nil {
		return "", nil, nil, errors.Join(err, server.Stop())
	}
	return shellSafe(server.URL(database)), server.Done(), server.Stop, nil
}

// shellSafe leaves in a socket's address only what is not the default, so that
// the address has no ampersand and sandbox.env can be read by a shell as it is.
func shellSafe(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	if query.Get("port") == "5432" {
		query.Del("port")
	}
	if query.Get("sslmode") == "disable" {
		query.Del("sslmode") // a socket never has TLS
	}
	u.RawQuery = "host=" + query.Get("host")
	return u.String()
}
