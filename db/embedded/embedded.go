package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// startLimit leaves room for crash recovery of a large directory.
	startLimit = time.Minute
	// fastStop is how long a fast shutdown may take before we insist.
	fastStop = 10 * time.Second
	// hardStop is how long the immediate shutdown may take before SIGKILL.
	hardStop = 5 * time.Second
	// readyPoll is short because a start takes 10 to 60 ms.
	readyPoll = 5 * time.Millisecond

	superuser = "oneid"
	port      = "5432" // only names the socket file; named so that PGPORT cannot interfere
)

// Options says where the server keeps its data and how careful it is.
type Options struct {
	// DataDir is made when missing. A lock file and, while it is being made, a
	// ".new" directory appear beside it.
	DataDir string
	// SocketDir is where clients connect; empty means a short path of our own
	// (a socket path holds 107 bytes at most, so deep directories do not work).
	SocketDir string
	// Fast gives up durability for speed. For tests only.
	Fast bool
	// Logger hears which binaries are used and as whom; nil means silence.
	Logger *slog.Logger
}

// Server is a running PostgreSQL. Its methods may be called concurrently.
type Server struct {
	socketDir string
	dataDir   string
	ownSocket bool
	lock      *os.File
	process   *process
	stop      sync.Once
	stopErr   error
}

// Start runs a server on opts.DataDir and returns once it accepts connections.
// The context bounds the start only; Stop ends the server. It refuses when the
// directory is in use by a living process, when no PostgreSQL is to be found,
// or when root has no way to run it as somebody else.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	dir, err := filepath.Abs(opts.DataDir)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", opts.DataDir, err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	bin, err := chooseBinaries(dir)
	if err != nil {
		return nil, err
	}
	who, err := chooseIdentity(bin, filepath.Dir(dir))
	if err != nil {
		return nil, err
	}
	opts.Logger.Info("embedded PostgreSQL", "binaries", bin.dir, "version", bin.major, "as", who.name, "data", dir)

	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dataDir: dir, lock: lock}
	if err := s.run(ctx, opts, bin, who); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	go func() {
		// Whoever forgets the server must not lose it: with its lock collected,
		// another process would take the directory over and end it.
		<-s.process.done
		runtime.KeepAlive(s)
	}()
	return s, nil
}

func (s *Server) run(ctx context.Context, opts Options, bin binaries, who identity) error {
	if err := retireStale(ctx, s.dataDir); err != nil {
		return err
	}
	if err := initialise(ctx, s.dataDir, opts.Fast, bin, who); err != nil {
		return err
	}
	if err := who.own(s.dataDir); err != nil {
		return err
	}
	socketDir, err := socketDir(opts.SocketDir, s.dataDir, who)
	if err != nil {
		return err
	}
	s.socketDir, s.ownSocket = socketDir, opts.SocketDir == ""

	logName := filepath.Join(s.dataDir, "server.log")
	logFile, err := os.Create(logName)
	if err != nil {
		return fmt.Errorf("server log: %w", err)
	}
	defer logFile.Close()
	cmd := exec.Command(bin.path("postgres"), serverArgs(s.dataDir, socketDir, opts.Fast)...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = s.dataDir, childEnv(), who.attr(syscall.SIGINT)
	cmd.Stdout, cmd.Stderr = logFile, logFile
	if s.process, err = start(cmd); err != nil {
		return fmt.Errorf("start PostgreSQL as %s: %w", who.name, err)
	}
	if err := s.waitReady(ctx); err != nil {
		return fmt.Errorf("PostgreSQL on %s: %w\n%s", s.dataDir, err, tail(logName))
	}
	return nil
}

// waitReady reads postmaster.pid rather than dialling: a dial could be answered
// by another server, and succeeds before recovery has ended.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		if pid, status := readPostmaster(s.dataDir); pid == s.process.pid && status == "ready" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-s.process.done:
			return errors.New("ended while starting")
		case <-tick.C:
		}
	}
}

// URL is the address of a database on this server, for pgx. The database need
// not exist yet: see EnsureDatabase.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	u.RawQuery = url.Values{"host": {s.socketDir}, "port": {port}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

// EnsureDatabase creates the database unless it is there. Two callers may race.
func (s *Server) EnsureDatabase(ctx context.Context, database string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return fmt.Errorf("create database %s: %w", database, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize())
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code == "42P04" || refused.Code == "23505") { // it exists, or a racer made it
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", database, err)
	}
	return nil
}

// Done is closed when the server has ended, whether asked to or not.
func (s *Server) Done() <-chan struct{} { return s.process.done }

// Stop disconnects every client, ends the server and frees the directory. It
// may be called again and then answers the same.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		if s.process != nil {
			s.stopErr = s.process.end()
		}
		if s.ownSocket {
			s.stopErr = errors.Join(s.stopErr, os.RemoveAll(s.socketDir))
		}
		s.stopErr = errors.Join(s.stopErr, s.lock.Close())
	})
	return s.stopErr
}

func serverArgs(dir, socketDir string, fast bool) []string {
	settings := []string{
		"listen_addresses=", "unix_socket_directories=" + socketDir, "unix_socket_permissions=0700", "port=" + port,
		"timezone=UTC", "log_timezone=UTC",
		// A refused statement can carry personal data: keep it out of the log.
		"log_min_error_statement=panic", "log_error_verbosity=terse", "log_checkpoints=off",
	}
	if fast {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"autovacuum=off", "max_connections=400", "max_wal_size=1GB")
	} else {
		settings = append(settings, "max_connections=200")
	}
	args := []string{"-D", dir}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// childEnv leaves out every PG* variable, which the server and initdb obey.
func childEnv() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=" + locale(), "TZ=UTC"}
}

// readPostmaster answers zero and "" when there is no complete file.
func readPostmaster(dir string) (pid int, status string) {
	b, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return 0, ""
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	if len(lines) >= 8 {
		status = strings.TrimSpace(lines[7])
	}
	return pid, status
}

func tail(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	const most = 2000
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return strings.TrimSpace(string(b))
}
