// Command run starts one test server and runs a command with TEST_DATABASE_URL
// set to it: go run ./db/dbtest/run -- go test ./...
//
// When TEST_DATABASE_URL is set already, the command just runs. The exit code
// is the command's.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"oneid/db/dbtest"
	"oneid/db/embedded"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "dbtest/run:", err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: run -- COMMAND [ARGUMENT]…")
	}
	env := os.Environ()
	if os.Getenv("TEST_DATABASE_URL") == "" {
		server, err := dbtest.StartServer(context.Background(), func(o embedded.Options) embedded.Options {
			o.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
			return o
		})
		if err != nil {
			return 1, err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		env = append(env, "TEST_DATABASE_URL="+server.URL("postgres"))
	}
	// Ctrl-C reaches the command too, as a member of the terminal's group: wait
	// for it to end, then stop the server.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT) // not Ignore: the command would inherit that
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, env
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
