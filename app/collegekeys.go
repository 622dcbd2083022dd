package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/app/internal/clock"
	"oneid/app/internal/samlkey"
	"oneid/db"
	"oneid/saml"
)

// The keys that sign what colleges are asked are files of the key folder alone,
// beside the key ring's and those of package samlkey: few look at them, and what
// they sign is looked at once, within minutes. The one with the lowest number
// signs; those after it are only published. So a next key is made and copied to
// every node, the colleges get our metadata, and taking the old file away retires
// it and has the next one sign. Nodes read them when they start.
const (
	collegesUse   = "colleges"
	collegesFirst = 1
)

func collegesFile(n int) string { return fmt.Sprintf("saml-colleges-%d.pem", n) }

// collegeKey is one of them, by its number.
type collegeKey struct {
	number int
	key    saml.SigningKey
}

// collegeKeys reads those of a folder, the one that signs first.
func collegeKeys(dir string) ([]collegeKey, error) {
	numbers, err := collegeNumbers(dir)
	if err != nil {
		return nil, err
	}
	if len(numbers) == 0 {
		numbers = []int{collegesFirst} // whose absence is then the error
	}
	var all []collegeKey
	for _, n := range numbers {
		key, err := readSigningKey(dir, collegesFile(n))
		if err != nil {
			return nil, err
		}
		all = append(all, collegeKey{n, key})
	}
	return all, nil
}

func collegeNumbers(dir string) ([]int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "saml-colleges-*.pem"))
	if err != nil {
		return nil, fmt.Errorf("look for keys toward colleges: %w", err)
	}
	var numbers []int
	for _, name := range names {
		text := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "saml-colleges-"), ".pem")
		if n, err := strconv.Atoi(text); err == nil && n >= collegesFirst && collegesFile(n) == filepath.Base(name) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// collegeCertificates are what colleges are to know us by.
func collegeCertificates(keys []collegeKey) []*x509.Certificate {
	var all []*x509.Certificate
	for _, k := range keys {
		all = append(all, k.key.Certificate)
	}
	return all
}

// makeCollegeKey makes the first key toward colleges, or the next.
func makeCollegeKey(dir string, n int) (saml.SigningKey, error) {
	key, err := saml.NewSigningKey(fmt.Sprintf("oneid colleges-%d", n), clock.System{}.Now())
	if err != nil {
		return key, fmt.Errorf("make SAML key: %w", err)
	}
	if err := samlkey.WriteFile(dir, collegesFile(n), key); err != nil {
		return key, fmt.Errorf("%w: %s has to be writable for whoever runs this: %w", samlkey.ErrFolder, dir, err)
	}
	return key, nil
}

// nextCollegeKey makes the key that is to sign toward colleges after the present
// one.
func nextCollegeKey(ctx context.Context, g *ground, cfg config.Config, w io.Writer) error {
	keys, err := collegeKeys(cfg.KeysDir)
	if err != nil {
		return err
	}
	if len(keys) > 1 {
		return fmt.Errorf("%s: %w", collegesFile(keys[1].number), samlkey.ErrComing)
	}
	n := keys[0].number + 1
	key, err := makeCollegeKey(cfg.KeysDir, n)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
		return g.audit.Record(ctx, tx, audit.Event{
			Kind: audit.KeyMoved, Actor: commandLine, Subject: fmt.Sprintf("%s-%d", collegesUse, n),
			Details: map[string]string{"use": collegesUse, "state": db.KeyNext, "fingerprint": saml.Fingerprint(key.Certificate)},
		})
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s is made. Copy it to %s on every other node, mode 0400, and start each again: /college/metadata then shows both certificates.\n"+
		"When the colleges have them, take %s away from every node and start each again.\n", collegesFile(n), cfg.KeysDir, collegesFile(keys[0].number))
	return err
}

// listCollegeKeys prints the keys toward colleges.
func listCollegeKeys(dir string, w io.Writer) error {
	keys, err := collegeKeys(dir)
	if err != nil {
		return err
	}
	for i, k := range keys {
		state := db.KeyCurrent
		if i > 0 {
			state = db.KeyNext
		}
		_, printed := fmt.Fprintf(w, "%s-%d\t%s\t%s\t%s\t%s\t%.16s\tends %s\n", collegesUse, k.number, collegesUse, samlkey.RSA, state,
			stamp(k.key.Certificate.NotBefore), saml.Fingerprint(k.key.Certificate), stamp(k.key.Certificate.NotAfter))
		err = errors.Join(err, printed)
	}
	return err
}
