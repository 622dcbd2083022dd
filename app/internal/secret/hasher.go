package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is how much work one argon2id hash is.
type Cost struct {
	Time    uint32
	Memory  uint32 // KiB
	Threads uint8
}

// StandardCost is the cost the product hashes with: about 50 ms and 46 MiB a
// hash (SECURITY.md 5.1).
func StandardCost() Cost { return Cost{Time: 2, Memory: 47104, Threads: 1} }

// Bounds of what a stored hash may ask for: a row is data, and must not be able
// to take the node down.
const (
	maxTime    = 16
	maxMemory  = 1 << 20 // 1 GiB in KiB
	maxThreads = 16
	saltLength = 16
	tagLength  = 32
)

// Hasher runs argon2id behind one turnstile. Passwords and Answers share one,
// so that together they never take more than the machine has.
type Hasher struct {
	cost      Cost
	turnstile *Turnstile
}

// NewHasher returns a hasher of this cost with a turnstile of its own.
func NewHasher(cost Cost) *Hasher {
	return &Hasher{cost: cost, turnstile: NewTurnstile()}
}

// hash returns argon2id of the input under a fresh salt, in PHC string form.
func (h *Hasher) hash(ctx context.Context, input []byte) (string, error) {
	p := phc{cost: h.cost, salt: make([]byte, saltLength)}
	rand.Read(p.salt)
	if err := h.turnstile.Do(ctx, func() { p.tag = p.derive(input, tagLength) }); err != nil {
		return "", err
	}
	return p.String(), nil
}

// match compares in constant time; stale says that the hash was made at another
// cost than today's.
func (h *Hasher) match(ctx context.Context, input []byte, stored string) (matched, stale bool, err error) {
	p, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	err = h.turnstile.Do(ctx, func() {
		matched = subtle.ConstantTimeCompare(p.derive(input, uint32(len(p.tag))), p.tag) == 1
	})
	return matched, p.cost != h.cost, err
}

// phc is a parsed hash string: $argon2id$v=19$m=…,t=…,p=…$salt$tag.
type phc struct {
	cost Cost
	salt []byte
	tag  []byte
}

var errNotPHC = errors.New("stored hash is not an argon2id string")

func (p phc) derive(input []byte, length uint32) []byte {
	return argon2.IDKey(input, p.salt, p.cost.Time, p.cost.Memory, p.cost.Threads, length)
}

func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.Memory, p.cost.Time, p.cost.Threads,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.tag))
}

func parsePHC(s string) (phc, error) {
	fields := strings.Split(s, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errNotPHC
	}
	var p phc
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.cost.Memory, &p.cost.Time, &p.cost.Threads); err != nil {
		return phc{}, errNotPHC
	}
	if p.cost.Time < 1 || p.cost.Time > maxTime || p.cost.Memory > maxMemory || p.cost.Threads < 1 || p.cost.Threads > maxThreads {
		return phc{}, errNotPHC
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(fields[4]); err != nil || len(p.salt) < 8 {
		return phc{}, errNotPHC
	}
	if p.tag, err = base64.RawStdEncoding.DecodeString(fields[5]); err != nil || len(p.tag) < 16 || len(p.tag) > 64 {
		return phc{}, errNotPHC
	}
	return p, nil
}
