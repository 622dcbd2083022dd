package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// holdDir makes the test binary a process that only runs a server: the parent
// that gets killed.
const holdDir = "EMBEDDED_TEST_HOLD_DIR"

func TestTheServerAnswersAndStopsCleanly(t *testing.T) {
	t.Parallel()
	dir := scratch(t)

	s := mustStart(t, dir)
	if err := s.EnsureDatabase(t.Context(), "wanted"); err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureDatabase(t.Context(), "wanted"); err != nil {
		t.Errorf("asking for a database that is there: %v", err)
	}
	if got := ask(t, s.URL("wanted"), "SELECT current_database()"); got != "wanted" {
		t.Errorf("database = %q, want %q", got, "wanted")
	}
	if got := ask(t, s.URL("wanted"), "SHOW listen_addresses"); got != "" {
		t.Errorf("listens on %q, want nothing but the socket", got)
	}
	if got := ask(t, s.URL("wanted"), "SELECT upper('é')"); got != "É" {
		t.Errorf("upper('é') = %q, want %q", got, "É")
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("second stop: %v", err)
	}
	if pid, _ := readPostmaster(dir); pid != 0 {
		t.Errorf("postmaster.pid names %d after the stop, want none", pid)
	}
	if exists(s.socketDir) {
		t.Errorf("socket directory %s is left", s.socketDir)
	}
}

func TestTheServerIsDurableUnlessAskedToBeFast(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{DataDir: scratch(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes", "autovacuum"} {
		if got := ask(t, s.URL("postgres"), "SHOW "+setting); got != "on" {
			t.Errorf("%s = %q, want on", setting, got)
		}
	}
}

func TestASecondServerOnTheDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	mustStart(t, dir)

	second, err := Start(t.Context(), Options{DataDir: dir, Fast: true})

	if !errors.Is(err, ErrInUse) {
		t.Errorf("err = %v, want %v", err, ErrInUse)
	}
	if second != nil {
		t.Error("a second server was returned")
	}
}

func TestAServerThatNobodyRemembersKeepsItsDirectory(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	forget := func() int {
		s, err := Start(t.Context(), Options{DataDir: dir, Fast: true})
		if err != nil {
			t.Fatal(err)
		}
		return s.process.pid
	}
	pid := forget()
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGQUIT) })
	for range 3 {
		runtime.GC()
	}

	if second, err := Start(t.Context(), Options{DataDir: dir, Fast: true}); !errors.Is(err, ErrInUse) {
		t.Errorf("second = %v, err = %v, want %v", second, err, ErrInUse)
	}
}

func TestRowsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s := mustStart(t, dir)
	ask(t, s.URL("postgres"), "CREATE TABLE kept AS SELECT 'here' AS word")
	before := s.URL("postgres")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}

	again := mustStart(t, dir)

	if got := ask(t, again.URL("postgres"), "SELECT word FROM kept"); got != "here" {
		t.Errorf("word = %q, want %q", got, "here")
	}
	if got := again.URL("postgres"); got != before {
		t.Errorf("address changed from %s to %s", before, got)
	}
}

func TestKillingTheParentEndsTheServerAndItsDirectoryIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	parent, url := hold(t, dir)
	ask(t, url, "CREATE TABLE kept AS SELECT 'here' AS word")
	server, _ := readPostmaster(dir)

	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed, as intended

	s := mustStart(t, dir) // waits for the orphan to end
	if err := syscall.Kill(server, 0); err == nil && serves(server, dir) {
		t.Errorf("the old server %d still runs", server)
	}
	if got := ask(t, s.URL("postgres"), "SELECT word FROM kept"); got != "here" {
		t.Errorf("word = %q, want %q", got, "here")
	}
}

func TestAKilledServerIsNoticedAndRecovers(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s, err := Start(t.Context(), Options{DataDir: dir}) // durable: a fast server may forget its last rows
	if err != nil {
		t.Fatal(err)
	}
	ask(t, s.URL("postgres"), "CREATE TABLE kept AS SELECT 'here' AS word")

	if err := syscall.Kill(s.process.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if err := s.Stop(); err != nil {
		t.Errorf("stop after the server was killed: %v", err)
	}

	if got := ask(t, mustStart(t, dir).URL("postgres"), "SELECT word FROM kept"); got != "here" {
		t.Errorf("word = %q, want %q", got, "here")
	}
}

func TestAStalePidFileOfAnotherProgramIsIgnored(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	s := mustStart(t, dir)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	// Our own parent lives and is no PostgreSQL: a number used again.
	stale := fmt.Sprintf("%d\n%s\n1\n5432\n", os.Getppid(), dir)
	if err := os.WriteFile(filepath.Join(dir, "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}

	mustStart(t, dir)
}

func TestAnInterruptedInitialisationIsDoneAgain(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	if err := os.MkdirAll(dir+".new/base", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+".new/PG_VERSION", []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	mustStart(t, dir)
}

func TestAForeignDirectoryIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := scratch(t)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}

	_, err := Start(t.Context(), Options{DataDir: dir, Fast: true})

	if err == nil || !strings.Contains(err.Error(), "no PostgreSQL directory") {
		t.Errorf("err = %v, want a refusal", err)
	}
}

func TestRootIsDroppedAlsoUnderAClosedDirectory(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root has something to drop")
	}
	closed, err := os.MkdirTemp("/tmp", "pg-closed-") // 0700 and root's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(closed) })
	bin, err := chooseBinaries(closed)
	if err != nil {
		t.Fatal(err)
	}
	who, err := chooseIdentity(bin, closed)
	if err != nil {
		t.Skipf("no user namespaces here: %v", err)
	}
	if !who.namespace {
		t.Errorf("chosen: %s, want the user namespace", who.name)
	}
	if got := ask(t, mustStart(t, filepath.Join(closed, "pg")).URL("postgres"), "SELECT 1::text"); got != "1" {
		t.Errorf("answer = %q, want 1", got)
	}
}

func TestBinariesOfAnotherVersionAreRefusedByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	_, err := chooseBinaries(dir)

	if err == nil || !strings.Contains(err.Error(), "was made by PostgreSQL 9") {
		t.Errorf("err = %v, want one that names both versions", err)
	}
}

// TestHoldAServer is no test but the parent process of the kill test.
func TestHoldAServer(t *testing.T) {
	dir := os.Getenv(holdDir)
	if dir == "" {
		t.Skip("runs only as a child of another test")
	}
	s, err := Start(t.Context(), Options{DataDir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("held", s.URL("postgres"))
	<-s.Done()
}

func hold(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHoldAServer$")
	cmd.Env = append(os.Environ(), holdDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "held "); ok {
			return cmd, url
		}
	}
	t.Fatal("the child started no server")
	return nil, ""
}

func mustStart(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{DataDir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// scratch is a data directory that unprivileged users can reach, which
// t.TempDir is not.
func scratch(t *testing.T) string {
	t.Helper()
	parent, err := os.MkdirTemp("/tmp", "pg-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(parent) })
	return filepath.Join(parent, "data")
}

func ask(t *testing.T, url, query string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var answer string
	if err := conn.QueryRow(ctx, query).Scan(&answer); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
	return answer
}
