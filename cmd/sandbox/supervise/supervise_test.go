package supervise_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"oneid/app/config"
	"oneid/cmd/sandbox/site"
	"oneid/cmd/sandbox/supervise"
)

// program writes a shell script that stands in for the product. The tests that
// use it do not run in parallel: a program just written cannot be started while
// another child, forked meanwhile, still holds it open for writing.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "oneid")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheEnvironmentIsOneTheProductAccepts(t *testing.T) {
	state := filepath.Join(t.TempDir(), "a folder")
	for _, file := range []string{"keys/seal-1.key", "sites/carrier.token"} {
		if err := site.WriteFile(filepath.Join(state, file), []byte("0123456789abcdef")); err != nil {
			t.Fatal(err)
		}
	}
	environ := supervise.Environ(supervise.Facts{State: state, Sites: site.NewMap(0), Database: "postgres://oneid@/oneid?host=/tmp/x", Account: "AC1"})
	if _, err := config.LoadFrom(environ); err != nil {
		t.Error(err)
	}
	file := filepath.Join(state, "sandbox.env")
	if err := supervise.WriteEnviron(file, environ); err != nil {
		t.Fatal(err)
	}
	written, _ := os.ReadFile(file)
	for _, want := range []string{"ONEID_DATABASE_URL=postgres://oneid@/oneid?host=/tmp/x\n", "ONEID_KEYS_DIR='" + state + "/keys'\n", "ONEID_BASE_URL=http://oneid.localhost:8080\n"} {
		if !strings.Contains(string(written), want) {
			t.Errorf("%q is not in\n%s", want, written)
		}
	}
}

func TestAFailedCommandTellsHowToRunItAgain(t *testing.T) {
	p := &supervise.Product{Program: program(t, `echo "no such college" >&2; exit 3`)}
	_, err := p.Command(t.Context(), "college", "import", "a file.xml")
	for _, want := range []string{"oneid college failed", "no such college", "start the sandbox again", "college import 'a file.xml'"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestSeedingTakesUpWhereItFailedAndIsNotRepeated(t *testing.T) {
	state := t.TempDir()
	layout, shut := metadataSites(t)
	defer shut()
	log := filepath.Join(state, "log")
	// One college, four services, the examples and three sponsors; three accounts, one
	// of them twice, and two of staff with their role. Fails at the second account until the file "mended" is there.
	script := `echo "$1 $2 $3" >> ` + log + `
case "$*" in
*Adeyemi*) [ -e ` + state + `/mended ] || { echo broken >&2; exit 1; }; echo OLUSEGUN.ADEYEMI-CLARKE@ONEID.ON.CA;;
*Margaret*) echo MARGARET.DUBOIS@ONEID.ON.CA;;
*Segun*) echo SEGUN.CLARKE@ONEID.ON.CA;;
*Sade*) echo SADE.OKOYE@ONEID.ON.CA;;
*Luc*) echo LUC.ROY@ONEID.ON.CA;;
esac`
	seed := &supervise.Seed{Product: &supervise.Product{Program: program(t, script)}, State: state, Sites: layout, Client: site.Client(time.Second)}
	if err := seed.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "OLUSEGUN.ADEYEMI-CLARKE") {
		t.Fatalf("got %v", err)
	}
	if err := os.WriteFile(filepath.Join(state, "mended"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := seed.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	data, _ := os.ReadFile(log)
	calls := strings.Split(strings.TrimSpace(string(data)), "\n")
	if got, want := len(calls), 1+4+1+3+3+1+2*2; got != want {
		t.Errorf("%d commands, want %d: %q", got, want, calls)
	}
}

// metadataSites answers /saml/metadata for the portal and every viewer.
func metadataSites(t *testing.T) (site.Map, func()) {
	t.Helper()
	layout := site.NewMap(0)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<EntityDescriptor/>") })}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	port := l.Addr().(*net.TCPAddr).Port
	layout.Portal.Port = port
	for i := range layout.Viewers {
		layout.Viewers[i].Port = port
	}
	return layout, func() { server.Close() }
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestAChildIsHeardAndEndsWhenAsked(t *testing.T) {
	var out safeBuffer
	ready := filepath.Join(t.TempDir(), "ready")
	c, err := supervise.StartChild("oneid | ", &out, nil, program(t, `trap 'printf bye; exit 0' TERM; echo one; echo two >&2; : > `+ready+`; while :; do sleep 0.05; done`))
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { _, err := os.Stat(ready); return err == nil })
	if err := c.Stop(10 * time.Second); err != nil {
		t.Error(err)
	}
	if got, want := out.String(), "oneid | one\noneid | two\noneid | bye\n"; got != want {
		t.Errorf("heard %q, want %q", got, want)
	}
}

func TestAServerThatEndsBeforeItIsReadyIsReported(t *testing.T) {
	var out safeBuffer
	p := &supervise.Product{Program: program(t, `echo "two settings are not right"; exit 1`), Place: site.Place{Host: "oneid.localhost", Port: 1}, Out: &out}
	err := p.Serve(t.Context())
	if err == nil || !strings.Contains(err.Error(), "ended before it was ready") || !strings.Contains(out.String(), "oneid | two settings") {
		t.Errorf("%v; %s", err, out.String())
	}
}

func waitFor(t *testing.T, fact func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !fact() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("waited in vain")
		}
	}
}
