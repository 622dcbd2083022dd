package config_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"oneid/app/config"
)

// sound is a production environment with nothing wrong.
func sound(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o400); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("keys/seal-1.key", "k")
	return map[string]string{
		"ONEID_BASE_URL":              "https://oneid.example.ca",
		"ONEID_DATABASE_URL":          "postgres://oneid@db.example.ca/oneid?sslmode=verify-full",
		"ONEID_KEYS_DIR":              filepath.Join(dir, "keys"),
		"ONEID_AUDIT_CHECKPOINT_FILE": filepath.Join(dir, "checkpoints"),
		"ONEID_SMTP_HOST":             "mail.example.ca",
		"ONEID_SMTP_FROM":             "oneid@example.ca",
		"ONEID_SMTP_USER":             "oneid",
		"ONEID_SMTP_PASSWORD_FILE":    write("smtp", "mail-secret\n"),
		"ONEID_CARRIER_1_NAME":        "first",
		"ONEID_CARRIER_1_URL":         "https://api.carrier.example",
		"ONEID_CARRIER_1_ACCOUNT":     "AC1",
		"ONEID_CARRIER_1_TOKEN_FILE":  write("token", "carrier-secret\n"),
		"ONEID_CARRIER_1_FROM":        "+14165550100",
	}
}

// sandbox is an environment as a developer's machine has it.
func sandbox(t *testing.T) map[string]string {
	env := sound(t)
	env["ONEID_MODE"] = "sandbox"
	env["ONEID_BASE_URL"] = "http://oneid.localhost:8080"
	env["ONEID_DATABASE_URL"] = "postgres://oneid@/oneid?host=/tmp/pg&sslmode=disable"
	env["ONEID_SMTP_HOST"] = "127.0.0.1"
	env["ONEID_SMTP_TLS"] = "none"
	env["ONEID_CARRIER_1_URL"] = "http://inbox.localhost:8090/carrier"
	env["ONEID_BRAND_NOTICE"] = "true"
	delete(env, "ONEID_AUDIT_CHECKPOINT_FILE")
	return env
}

func TestASoundProductionEnvironmentIsAccepted(t *testing.T) {
	t.Parallel()
	cfg, err := config.LoadFrom(sound(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Mode; got != config.Production {
		t.Errorf("mode = %q, want production unless told otherwise", got)
	}
	if got := cfg.SMTP.Password.Reveal(); got != "mail-secret" {
		t.Errorf("mail password = %q, want the file's content", got)
	}
	if got := len(cfg.Carriers()); got != 1 {
		t.Errorf("carriers = %d, want 1", got)
	}
	if got := cfg.Session.Idle; got != 15*time.Minute {
		t.Errorf("session idle = %v, want 15m", got)
	}
	if !cfg.OneMailStep || cfg.FloodLimit != 300 || cfg.Database.Pool != 20 {
		t.Errorf("defaults: step %v, flood %d, pool %d", cfg.OneMailStep, cfg.FloodLimit, cfg.Database.Pool)
	}
	if !cfg.Secure() || cfg.Host() != "oneid.example.ca" {
		t.Errorf("secure %v, host %q", cfg.Secure(), cfg.Host())
	}
}

func TestASandboxEnvironmentIsAccepted(t *testing.T) {
	t.Parallel()
	cfg, err := config.LoadFrom(sandbox(t))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Secure() || cfg.Host() != "oneid.localhost" {
		t.Errorf("secure %v, host %q", cfg.Secure(), cfg.Host())
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.LoadFrom(map[string]string{
		"ONEID_MODE":          "prod",
		"ONEID_LISTEN":        "here",
		"ONEID_SESSION_IDLE":  "a while",
		"ONEID_DATABASE_POOL": "many",
		"ONEID_SMTP_PROT":     "25",
	})

	var faults config.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("err = %v, want Faults", err)
	}
	for _, want := range []string{
		`ONEID_MODE: cannot read "prod": want production, development or sandbox`,
		`ONEID_LISTEN: want host:port`,
		`ONEID_SESSION_IDLE: cannot read "a while": want a duration`,
		`ONEID_DATABASE_POOL: cannot read "many": want a whole number`,
		`ONEID_SMTP_PROT: nothing reads this name; is ONEID_SMTP_PORT meant?`,
		`ONEID_BASE_URL: missing`,
		`ONEID_DATABASE_URL: missing`,
		`ONEID_KEYS_DIR: missing`,
		`ONEID_SMTP_HOST: missing`,
		`ONEID_SMTP_FROM: missing`,
		`ONEID_CARRIER_1_URL: missing`,
		`ONEID_AUDIT_CHECKPOINT_FILE: missing`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the report lacks %q:\n%v", want, err)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		start  func(*testing.T) map[string]string
		set    map[string]string
		want   string // part of a fault; empty: accepted
		touch  func(t *testing.T, env map[string]string)
		unless string
	}{
		{name: "production refuses plain http", start: sound, set: map[string]string{"BASE_URL": "http://oneid.example.ca"},
			want: "ONEID_BASE_URL: plain http is refused in production"},
		{name: "production refuses plain http on this machine too", start: sound, set: map[string]string{"BASE_URL": "http://localhost:8080"},
			want: "ONEID_BASE_URL: plain http is refused in production"},
		{name: "the sandbox keeps plain http on this machine", start: sandbox, set: map[string]string{"BASE_URL": "http://oneid.example.ca"},
			want: "ONEID_BASE_URL: plain http is only for this machine"},
		{name: "a path is no part of the base", start: sound, set: map[string]string{"BASE_URL": "https://oneid.example.ca/"},
			want: "ONEID_BASE_URL: want scheme, host and port only"},
		{name: "capitals in the host", start: sound, set: map[string]string{"BASE_URL": "https://OneID.example.ca"},
			want: "ONEID_BASE_URL: want the host in small letters"},
		{name: "production checks the database's name", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid@db.example.ca/oneid?sslmode=require"},
			want: "ONEID_DATABASE_URL: would talk to an unverified server"},
		{name: "also where TLS is merely preferred", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid@db.example.ca/oneid"},
			want: "ONEID_DATABASE_URL: would talk to an unverified server"},
		{name: "also on the second host", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid@a.example.ca,b.example.ca/oneid?sslmode=verify-ca"},
			want: "ONEID_DATABASE_URL: would talk to an unverified server"},
		{name: "two verified hosts", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid@a.example.ca,b.example.ca/oneid?sslmode=verify-full&target_session_attrs=read-write"}},
		{name: "a unix socket needs no TLS", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid@/oneid?host=/run/postgresql"}},
		{name: "no password in the environment", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid:hush@db.example.ca/oneid?sslmode=verify-full"},
			want: "ONEID_DATABASE_URL: holds a password", unless: "hush"},
		{name: "not even as a parameter", start: sound, set: map[string]string{"DATABASE_URL": "postgres://oneid@db.example.ca/oneid?sslmode=verify-full&password=hush"},
			want: "ONEID_DATABASE_URL: holds a password", unless: "hush"},
		{name: "the database address from a file", start: sound, touch: func(t *testing.T, env map[string]string) {
			env["ONEID_DATABASE_URL_FILE"] = file(t, 0o400, env["ONEID_DATABASE_URL"]+"\n")
			delete(env, "ONEID_DATABASE_URL")
		}},
		{name: "two database addresses", start: sound, set: map[string]string{"DATABASE_URL_FILE": "/nowhere"},
			want: "ONEID_DATABASE_URL_FILE: set together"},
		{name: "development keys", start: sound, want: "ONEID_KEYS_DIR: ", touch: func(t *testing.T, env map[string]string) {
			if err := os.WriteFile(filepath.Join(env["ONEID_KEYS_DIR"], config.DevelopmentMark), nil, 0o400); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "key files open to others", start: sound, want: "seal-1.key can be read or changed by others", touch: func(t *testing.T, env map[string]string) {
			if err := os.Chmod(filepath.Join(env["ONEID_KEYS_DIR"], "seal-1.key"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "half a token", start: sound, set: map[string]string{"PKCS11_LABEL": "oneid"}, want: "ONEID_PKCS11_MODULE: missing"},
		{name: "a token without its PIN", start: sound, set: map[string]string{"PKCS11_MODULE": "/bin/sh", "PKCS11_LABEL": "oneid"}, want: "ONEID_PKCS11_PIN_FILE: missing"},
		{name: "no key directory", start: sound, set: map[string]string{"KEYS_DIR": "/nowhere/keys"}, want: "ONEID_KEYS_DIR: cannot be read"},
		{name: "a secret open to others", start: sound, want: "ONEID_SMTP_PASSWORD_FILE: ", touch: func(t *testing.T, env map[string]string) {
			env["ONEID_SMTP_PASSWORD_FILE"] = file(t, 0o644, "mail-secret")
		}},
		{name: "an empty secret", start: sound, want: "holds fewer than 8 characters", touch: func(t *testing.T, env map[string]string) {
			env["ONEID_CARRIER_1_TOKEN_FILE"] = file(t, 0o400, "\n")
		}},
		{name: "mail in the open", start: sound, set: map[string]string{"SMTP_TLS": "none"}, want: "ONEID_SMTP_TLS: mail would travel in the open"},
		{name: "mail in the open from the sandbox", start: sandbox, set: map[string]string{"SMTP_HOST": "mail.example.ca"},
			want: "ONEID_SMTP_TLS: mail would travel in the open"},
		{name: "a user without a password", start: sound, set: map[string]string{"SMTP_PASSWORD_FILE": ""}, want: "ONEID_SMTP_PASSWORD_FILE: want both"},
		{name: "a carrier on plain http", start: sound, set: map[string]string{"CARRIER_1_URL": "http://api.carrier.example"},
			want: "ONEID_CARRIER_1_URL: plain http is refused in production"},
		{name: "half a second carrier", start: sound, set: map[string]string{"CARRIER_2_NAME": "second"}, want: "ONEID_CARRIER_2_ACCOUNT: missing"},
		{name: "the demonstration notice", start: sound, set: map[string]string{"BRAND_NOTICE": "true"}, want: "ONEID_BRAND_NOTICE: "},
		{name: "cheap hashing", start: sound, set: map[string]string{"ARGON_MEMORY_KIB": "8192"}, want: "ONEID_ARGON_MEMORY_KIB: "},
		{name: "one pass needs more memory", start: sound, set: map[string]string{"ARGON_MEMORY_KIB": "19456", "ARGON_PASSES": "1"}, want: "ONEID_ARGON_MEMORY_KIB: "},
		{name: "two passes at the floor", start: sound, set: map[string]string{"ARGON_MEMORY_KIB": "19456"}},
		{name: "sessions without end", start: sound, set: map[string]string{"SESSION_IDLE": "100h"}, want: "ONEID_SESSION_IDLE: want 1m0s to 1h0m0s"},
		{name: "devices remembered too long", start: sound, set: map[string]string{"DEVICE_DAYS": "366"}, want: "ONEID_DEVICE_DAYS: want 1 to 365"},
		{name: "passwords that never age", start: sound, set: map[string]string{"PASSWORD_MAX_AGE_DAYS": "0"}},
		{name: "proxies that are no networks", start: sound, set: map[string]string{"TRUSTED_PROXIES": "10.0.0.1"}, want: "ONEID_TRUSTED_PROXIES: cannot read"},
		{name: "an unknown log level", start: sound, set: map[string]string{"LOG_LEVEL": "loud"}, want: "want debug, info, warn or error"},
		{name: "a missing password list", start: sound, set: map[string]string{"COMMON_PASSWORDS_FILE": "/nowhere"}, want: "ONEID_COMMON_PASSWORDS_FILE: "},
		{name: "an empty variable is an absent one", start: sound, set: map[string]string{"SESSION_IDLE": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := test.start(t)
			for name, value := range test.set {
				env["ONEID_"+name] = value
			}
			if test.touch != nil {
				test.touch(t, env)
			}
			_, err := config.LoadFrom(env)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("err = %v, want none", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("err = %v, want %q", err, test.want)
			case test.unless != "" && err != nil && strings.Contains(err.Error(), test.unless):
				t.Errorf("err = %v shows %q", err, test.unless)
			}
		})
	}
}

func TestACommandHearsOnlyOfItsConcerns(t *testing.T) {
	t.Parallel()
	env := []string{"HOME=/root", "ONEID_DATABASE_URL=postgres://oneid@/oneid?host=/run/postgresql"}

	cfg, err := config.Load(env, "MODE", "DATABASE_URL", "DATABASE_URL_FILE")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cfg.Database.URL, "postgres://oneid@/oneid?host=/run/postgresql"; got != want {
		t.Errorf("address = %q, want %q", got, want)
	}
	if _, err := config.Load(env); err == nil {
		t.Error("the whole configuration was accepted with most of it missing")
	}
}

func TestThePoolAddressCarriesTheLimits(t *testing.T) {
	t.Parallel()
	cfg, err := config.LoadFrom(sound(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sslmode=verify-full", "pool_max_conns=20", "statement_timeout=3000", "lock_timeout=2000"} {
		if got := cfg.Database.PoolURL(); !strings.Contains(got, want) {
			t.Errorf("pool address %q lacks %s", got, want)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	env := sandbox(t)
	env["ONEID_DATABASE_URL"] = "postgres://oneid:hush-hush@127.0.0.1/oneid?password=hush-again"
	cfg, err := config.LoadFrom(env)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := cfg.Describe(&out); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&out, "%v %+v %#v", cfg.SMTP, cfg.Carriers(), cfg.Carrier1)
	for _, secret := range []string{"mail-secret", "carrier-secret", "hush-hush", "hush-again"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("printed: %s", secret)
		}
	}
	for _, want := range []string{"ONEID_MODE", "sandbox", "ONEID_DRAFT_DAYS", "(default)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the description lacks %s:\n%s", want, out.String())
		}
	}
}

func TestTheDocumentListsTheWholeEnvironment(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for line := range strings.Lines(string(body)) {
		cells := strings.Split(line, "|")
		if len(cells) > 3 && strings.HasPrefix(strings.Trim(cells[1], " `"), "ONEID_") {
			documented[strings.Trim(cells[1], " `")] = strings.Trim(cells[2], " `")
		}
	}
	for _, p := range config.Names() {
		value, there := documented[p.Key]
		if !there {
			t.Errorf("docs/configuration.md lacks %s", p.Key)
		} else if value != p.DefaultValue {
			t.Errorf("docs/configuration.md says %s defaults to %q, the code says %q", p.Key, value, p.DefaultValue)
		}
		delete(documented, p.Key)
	}
	delete(documented, "ONEID_POSTGRES_BIN") // read by db/embedded
	if left := slices.Sorted(maps.Keys(documented)); len(left) > 0 {
		t.Errorf("docs/configuration.md lists what nothing reads: %v", left)
	}
}

func file(t *testing.T, mode os.FileMode, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}
