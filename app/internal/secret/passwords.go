package secret

import "context"

// HashedPassword is a password as it is stored: both fields are columns.
type HashedPassword struct {
	Hash          string // argon2id, PHC string
	PepperVersion int
}

// Passwords hashes and matches passwords: HMAC under the ring's pepper, then
// argon2id. A password is its bytes, exactly as received.
type Passwords struct {
	ring   *KeyRing
	hasher *Hasher
}

// NewPasswords returns Passwords that hash with hasher.
func NewPasswords(ring *KeyRing, hasher *Hasher) *Passwords {
	return &Passwords{ring: ring, hasher: hasher}
}

// Hash hashes a new password. ErrBusy means that the node has no room for it now.
// It takes some 50 ms: never call it inside a transaction.
func (p *Passwords) Hash(ctx context.Context, password string) (HashedPassword, error) {
	version := p.ring.Current(KeyPassword)
	hash, err := p.hasher.hash(ctx, p.ring.currentMAC(KeyPassword, []byte(password)))
	return HashedPassword{Hash: hash, PepperVersion: version}, err
}

// Match reports whether this is the password, in constant time. When it is and
// stale is set, the caller should store Hash of it: cost or pepper have moved on.
// An error says nothing about the password.
func (p *Passwords) Match(ctx context.Context, password string, stored HashedPassword) (matched, stale bool, err error) {
	peppered, err := p.ring.MAC(KeyPassword, stored.PepperVersion, []byte(password))
	if err != nil {
		return false, false, err
	}
	matched, stale, err = p.hasher.match(ctx, peppered, stored.Hash)
	if err != nil {
		return false, false, err
	}
	return matched, stale || stored.PepperVersion != p.ring.Current(KeyPassword), nil
}

// Dummy does the work of Match for a person who does not exist, so that the
// time of an answer tells nothing.
func (p *Passwords) Dummy(ctx context.Context, password string) error {
	_, err := p.hasher.hash(ctx, p.ring.currentMAC(KeyPassword, []byte(password)))
	return err
}
