package config

import (
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// DevelopmentMark is the name of the empty file that marks a key directory as
// made for a developer's machine. Production refuses such a directory.
const DevelopmentMark = "development"

// smallestSecret is the shortest token or password that a file may hold.
const smallestSecret = 8

// check reports what the values, each readable in itself, get wrong. Variables
// that could not be read are skipped: they are reported already.
func check(c *Config, readable func(string) bool, faults *Faults) {
	if !readable("MODE") {
		c.Mode = Production
	}
	checkBase(c, faults)
	checkDatabase(c, faults)
	checkKeys(c, faults)
	checkSMTP(c, faults)
	checkCarrier(c, "CARRIER_1_", &c.Carrier1, faults)
	checkCarrier(c, "CARRIER_2_", &c.Carrier2, faults)
	if len(c.Carriers()) == 0 {
		faults.add("CARRIER_1_URL", "missing: without a carrier no code can be texted or spoken")
	}
	checkToken(c, faults)
	checkBrand(c, faults)
	checkLimits(c, faults)
}

func checkBase(c *Config, faults *Faults) {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		faults.add("LISTEN", "want host:port such as 127.0.0.1:8080, not %q", c.Listen)
	}
	if c.BaseURL == "" {
		faults.add("BASE_URL", "missing: the address people reach the product at, such as https://oneid.example.ca")
		return
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http"):
		faults.add("BASE_URL", "want an address such as https://oneid.example.ca, not %q", c.BaseURL)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		faults.add("BASE_URL", "want scheme, host and port only, with no slash at the end, not %q", c.BaseURL)
	case u.Host != strings.ToLower(u.Host):
		faults.add("BASE_URL", "want the host in small letters: browsers and partners compare it by letter")
	case u.Scheme == "http" && !c.AllowsPlainHTTP(u):
		faults.add("BASE_URL", "plain http is %s; want https", whyNoHTTP(c))
	}
}

func whyNoHTTP(c *Config) string {
	if c.Mode == Production {
		return "refused in production"
	}
	return "only for this machine (localhost and names under it)"
}

func checkDatabase(c *Config, faults *Faults) {
	d := &c.Database
	name := "DATABASE_URL"
	if d.URLFile != "" {
		if d.URL != "" {
			faults.add("DATABASE_URL_FILE", "set together with ONEID_DATABASE_URL; only one can hold")
			return
		}
		name = "DATABASE_URL_FILE"
		secret, ok := readSecret(c, name, d.URLFile, faults)
		if !ok {
			return
		}
		d.URL = secret.Reveal()
	}
	if d.URL == "" {
		faults.add(name, "missing: the PostgreSQL server, such as postgres://oneid@db.example.ca/oneid?sslmode=verify-full")
		return
	}
	parsed, err := pgconn.ParseConfig(d.URL)
	if err != nil || !strings.HasPrefix(d.URL, "postgres") {
		faults.add(name, "want an address such as postgres://oneid@db.example.ca/oneid?sslmode=verify-full")
		return
	}
	if d.Pool < 4 || d.Pool > 500 {
		faults.add("DATABASE_POOL", "want 4 to 500, not %d", d.Pool)
	}
	if c.Mode != Production {
		return
	}
	if u, err := url.Parse(d.URL); err == nil && name == "DATABASE_URL" {
		if _, has := u.User.Password(); has || u.Query().Has("password") {
			faults.add(name, "holds a password, which other processes can read here; put the address in the file ONEID_DATABASE_URL_FILE")
		}
	}
	if !verified(parsed) {
		faults.add(name, "would talk to an unverified server; want sslmode=verify-full or a unix socket")
	}
}

// verified reports whether every way to connect checks the server's name, or
// stays on this machine.
func verified(p *pgconn.Config) bool {
	ways := []*pgconn.FallbackConfig{{Host: p.Host, TLSConfig: p.TLSConfig}}
	for _, way := range append(ways, p.Fallbacks...) {
		if strings.HasPrefix(way.Host, "/") {
			continue
		}
		if way.TLSConfig == nil || way.TLSConfig.InsecureSkipVerify || way.TLSConfig.ServerName == "" {
			return false
		}
	}
	return true
}

func checkKeys(c *Config, faults *Faults) {
	if c.AuditCheckpointFile == "" && c.Mode == Production {
		faults.add("AUDIT_CHECKPOINT_FILE", "missing: without it nobody would notice the end of the audit trail being cut off")
	}
	if c.AuditCheckpointFile != "" && !isDir(filepath.Dir(c.AuditCheckpointFile)) {
		faults.add("AUDIT_CHECKPOINT_FILE", "the folder %s is not there", filepath.Dir(c.AuditCheckpointFile))
	}
	if c.KeysDir == "" {
		faults.add("KEYS_DIR", "missing: the folder of the key files (make one with `oneid keys init`)")
		return
	}
	entries, err := os.ReadDir(c.KeysDir)
	if err != nil {
		faults.add("KEYS_DIR", "cannot be read (make one with `oneid keys init`): %v", err)
		return
	}
	if len(entries) == 0 {
		faults.add("KEYS_DIR", "%s is empty; fill it with `oneid keys init`", c.KeysDir)
	}
	if c.Mode != Production {
		return
	}
	for _, e := range entries {
		path := filepath.Join(c.KeysDir, e.Name())
		if e.Name() == DevelopmentMark {
			faults.add("KEYS_DIR", "%s holds development keys; make new ones with `oneid keys init`", c.KeysDir)
		} else if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && open(info.Mode()) {
			faults.add("KEYS_DIR", "%s can be read or changed by others; want mode 0400", path)
		}
	}
}

// open reports whether anybody but the owner may do anything with a file.
func open(mode os.FileMode) bool { return mode.Perm()&0o077 != 0 }

func checkSMTP(c *Config, faults *Faults) {
	s := &c.SMTP
	if s.Host == "" {
		faults.add("SMTP_HOST", "missing: the mail server")
	}
	if s.Port < 1 || s.Port > 65535 {
		faults.add("SMTP_PORT", "want 1 to 65535, not %d", s.Port)
	}
	if s.From == "" {
		faults.add("SMTP_FROM", "missing: the sender's address")
	} else {
		checkEmail("SMTP_FROM", s.From, faults)
	}
	if s.ReplyTo != "" {
		checkEmail("SMTP_REPLY_TO", s.ReplyTo, faults)
	}
	if s.TLS == NoTLS && (c.Mode == Production || !loopback(s.Host)) {
		faults.add("SMTP_TLS", "mail would travel in the open; want starttls or implicit")
	}
	if (s.User == "") != (s.PasswordFile == "") {
		faults.add("SMTP_PASSWORD_FILE", "want both ONEID_SMTP_USER and this, or neither")
	}
	if s.PasswordFile != "" {
		s.Password, _ = readSecret(c, "SMTP_PASSWORD_FILE", s.PasswordFile, faults)
	}
}

func checkCarrier(c *Config, prefix string, carrier *Carrier, faults *Faults) {
	if !carrier.given() {
		return
	}
	if carrier.Name == "" {
		faults.add(prefix+"NAME", "missing: the name that is kept with each message")
	}
	if carrier.Account == "" {
		faults.add(prefix+"ACCOUNT", "missing: the account SID")
	}
	if !e164(carrier.From) {
		faults.add(prefix+"FROM", "want a number such as +14165550100, not %q", carrier.From)
	}
	u, err := url.Parse(carrier.URL)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") || strings.HasSuffix(u.Path, "/"):
		faults.add(prefix+"URL", "want an address such as https://api.carrier.example with no slash at the end, not %q", carrier.URL)
	case u.Scheme == "http" && !c.AllowsPlainHTTP(u):
		faults.add(prefix+"URL", "plain http is %s; want https", whyNoHTTP(c))
	}
	if carrier.TokenFile == "" {
		faults.add(prefix+"TOKEN_FILE", "missing: the file with the account's token")
		return
	}
	carrier.Token, _ = readSecret(c, prefix+"TOKEN_FILE", carrier.TokenFile, faults)
}

func checkBrand(c *Config, faults *Faults) {
	b := c.Brand
	for name, value := range map[string]string{"DESK_EMAIL": b.DeskEmail, "AGENT_EMAIL": b.AgentEmail} {
		checkEmail("BRAND_"+name, value, faults)
	}
	if !e164(b.DeskPhone) {
		faults.add("BRAND_DESK_PHONE", "want a number such as +18662501554, not %q", b.DeskPhone)
	}
	if u, err := url.Parse(b.PortalURL); err != nil || u.Scheme != "https" || u.Host == "" {
		faults.add("BRAND_PORTAL_URL", "want an https address, not %q", b.PortalURL)
	}
	if b.Notice && c.Mode == Production {
		faults.add("BRAND_NOTICE", "tells people that this is a demonstration; refused in production")
	}
	if !regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`).MatchString(c.NameDomain) {
		faults.add("NAME_DOMAIN", "want small letters such as oneidfed.on.ca, not %q", c.NameDomain)
	}
	if !regexp.MustCompile(`^[A-Z0-9-]+(\.[A-Z0-9-]+)+$`).MatchString(c.LoginDomain) {
		faults.add("LOGIN_DOMAIN", "want capitals such as ONEID.ON.CA, not %q", c.LoginDomain)
	}
}

// checkLimits holds the settings that guard people inside the bounds that were
// judged safe.
func checkLimits(c *Config, faults *Faults) {
	within := func(name string, got, least, most time.Duration) {
		if got < least || got > most {
			faults.add(name, "want %s to %s, not %s", least, most, got)
		}
	}
	number := func(name string, got, least, most int) {
		if got < least || got > most {
			faults.add(name, "want %d to %d, not %d", least, most, got)
		}
	}
	within("SESSION_IDLE", c.Session.Idle, time.Minute, time.Hour)
	within("SESSION_ABSOLUTE", c.Session.Absolute, c.Session.Idle, 24*time.Hour)
	within("SESSION_STAFF_IDLE", c.Session.StaffIdle, time.Minute, 15*time.Minute)
	within("SESSION_STAFF_ABSOLUTE", c.Session.StaffAbsolute, c.Session.StaffIdle, 12*time.Hour)
	within("SESSION_SHARED_IDLE", c.Session.SharedIdle, 2*time.Minute, 15*time.Minute)
	within("SESSION_SHARED_ABSOLUTE", c.Session.SharedAbsolute, c.Session.SharedIdle, 4*time.Hour)
	within("SESSION_WEAK_ABSOLUTE", c.Session.WeakAbsolute, time.Minute, 4*time.Hour)
	within("SESSION_WARNING", c.Session.Warning, 20*time.Second, max(c.Session.Idle-time.Second, 20*time.Second))
	number("SESSION_PARALLEL", c.Session.Parallel, 1, 20)
	within("WIZARD_IDLE", c.WizardIdle, 10*time.Minute, 4*time.Hour)
	number("DRAFT_DAYS", c.DraftDays, 1, 30)
	number("DEVICE_DAYS", c.DeviceDays, 1, 365)
	number("PASSWORD_MAX_AGE_DAYS", c.PasswordMaxAgeDays, 0, 3650)
	number("FLOOD_LIMIT", c.FloodLimit, 20, 100_000)
	number("FLOOD_NETWORK_LIMIT", c.FloodNetworkLimit, c.FloodLimit, 1_000_000)
	within("DRAIN_DELAY", c.DrainDelay, 0, time.Minute)
	within("GRACE", c.Grace, time.Second, 2*time.Minute)
	within("DATABASE_STATEMENT_TIMEOUT", c.Database.StatementTimeout, 100*time.Millisecond, 30*time.Second)
	within("DATABASE_LOCK_TIMEOUT", c.Database.LockTimeout, 100*time.Millisecond, c.Database.StatementTimeout)
	if !strongEnough(c.Argon) {
		faults.add("ARGON_MEMORY_KIB", "%d KiB with %d passes and %d lanes is too cheap to attack; want at least "+
			"47104 with 1 pass, 19456 with 2 or 12288 with 3", c.Argon.MemoryKiB, c.Argon.Passes, c.Argon.Lanes)
	}
	if c.Argon.MemoryKiB > 1<<20 || c.Argon.Passes > 10 {
		faults.add("ARGON_MEMORY_KIB", "%d KiB with %d passes would stall the server", c.Argon.MemoryKiB, c.Argon.Passes)
	}
	if c.CommonPasswordsFile != "" {
		if info, err := os.Stat(c.CommonPasswordsFile); err != nil || !info.Mode().IsRegular() {
			faults.add("COMMON_PASSWORDS_FILE", "%s is not a file that can be read", c.CommonPasswordsFile)
		}
	}
}

// strongEnough holds to the floors of OWASP ASVS 5.0, 11.4.2.
func strongEnough(a Argon) bool {
	switch {
	case a.Lanes < 1:
		return false
	case a.Passes >= 3:
		return a.MemoryKiB >= 12288
	case a.Passes == 2:
		return a.MemoryKiB >= 19456
	}
	return a.Passes == 1 && a.MemoryKiB >= 47104
}

func readSecret(c *Config, name, path string, faults *Faults) (Secret, bool) {
	info, err := os.Stat(path)
	if err != nil {
		faults.add(name, "%s cannot be read: %v", path, err)
		return Secret{}, false
	}
	if c.Mode == Production && open(info.Mode()) {
		faults.add(name, "%s can be read or changed by others; want mode 0400", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		faults.add(name, "%s cannot be read: %v", path, err)
		return Secret{}, false
	}
	text := strings.TrimRight(string(b), "\r\n")
	if len(text) < smallestSecret {
		faults.add(name, "%s holds fewer than %d characters", path, smallestSecret)
		return Secret{}, false
	}
	return Secret{text}, true
}

func checkEmail(name, value string, faults *Faults) {
	if a, err := mail.ParseAddress(value); err != nil || a.Address != value {
		faults.add(name, "want a bare address such as desk@example.ca, not %q", value)
	}
}

func e164(number string) bool {
	return regexp.MustCompile(`^\+[1-9]\d{7,14}$`).MatchString(number)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
