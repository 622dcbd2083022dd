package passkey

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"oneid/app/internal/audit"
	"oneid/app/internal/outbox"
	"oneid/app/internal/secret"
	"oneid/db"
)

// Limits (SECURITY.md 5.3).
const (
	Most = 10 // passkeys of one account
	life = 5 * time.Minute
)

// What an exchange is for. They are stored.
const (
	SignIn    = "signin"
	Challenge = "challenge"
	Recovery  = "recovery"
	add       = "add"
)

// Keys keeps the passkeys of all accounts.
type Keys struct {
	db    *db.DB
	audit *audit.Log
	tell  Tell
	party *webauthn.WebAuthn
}

// Tell sends news to an account on every channel, in the transaction of what
// happened.
type Tell func(ctx context.Context, tx db.Tx, account db.AccountID, news outbox.News) error

// New returns the passkeys of the site at base, which shows itself to devices
// by a name.
func New(d *db.DB, log *audit.Log, tell Tell, base *url.URL, name string) (*Keys, error) {
	party, err := webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: name, RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		// For the browser; whether an exchange is still open is ours to say.
		Timeouts: webauthn.TimeoutsConfig{
			Login: webauthn.TimeoutConfig{Timeout: life}, Registration: webauthn.TimeoutConfig{Timeout: life},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare passkeys: %w", err)
	}
	return &Keys{db: d, audit: log, tell: tell, party: party}, nil
}

// Exchange is what the page's script gets to begin with. It is no secret to
// whoever asked for it.
type Exchange struct {
	Token   string `json:"exchange"`
	Options any    `json:"publicKey"`
}

// state is what is kept of an exchange.
type state struct {
	Session webauthn.SessionData `json:"session"`
	Name    string               `json:"name,omitempty"` // of the passkey being added
}

// Start begins a proof. An account is named for Challenge only: its owner's
// device is then told which passkeys will do. For SignIn and Recovery it is
// empty, and everybody gets the same.
func (k *Keys) Start(ctx context.Context, purpose string, account db.AccountID, browser []byte) (Exchange, error) {
	if purpose != Challenge {
		request, session, err := k.party.BeginDiscoverableLogin()
		if err != nil {
			return Exchange{}, fmt.Errorf("start passkey exchange: %w", err)
		}
		return k.keep(ctx, k.db, purpose, "", browser, request.Response, state{Session: *session})
	}
	rows, err := db.PasskeysOf(ctx, k.db, account)
	if err != nil {
		return Exchange{}, err
	}
	owner, err := newHolder(Owner{Account: account}, rows)
	if err != nil {
		return Exchange{}, err
	}
	request, session, err := k.party.BeginDiscoverableLogin(webauthn.WithAllowedCredentials(owner.descriptors()))
	if err != nil {
		return Exchange{}, fmt.Errorf("start passkey exchange: %w", err)
	}
	// Whose passkey answers is judged by whose it is then, not by this list.
	session.UserID, session.AllowedCredentialIDs = owner.WebAuthnID(), nil
	return k.keep(ctx, k.db, purpose, account, browser, request.Response, state{Session: *session})
}

func (k *Keys) keep(ctx context.Context, q db.Querier, purpose string, account db.AccountID, browser []byte, options any, s state) (Exchange, error) {
	kept, err := json.Marshal(s)
	if err != nil {
		return Exchange{}, fmt.Errorf("keep passkey exchange: %w", err)
	}
	token, hash := secret.NewToken()
	err = db.InsertPasskeyExchange(ctx, q, &db.PasskeyExchange{
		TokenHash: hash, Purpose: purpose, AccountID: account, Browser: browser, State: kept, ExpiresAt: k.db.Clock.Now().Add(life),
	})
	return Exchange{Token: token.Reveal(), Options: options}, err
}

// take uses an exchange up. db.ErrNotFound: there is none to answer.
func (k *Keys) take(ctx context.Context, purpose, token string, browser []byte) (*db.PasskeyExchange, state, error) {
	var s state
	row, err := db.TakePasskeyExchange(ctx, k.db, secret.HashToken(token), purpose, browser, k.db.Clock.Now())
	if err != nil {
		return nil, s, err
	}
	if err := json.Unmarshal(row.State, &s); err != nil {
		return nil, s, fmt.Errorf("read passkey exchange: %w", err)
	}
	return row, s, nil
}

// Has tells whether an account has a passkey that works.
func (k *Keys) Has(ctx context.Context, q db.Querier, account db.AccountID) (bool, error) {
	rows, err := db.PasskeysOf(ctx, q, account)
	return len(rows) > 0, err
}

// Owner is a person as their device lists the account.
type Owner struct {
	Account       db.AccountID
	LoginID, Name string
}

// holder is an owner with passkeys, as the library wants to see them.
type holder struct {
	Owner
	handle      []byte
	credentials []webauthn.Credential
}

func newHolder(owner Owner, rows []db.Passkey) (*holder, error) {
	id, err := uuid.Parse(string(owner.Account))
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", owner.Account, err)
	}
	h := &holder{Owner: owner, handle: id[:]}
	for _, row := range rows {
		c, err := credentialOf(&row)
		if err != nil {
			return nil, err
		}
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

func credentialOf(row *db.Passkey) (webauthn.Credential, error) {
	var c webauthn.Credential
	if err := json.Unmarshal(row.Credential, &c); err != nil {
		return c, fmt.Errorf("read passkey %s: %w", row.ID, err)
	}
	return c, nil
}

// WebAuthnID and the three methods after it make holder a webauthn.User.
func (h *holder) WebAuthnID() []byte                         { return h.handle }
func (h *holder) WebAuthnName() string                       { return h.LoginID }
func (h *holder) WebAuthnDisplayName() string                { return h.Name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func (h *holder) descriptors() []protocol.CredentialDescriptor {
	return webauthn.Credentials(h.credentials).CredentialDescriptors()
}
