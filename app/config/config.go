package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Prefix begins the name of every variable.
const Prefix = "ONEID_"

// Config is the whole configuration. Load fills and checks it; afterwards
// nothing changes it.
type Config struct {
	// Mode decides what is refused as unsafe.
	Mode Mode `env:"MODE" envDefault:"production"`
	// BaseURL is where people reach the product: scheme, host and port, with
	// no slash at the end. SAML names and passkeys hang on it.
	BaseURL string `env:"BASE_URL"`
	// Listen is the address of the web server.
	Listen string `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	// Node is the name by which operators know this process among those on the
	// same database; empty means the machine's name.
	Node string `env:"NODE"`
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`
	// MetricsAllow are the networks that may read /metrics.
	MetricsAllow []netip.Prefix `env:"METRICS_ALLOW" envDefault:"127.0.0.0/8,::1/128"`
	// LogLevel is the least level that is logged.
	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	// DrainDelay is how long readiness is off before the server stops
	// accepting, so that a load balancer notices.
	DrainDelay time.Duration `env:"DRAIN_DELAY" envDefault:"5s"`
	// Grace is how long requests in flight may take to end.
	Grace time.Duration `env:"GRACE" envDefault:"20s"`

	// KeysDir holds the key ring's files.
	KeysDir string `env:"KEYS_DIR"`
	// AuditCheckpointFile receives the signed heads of the audit chains. It
	// belongs on another disk or host than the database.
	AuditCheckpointFile string `env:"AUDIT_CHECKPOINT_FILE"`

	Token    Token    `envPrefix:"PKCS11_"`
	Database Database `envPrefix:"DATABASE_"`
	SMTP     SMTP     `envPrefix:"SMTP_"`
	// Carrier1 is asked first to send texts and place calls, Carrier2 when
	// the first fails. See Carriers.
	Carrier1 Carrier `envPrefix:"CARRIER_1_"`
	Carrier2 Carrier `envPrefix:"CARRIER_2_"`
	Brand    Brand   `envPrefix:"BRAND_"`
	Session  Session `envPrefix:"SESSION_"`
	Argon    Argon   `envPrefix:"ARGON_"`

	// LoginDomain ends every login ID, after the @.
	LoginDomain string `env:"LOGIN_DOMAIN" envDefault:"ONEID.ON.CA"`
	// NameDomain ends the names by which services of the province's federation
	// know people, after the @.
	NameDomain string `env:"NAME_DOMAIN" envDefault:"oneidfed.on.ca"`
	// CommonPasswordsFile names refused passwords beyond the shipped list.
	CommonPasswordsFile string `env:"COMMON_PASSWORDS_FILE"`
	// PasswordMaxAgeDays is when a password must be changed; 0 means never.
	PasswordMaxAgeDays int `env:"PASSWORD_MAX_AGE_DAYS" envDefault:"365"`
	// WizardIdle ends a registration session that nobody touches.
	WizardIdle time.Duration `env:"WIZARD_IDLE" envDefault:"60m"`
	// DraftDays is how long an unfinished registration can be resumed.
	DraftDays int `env:"DRAFT_DAYS" envDefault:"7"`
	// DeviceDays is how long a recognised device stays recognised.
	DeviceDays int `env:"DEVICE_DAYS" envDefault:"30"`
	// OneMailStep shows the wizard's ONE Mail Direct step.
	OneMailStep bool `env:"ONE_MAIL_STEP" envDefault:"true"`

	// FloodLimit is how many dynamic pages one address may ask for in five
	// minutes.
	FloodLimit int `env:"FLOOD_LIMIT" envDefault:"300"`
	// FloodNetworks are shared addresses, such as a hospital's, to which
	// FloodNetworkLimit applies instead.
	FloodNetworks     []netip.Prefix `env:"FLOOD_NETWORKS"`
	FloodNetworkLimit int            `env:"FLOOD_NETWORK_LIMIT" envDefault:"6000"`

	source map[string]string // what Describe shows
}

// Database is the PostgreSQL server.
type Database struct {
	// URL is a postgres:// address as given, for single connections and
	// migrations. It may hold a password: never print it.
	URL string `env:"URL"`
	// URLFile holds the address instead, when it has a password.
	URLFile string `env:"URL_FILE"`
	// Pool is the most connections one process opens.
	Pool int `env:"POOL" envDefault:"20"`
	// StatementTimeout and LockTimeout bound what a page waits for.
	StatementTimeout time.Duration `env:"STATEMENT_TIMEOUT" envDefault:"3s"`
	LockTimeout      time.Duration `env:"LOCK_TIMEOUT" envDefault:"2s"`
}

// SMTP is the server that takes our mail.
type SMTP struct {
	Host string `env:"HOST"`
	Port int    `env:"PORT" envDefault:"587"`
	// TLS is starttls (demanded, never merely tried), implicit or none.
	TLS SMTPTLS `env:"TLS" envDefault:"starttls"`
	// User signs in with PasswordFile's content; empty means no sign-in.
	User         string `env:"USER"`
	PasswordFile string `env:"PASSWORD_FILE"`
	// From is the sender's address, ReplyTo where answers go, if anywhere.
	From    string `env:"FROM"`
	ReplyTo string `env:"REPLY_TO"`
	// Password is PasswordFile's content.
	Password Secret `env:"-"`
}

// Carrier sends texts and places calls through a Twilio-shaped API.
type Carrier struct {
	// Name is shown to operators and kept with each message.
	Name string `env:"NAME"`
	// URL is the API's base, before /2010-04-01.
	URL string `env:"URL"`
	// Account is the account SID.
	Account   string `env:"ACCOUNT"`
	TokenFile string `env:"TOKEN_FILE"`
	// From is our number with the carrier, like +14165550100.
	From string `env:"FROM"`
	// Token is TokenFile's content. It also signs the carrier's webhooks.
	Token Secret `env:"-"`
}

// Brand is what the product calls itself and whom people call for help.
type Brand struct {
	Name string `env:"NAME" envDefault:"ONE ID"`
	// Mark is the text beside the name in the header, where a logo would be.
	Mark     string `env:"MARK"`
	AgencyEN string `env:"AGENCY_EN" envDefault:"Ontario Health"`
	AgencyFR string `env:"AGENCY_FR" envDefault:"Santé Ontario"`
	// DeskPhone is the Service Desk's number, like +18662501554.
	DeskPhone  string `env:"DESK_PHONE" envDefault:"+18662501554"`
	DeskEmail  string `env:"DESK_EMAIL" envDefault:"servicedesk@ehealthontario.on.ca"`
	AgentEmail string `env:"AGENT_EMAIL" envDefault:"ONEIDRegistrationAgents@ontariohealth.ca"`
	// PortalURL is the agency's own site about its digital services.
	PortalURL string `env:"PORTAL_URL" envDefault:"https://www.ehealthontario.on.ca/"`
	// Notice shows that this is a demonstration and no official service.
	Notice bool `env:"NOTICE" envDefault:"false"`
}

// Session bounds sessions. Idle counts from the last request, Absolute from
// the sign-in.
type Session struct {
	Idle          time.Duration `env:"IDLE" envDefault:"15m"`
	Absolute      time.Duration `env:"ABSOLUTE" envDefault:"12h"`
	StaffIdle     time.Duration `env:"STAFF_IDLE" envDefault:"10m"`
	StaffAbsolute time.Duration `env:"STAFF_ABSOLUTE" envDefault:"8h"`
	// SharedIdle and SharedAbsolute hold, where they are shorter, at a shared
	// workstation.
	SharedIdle     time.Duration `env:"SHARED_IDLE" envDefault:"5m"`
	SharedAbsolute time.Duration `env:"SHARED_ABSOLUTE" envDefault:"1h"`
	// WeakAbsolute bounds sessions opened by challenge questions. A recovery opens
	// none.
	WeakAbsolute time.Duration `env:"WEAK_ABSOLUTE" envDefault:"1h"`
	// Warning is how long before the end the page says so.
	Warning time.Duration `env:"WARNING" envDefault:"150s"`
	// Parallel is how many sessions one account may have.
	Parallel int `env:"PARALLEL" envDefault:"5"`
}

// Argon is the cost of hashing passwords and answers with Argon2id.
type Argon struct {
	MemoryKiB uint32 `env:"MEMORY_KIB" envDefault:"47104"`
	Passes    uint32 `env:"PASSES" envDefault:"2"`
	Lanes     uint8  `env:"LANES" envDefault:"1"`
}

// Carriers are the configured carriers in the order they are tried.
func (c Config) Carriers() []Carrier {
	var list []Carrier
	for _, carrier := range []Carrier{c.Carrier1, c.Carrier2} {
		if carrier.given() {
			list = append(list, carrier)
		}
	}
	return list
}
