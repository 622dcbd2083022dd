package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"oneid/app/internal/secret"
	"oneid/db"
)

// Checkpoint is what the heads of all chains were at a moment, under a MAC. It
// is kept away from the database, so that a chain cut short is found.
type Checkpoint struct {
	At         time.Time `json:"at"`
	Heads      []Head    `json:"heads"`
	KeyVersion int       `json:"key"`
	MAC        []byte    `json:"mac"`
}

// Head is one chain's newest link.
type Head struct {
	Chain int    `json:"chain"`
	Seq   int64  `json:"seq"`
	Hash  string `json:"hash"`
}

// ErrForgedCheckpoint means that a checkpoint is not as we wrote it.
var ErrForgedCheckpoint = errors.New("audit: the checkpoint was changed")

// Checkpoint writes one line for the heads of now.
func (l *Log) Checkpoint(heads []db.AuditHead, now time.Time) ([]byte, error) {
	c := Checkpoint{At: now, KeyVersion: l.Keys.Current(secret.KeyAudit)}
	for _, h := range heads {
		c.Heads = append(c.Heads, Head{Chain: h.Chain, Seq: h.Seq, Hash: base64.StdEncoding.EncodeToString(h.Hash)})
	}
	var err error
	if c.MAC, err = l.sum(c); err != nil {
		return nil, err
	}
	return json.Marshal(c)
}

// ReadCheckpoint returns the newest of the lines. ErrForgedCheckpoint: it is not
// as we wrote it.
func (l *Log) ReadCheckpoint(lines []byte) (*Checkpoint, error) {
	lines = bytes.TrimSpace(lines)
	if len(lines) == 0 {
		return nil, nil
	}
	last := lines[bytes.LastIndexByte(lines, '\n')+1:]
	var c Checkpoint
	if err := json.Unmarshal(last, &c); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForgedCheckpoint, err)
	}
	want, err := l.sum(c)
	if err != nil {
		return nil, err
	}
	if !same(want, c.MAC) {
		return nil, ErrForgedCheckpoint
	}
	return &c, nil
}

// Promised returns the heads in the database's terms, for Verify.
func (c *Checkpoint) Promised() ([]db.AuditHead, error) {
	if c == nil {
		return nil, nil
	}
	heads := make([]db.AuditHead, len(c.Heads))
	for i, h := range c.Heads {
		hash, err := base64.StdEncoding.DecodeString(h.Hash)
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrForgedCheckpoint, err)
		}
		heads[i] = db.AuditHead{Chain: h.Chain, Seq: h.Seq, Hash: hash}
	}
	return heads, nil
}

func (l *Log) sum(c Checkpoint) ([]byte, error) {
	c.MAC = nil
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return l.Keys.MAC(secret.KeyAudit, c.KeyVersion, []byte("checkpoint"), text)
}
