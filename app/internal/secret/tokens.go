package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

const tokenLength = 32

// NewToken draws a token for a link or a cookie: 256 random bits in letters that
// need no escaping. The plain token goes to the person, only its hash is stored.
func NewToken() (plain Text, hash []byte) {
	drawn := make([]byte, tokenLength)
	rand.Read(drawn)
	token := base64.RawURLEncoding.EncodeToString(drawn)
	return NewText(token), HashToken(token)
}

// HashToken is the SHA-256 under which a token is stored and found. A token is
// random enough to need neither salt nor cost.
func HashToken(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}

// referenceLetters can be read out on the phone and copied by hand: no letter
// looks like a digit or another letter, and no vowel can spell a word.
const referenceLetters = "CDFGHJKMNPQRTVWXY23456789"

// NewReference draws a number that a person can quote to the service desk, like
// K7Q-42M. It is short, not secret, and need not be unique.
func NewReference() string {
	const half = 3
	var out []byte
	for i := range 2 * half {
		if i == half {
			out = append(out, '-')
		}
		out = append(out, referenceLetters[draw(len(referenceLetters))])
	}
	return string(out)
}
