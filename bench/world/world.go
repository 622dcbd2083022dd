package world

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Password is what accounts made by Accounts have.
const Password = "Maple tin 47 canoe"

// Born is the birth date of the first of the accounts that are made together;
// each of the others is a day younger than the one before.
func Born(n int) time.Time { return time.Date(1975, time.December, 10+n, 0, 0, 0, 0, time.UTC) }

const (
	startLimit = 90 * time.Second
	stopLimit  = 30 * time.Second
)

// World is a running sandbox.
type World struct {
	Product string // the product's origin
	inbox   string
	state   string
	child   *exec.Cmd
	ended   chan error
	log     *bytes.Buffer
}

// Start starts the sandbox from bin/ and waits until it is ready.
func Start(ctx context.Context) (*World, error) { return StartWith(ctx, nil) }

// StartWith lets prepare fill the sandbox's folder before it starts. The keys in
// the folder "keys" are used if there are any.
func StartWith(ctx context.Context, prepare func(state string) error) (*World, error) {
	offset, err := freeOffset()
	if err != nil {
		return nil, err
	}
	state, err := os.MkdirTemp("", "oneid-bench-")
	if err != nil {
		return nil, err
	}
	// PostgreSQL runs as another user when we are root.
	if err := os.Chmod(state, 0o755); err != nil {
		return nil, err
	}
	if prepare != nil {
		if err := prepare(state); err != nil {
			return nil, errors.Join(err, os.RemoveAll(state))
		}
	}
	w := &World{
		Product: fmt.Sprintf("http://oneid.localhost:%d", 8080+offset), inbox: fmt.Sprintf("http://inbox.localhost:%d", 8090+offset),
		state: state, ended: make(chan error, 1), log: new(bytes.Buffer),
	}
	w.child = exec.Command(filepath.Join("bin", "sandbox"), "-state", state, "-port-offset", strconv.Itoa(offset))
	w.child.Stdout, w.child.Stderr = w.log, w.log
	// A signal to us is not one to it: it is stopped in order.
	w.child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := w.child.Start(); err != nil {
		return nil, fmt.Errorf("start the sandbox (make build makes it): %w", err)
	}
	go func() { w.ended <- w.child.Wait() }()
	go w.stopWithUs()
	if err := w.ready(ctx); err != nil {
		return nil, errors.Join(err, w.Stop())
	}
	return w, nil
}

func (w *World) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	anyone := w.Person("127.0.0.1")
	for {
		if res, err := anyone.client.Get(w.Product + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-w.ended:
			w.ended <- err
			return fmt.Errorf("the sandbox ended while starting (%w):\n%s", err, w.log)
		case <-ctx.Done():
			return fmt.Errorf("the sandbox is not ready: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stopWithUs leaves no sandbox behind when somebody ends the program early.
func (w *World) stopWithUs() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	<-ended
	if err := w.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(1)
}

// Stop ends the sandbox and removes its folder.
func (w *World) Stop() error {
	if err := w.child.Process.Signal(syscall.SIGINT); err != nil {
		return errors.Join(err, os.RemoveAll(w.state))
	}
	var err error
	select {
	case err = <-w.ended:
	case <-time.After(stopLimit):
		err = errors.Join(errors.New("the sandbox did not end when asked to"), w.child.Process.Kill())
	}
	return errors.Join(err, os.RemoveAll(w.state))
}

// freeOffset finds ports that nobody listens on.
func freeOffset() (int, error) {
	for turn := range 100 {
		offset := 12000 + 100*((os.Getpid()+turn)%100) // below the ports that outgoing connections take
		free := true
		for _, port := range []int{8025, 8080, 8081, 8082, 8083, 8084, 8085, 8090} {
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port+offset)))
			if err != nil {
				free = false
				break
			}
			l.Close()
		}
		if free {
			return offset, nil
		}
	}
	return 0, errors.New("no free ports for a sandbox")
}

// Accounts makes accounts and returns their login IDs. With challenge, they are
// asked for a second factor, and a code goes to their phone.
func (w *World) Accounts(ctx context.Context, n int, first, last, phone string, challenge bool) ([]string, error) {
	args := []string{
		"account", "create", "--first", first, "--last", last, "--email", "load@example.ca", "--phone", phone,
		"--password", Password, "--birth-date", Born(0).Format(time.DateOnly), "--count", strconv.Itoa(n),
	}
	if !challenge {
		args = append(args, "--no-challenge")
	}
	out, err := w.Command(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("make accounts: %w", err)
	}
	return strings.Fields(out), nil
}

// Command runs one of the operator's commands and returns what it printed.
func (w *World) Command(ctx context.Context, args ...string) (string, error) {
	return w.Program(ctx, filepath.Join("bin", "oneid"), args...)
}

// Program runs a program with the product's settings and returns what it printed.
func (w *World) Program(ctx context.Context, name string, args ...string) (string, error) {
	environ, err := w.Environ()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), environ...)
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, faults.String())
	}
	return string(out), nil
}

// Environ is the product's settings as the sandbox wrote them, NAME=value.
func (w *World) Environ() ([]string, error) {
	data, err := os.ReadFile(filepath.Join(w.state, "sandbox.env"))
	if err != nil {
		return nil, err
	}
	var environ []string
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		environ = append(environ, name+"="+strings.Trim(value, "'"))
	}
	return environ, nil
}

// Message is what the carrier was given.
type Message struct {
	Channel string `json:"channel"` // "sms", "call" or "mail"
	To      string `json:"to"`
	Body    string `json:"body"`
}

// Messages lists everything that was sent by a channel.
func (w *World) Messages(channel string) ([]Message, error) {
	res, err := w.Person("127.0.0.1").client.Get(w.inbox + "/messages?channel=" + channel)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var all []Message
	err = json.NewDecoder(res.Body).Decode(&all)
	return all, err
}
