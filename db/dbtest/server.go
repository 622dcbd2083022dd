package dbtest

import (
	"context"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"

	"oneid/db/embedded"
)

// mostSlots bounds how many test processes may run private servers at once.
const mostSlots = 64

// serverURL names the server to test on: the given one, or a private one.
func serverURL(ctx context.Context) (string, error) {
	given := os.Getenv("TEST_DATABASE_URL")
	if given == "" {
		s, err := StartServer(ctx, nil)
		if err != nil {
			return "", err
		}
		// Nobody stops it: it dies with this process.
		return s.URL("postgres"), nil
	}
	u, err := url.Parse(given)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("TEST_DATABASE_URL: want postgres://user@host/postgres")
	}
	return given, nil
}

// StartServer runs a private, fast test server in the first free slot. Slots
// are directories that are kept, so that only their first use has to make them
// and templates outlive the process; what killed tests left is swept.
func StartServer(ctx context.Context, report func(embedded.Options) embedded.Options) (*embedded.Server, error) {
	root := filepath.Join(place(), "oneid-test-"+strconv.Itoa(os.Geteuid()))
	if err := ownDir(root); err != nil {
		return nil, err
	}
	for slot := range mostSlots {
		opts := embedded.Options{DataDir: filepath.Join(root, strconv.Itoa(slot)), Fast: true}
		if report != nil {
			opts = report(opts)
		}
		s, err := startClean(ctx, opts)
		if errors.Is(err, embedded.ErrInUse) {
			continue
		}
		return s, err
	}
	return nil, fmt.Errorf("all %d test servers under %s are in use", mostSlots, root)
}

// startClean makes the slot anew when it does not start: a fast server's files
// do not survive a power cut, and its version may be another by now.
func startClean(ctx context.Context, opts embedded.Options) (*embedded.Server, error) {
	s, err := embedded.Start(ctx, opts)
	if err == nil {
		if err = sweep(ctx, s.URL("postgres")); err == nil {
			return s, nil
		}
		err = errors.Join(err, s.Stop())
	}
	if errors.Is(err, embedded.ErrInUse) {
		return nil, err
	}
	if removeErr := os.RemoveAll(opts.DataDir); removeErr != nil {
		return nil, errors.Join(err, removeErr)
	}
	return embedded.Start(ctx, opts)
}

// sweep drops the databases of tests that were killed and the templates of
// other migrations.
func sweep(ctx context.Context, base string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database
		WHERE datname ~ '^(test|making|template)_' AND datname <> $1`, templateName())
	if err != nil {
		return err
	}
	left, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range left {
		if _, err := conn.Exec(ctx, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return nil
}

// place is where test servers keep their data: in memory, if the machine has a
// folder there with room to spare. ext4 looks at every inode freed in the last
// minute before it makes a file, and every test makes and drops some 700: there,
// that takes more time than all the tests.
func place() string {
	const memory, room = "/dev/shm", 2 << 30
	var s syscall.Statfs_t
	if err := syscall.Statfs(memory, &s); err != nil || s.Bavail*uint64(s.Bsize) < room {
		return "/tmp"
	}
	return memory
}

// ownDir refuses a directory that somebody else has put where ours belongs.
func ownDir(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("test servers: %w", err)
	}
	// Only its owner may change the mode, so this fails on a foreign one; root
	// passes, and the server does not run as root.
	if err := os.Chmod(dir, 0o755); err != nil {
		return fmt.Errorf("test servers: %w", err)
	}
	return nil
}

func rand() string { return cryptorand.Text() }
