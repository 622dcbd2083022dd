package device

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"oneid/app/internal/secret"
	"oneid/db"
)

// token is what a browser holds of a device: which it is, since when the token
// is the newest, and a MAC over both. Whoever shows an old one is therefore known
// to have had it, however many came after it.
type token struct {
	text   string
	device db.DeviceID
}

// is tells whether the token is the one that a hash was kept of.
func (t token) is(hash []byte) bool {
	return len(hash) > 0 && bytes.Equal(secret.HashToken(t.text), hash)
}

// The parts of a token: key version, device, microseconds, MAC.
const (
	keyAt    = 0
	deviceAt = 2
	sinceAt  = 18
	macAt    = 26
)

func (b *Book) make(id db.DeviceID, at time.Time) (token, error) {
	u, err := uuid.Parse(string(id))
	if err != nil {
		return token{}, fmt.Errorf("make device token: %w", err)
	}
	version := b.Ring.Current(secret.KeyBrowser)
	body := make([]byte, macAt)
	binary.BigEndian.PutUint16(body[keyAt:], uint16(version)) // a few rotations a year
	copy(body[deviceAt:], u[:])
	binary.BigEndian.PutUint64(body[sinceAt:], uint64(at.UnixMicro()))
	mac, err := b.mac(version, body)
	if err != nil {
		return token{}, fmt.Errorf("make device token: %w", err)
	}
	return token{text: base64.RawURLEncoding.EncodeToString(append(body, mac...)), device: id}, nil
}

// read accepts only what make has made.
func (b *Book) read(text string) (token, bool) {
	all, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(all) <= macAt {
		return token{}, false
	}
	body, mac := all[:macAt], all[macAt:]
	want, err := b.mac(int(binary.BigEndian.Uint16(body[keyAt:])), body)
	if err != nil || !hmac.Equal(mac, want) {
		return token{}, false
	}
	id, err := uuid.FromBytes(body[deviceAt:sinceAt])
	return token{text: text, device: db.DeviceID(id.String())}, err == nil
}

func (b *Book) mac(version int, body []byte) ([]byte, error) {
	return b.Ring.MAC(secret.KeyBrowser, version, []byte("device"), body)
}
