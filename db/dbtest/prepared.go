package dbtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Prepared is a database that is filled once per process and then cloned for
// each test: for rows that every test of a kind needs. Its zero value with a
// Fill is ready.
type Prepared struct {
	// Fill fills the migrated database at url, and leaves no connection to it.
	Fill func(ctx context.Context, url string) error

	once sync.Once
	name string
	err  error
}

// URL is the address of a clone that belongs to the test alone.
func (p *Prepared) URL(t testing.TB) string {
	t.Helper()
	base, err := server()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	p.once.Do(func() { p.name, p.err = p.make(base) })
	if p.err != nil {
		t.Fatalf("dbtest: prepare database: %v", p.err)
	}
	return cloneOf(t, base, p.name)
}

// make fills a database that outlives the test it is made in. Nobody drops it:
// the server's next start sweeps what tests left.
func (p *Prepared) make(base string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setUpLimit)
	defer cancel()
	name := "test_" + strings.ToLower(rand())
	if err := locked(ctx, base, "CREATE DATABASE "+name+" TEMPLATE "+templateName()+" STRATEGY FILE_COPY"); err != nil {
		return "", err
	}
	if err := p.Fill(ctx, withDatabase(base, name)); err != nil {
		return "", fmt.Errorf("fill: %w", err)
	}
	return name, nil
}

// cloneOf copies a template for one test; an empty name makes an empty database.
func cloneOf(t testing.TB, base, template string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand())
	statement := "CREATE DATABASE " + name
	if template != "" {
		statement += " TEMPLATE " + template + " STRATEGY FILE_COPY"
	}
	if err := locked(t.Context(), base, statement); err != nil {
		t.Fatalf("dbtest: create database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := exec(ctx, base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dbtest: drop database: %v", err)
		}
	})
	return withDatabase(base, name)
}
