package supervise

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"oneid/app/config"
	"oneid/cmd/sandbox/site"
)

// Facts are what the product's environment is made from.
type Facts struct {
	State    string // the sandbox's folder, absolute
	Sites    site.Map
	Database string // PostgreSQL address
	Account  string // the carrier's account
}

// Environ is the environment that points the product at the sandbox.
func Environ(f Facts) map[string]string {
	carrier := fmt.Sprintf("http://%s:%d/carrier", site.Loopback, f.Sites.Inbox.Port)
	host, port, _ := strings.Cut(f.Sites.Mail, ":")
	return map[string]string{
		"ONEID_MODE":                  string(config.Sandbox),
		"ONEID_BASE_URL":              f.Sites.Product.Base(),
		"ONEID_LISTEN":                f.Sites.Product.Listen(),
		"ONEID_KEYS_DIR":              filepath.Join(f.State, "keys"),
		"ONEID_AUDIT_CHECKPOINT_FILE": filepath.Join(f.State, "audit.checkpoint"),
		"ONEID_DATABASE_URL":          f.Database,
		"ONEID_SMTP_HOST":             host,
		"ONEID_SMTP_PORT":             port,
		"ONEID_SMTP_TLS":              string(config.NoTLS),
		"ONEID_SMTP_FROM":             "no-reply@" + f.Sites.Product.Host,
		"ONEID_CARRIER_1_NAME":        "sandbox",
		"ONEID_CARRIER_1_URL":         carrier,
		"ONEID_CARRIER_1_ACCOUNT":     f.Account,
		"ONEID_CARRIER_1_TOKEN_FILE":  filepath.Join(f.State, "sites", "carrier.token"),
		"ONEID_CARRIER_1_FROM":        "+14165550100",
		"ONEID_BRAND_NOTICE":          "true",
		// Everyone here shares one address, tests and load runs included.
		"ONEID_FLOOD_NETWORKS":      "127.0.0.0/8",
		"ONEID_FLOOD_NETWORK_LIMIT": "1000000",
		// There is no load balancer that would have to notice.
		"ONEID_DRAIN_DELAY": "0s",
		"ONEID_GRACE":       "10s",
	}
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./?-]*$`)

// WriteEnviron writes the environment as KEY=value lines that a shell can read
// too; a value is quoted only where it has to be.
func WriteEnviron(path string, environ map[string]string) error {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		value := environ[name]
		if !plain.MatchString(value) {
			value = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
		}
		fmt.Fprintf(&out, "%s=%s\n", name, value)
	}
	return site.WriteFile(path, []byte(out.String()))
}

// processEnviron is our own environment with the product's on top. Settings
// meant for another product do not leak in.
func processEnviron(environ map[string]string) []string {
	var lines []string
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, config.Prefix) {
			lines = append(lines, line)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		lines = append(lines, name+"="+environ[name])
	}
	return lines
}
