package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CreateKeys makes the directory and a first key for every purpose that has
// none. It never overwrites or replaces a file. With development set it marks a
// new ring as one that production refuses; it will not put that mark on a ring
// that was made without it, nor quietly complete a development ring for
// production.
func CreateKeys(dir string, development bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make key directory: %w", err)
	}
	held, err := filepath.Glob(filepath.Join(dir, "*"+keySuffix))
	if err != nil {
		return fmt.Errorf("list keys: %w", err)
	}
	marker := filepath.Join(dir, developmentFile)
	_, err = os.Stat(marker)
	marked := err == nil
	switch {
	case marked && !development:
		return fmt.Errorf("%s holds development keys: production needs a directory of its own", dir)
	case !marked && development && len(held) > 0:
		return fmt.Errorf("%s holds keys that are not for development", dir)
	case !marked && development:
		// Marked before the first key, so that no crash leaves them unmarked.
		if err := os.WriteFile(marker, []byte("These keys are for development only.\n"), 0o600); err != nil {
			return fmt.Errorf("mark development keys: %w", err)
		}
	}
	for _, purpose := range purposes {
		// Any version will do: a ring may have lost its first to rotation.
		versions, err := filepath.Glob(filepath.Join(dir, string(purpose)+"-*"+keySuffix))
		if err != nil {
			return fmt.Errorf("list keys for %s: %w", purpose, err)
		}
		if len(versions) > 0 {
			continue
		}
		if err := createKey(filepath.Join(dir, string(purpose)+"-1"+keySuffix)); err != nil {
			return fmt.Errorf("make key for %s: %w", purpose, err)
		}
	}
	return nil
}

// createKey writes a whole key or nothing: it is linked into place when
// complete, and the link fails where another process was first.
func createKey(path string) error {
	key := make([]byte, keyLength)
	rand.Read(key)
	draft, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	defer draft.Close()
	if _, err := draft.WriteString(base64.StdEncoding.EncodeToString(key) + "\n"); err != nil {
		return err
	}
	if err := draft.Chmod(0o400); err != nil {
		return err
	}
	if err := draft.Sync(); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
