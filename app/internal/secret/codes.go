package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

const (
	codeDigits    = 6
	codeCount     = 1_000_000 // 10^codeDigits
	nonceLength   = 16
	digitsToPress = 9 // 0 to 8: pressing 9 reports fraud
)

// Codes makes one-time codes. A code is an HMAC of its purpose and nonce, made
// when it is sent and again when it is checked; only the nonce is stored.
type Codes struct {
	ring *KeyRing
}

// NewCodes returns Codes of this ring.
func NewCodes(ring *KeyRing) *Codes { return &Codes{ring: ring} }

// NewNonce draws the nonce of a new code: 128 random bits, led by the version
// of the key the code is made with, so that a rotation never breaks a code that
// is on its way.
func (c *Codes) NewNonce() []byte {
	nonce := binary.BigEndian.AppendUint32(nil, uint32(c.ring.Current(KeyCode)))
	drawn := make([]byte, nonceLength)
	rand.Read(drawn)
	return append(nonce, drawn...)
}

// Code is the six digits that belong to a nonce for one purpose.
func (c *Codes) Code(purpose string, nonce []byte) (string, error) {
	if len(nonce) != 4+nonceLength {
		return "", fmt.Errorf("a nonce has %d bytes, not %d", 4+nonceLength, len(nonce))
	}
	// Numbers beyond the last whole million are drawn again: each code is then
	// exactly as likely as any other.
	const limit = (1<<32)/codeCount*codeCount - 1
	version := int(binary.BigEndian.Uint32(nonce))
	for round := byte(0); ; round++ {
		sum, err := c.ring.MAC(KeyCode, version, []byte(purpose), nonce, []byte{round})
		if err != nil {
			return "", err
		}
		for ; len(sum) >= 4; sum = sum[4:] {
			if n := binary.BigEndian.Uint32(sum); n <= limit {
				return fmt.Sprintf("%0*d", codeDigits, n%codeCount), nil
			}
		}
	}
}

// Match reports whether a person typed the code of this nonce, in constant
// time. Spaces and dashes they put between the digits don't matter.
func (c *Codes) Match(purpose string, nonce []byte, typed string) (bool, error) {
	code, err := c.Code(purpose, nonce)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(typedDigits.Replace(typed)), []byte(code)) == 1, nil
}

var typedDigits = strings.NewReplacer(" ", "", "\t", "", "\u00a0", "", "\u202f", "", "-", "", "\u2010", "", "\u2011", "", "\u2013", "")

// NewDigit draws the digit that a call asks to press: 0 to 8, never 9.
func NewDigit() int { return draw(digitsToPress) }

// draw is a random number below n.
func draw(n int) int {
	drawn, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // the system's randomness never fails while the process runs
	}
	return int(drawn.Int64())
}
