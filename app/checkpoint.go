package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"oneid/app/internal/audit"
	"oneid/db"
)

// checkpointEvery is how often the heads of the audit chains are written where
// the database can't reach (SECURITY.md 5.5).
const checkpointEvery = time.Minute

// keepCheckpoints writes checkpoints until ctx ends, and closes the returned
// channel then. Without a file there are none.
func (a *App) keepCheckpoints(ctx context.Context) <-chan struct{} {
	if a.cfg.AuditCheckpointFile == "" {
		none := make(chan struct{})
		close(none)
		return none
	}
	return rounds(ctx, checkpointEvery, func(ctx context.Context) {
		if err := a.writeCheckpoint(ctx); err != nil {
			a.log.LogAttrs(ctx, slog.LevelError, "audit checkpoint not written", slog.String("error", err.Error()))
		}
	})
}

func (a *App) writeCheckpoint(ctx context.Context) error {
	heads, err := db.AuditHeads(ctx, a.db)
	if err != nil {
		return err
	}
	line, err := a.audit.Checkpoint(heads, a.db.Clock.Now())
	if err != nil {
		return err
	}
	file, err := os.OpenFile(a.cfg.AuditCheckpointFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Sync(), file.Close())
}

// lastCheckpoint reads the newest checkpoint; none is no error.
func (g *ground) lastCheckpoint() (*audit.Checkpoint, error) {
	if g.cfg.AuditCheckpointFile == "" {
		return nil, nil
	}
	body, err := os.ReadFile(filepath.Clean(g.cfg.AuditCheckpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return g.audit.ReadCheckpoint(body)
}
