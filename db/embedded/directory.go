package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// lockDir makes sure that one process of ours at a time works on a directory.
// The kernel frees the lock when we die.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrInUse), f.Close())
	}
	return f, nil
}

// ErrInUse says that another living process runs a server on the directory.
var ErrInUse = errors.New("already in use by another process (is the sandbox running?)")

// retireStale deals with what a killed process left: a server still shutting
// down is waited for, and then ended; a pid file whose number now belongs to
// some other program is removed, since PostgreSQL would take it for itself.
// The caller holds the lock, so a living server here has lost its owner.
func retireStale(ctx context.Context, dir string) error {
	pid, _ := readPostmaster(dir)
	if pid <= 0 {
		return nil
	}
	for began := time.Now(); serves(pid, dir); {
		if time.Since(began) > fastStop {
			_ = syscall.Kill(pid, syscall.SIGQUIT) // may have ended meanwhile
		}
		if time.Since(began) > fastStop+hardStop {
			return fmt.Errorf("a PostgreSQL without owner (process %d) holds %s and does not end", pid, dir)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := os.Remove(filepath.Join(dir, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("stale pid file: %w", err)
	}
	return nil
}

// serves reports whether a process is a postmaster on dir. Where the command
// line cannot be read, a living process counts as one.
func serves(pid int, dir string) bool {
	if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
		return false
	}
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return runtime.GOOS != "linux"
	}
	return strings.Contains(string(line), dir)
}

// initialise makes a new directory. It works beside the final place and
// renames, so that an interrupted run leaves nothing half made.
func initialise(ctx context.Context, dir string, fast bool, bin binaries, who identity) error {
	if exists(filepath.Join(dir, "PG_VERSION")) {
		return nil
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return fmt.Errorf("%s holds files and is no PostgreSQL directory", dir)
	}
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear %s: %w", fresh, err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if err := who.own(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "--username=" + superuser, "--auth=trust", "--encoding=UTF8", "--locale=" + locale()}
	if fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, bin.path("initdb"), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = fresh, childEnv(), who.attr(syscall.SIGKILL)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	p, err := start(cmd)
	if err != nil {
		return fmt.Errorf("initdb as %s: %w", who.name, err)
	}
	<-p.done
	if p.err != nil {
		return fmt.Errorf("initdb as %s: %w\n%s", who.name, p.err, strings.TrimSpace(out.String()))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("data directory: %w", err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	return nil
}

// socketDir makes the directory of the unix socket. Its own choice is derived
// from the data directory: the address stays the same over restarts and a
// killed process leaves no trail. The name can be guessed, so a directory that
// is there and belongs to somebody else is refused.
func socketDir(wanted, dataDir string, who identity) (string, error) {
	dir := wanted
	if dir == "" {
		sum := sha256.Sum256([]byte(strconv.Itoa(os.Geteuid()) + dataDir))
		dir = filepath.Join(shortTemp(), "oneid-pg-"+hex.EncodeToString(sum[:5]))
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("socket directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("socket directory: %w", err)
	}
	uid := int(info.Sys().(*syscall.Stat_t).Uid)
	if !info.IsDir() || (uid != os.Geteuid() && uid != who.uid) {
		return "", fmt.Errorf("socket directory %s belongs to somebody else: remove it", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", fmt.Errorf("socket directory: %w", err)
	}
	return dir, who.own(dir)
}

// shortTemp ignores TMPDIR where it can, for the sake of the 107 bytes.
func shortTemp() string {
	if info, err := os.Stat("/tmp"); err == nil && info.IsDir() {
		return "/tmp"
	}
	return os.TempDir()
}

// locale is one that knows accents and is there without any locale package.
func locale() string {
	if runtime.GOOS == "linux" {
		return "C.UTF-8"
	}
	return "C"
}
