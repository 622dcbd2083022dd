//go:build pkcs11

package token

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"
)

// sessions is how many operations run in the token at once.
const sessions = 4

const place = "pkcs11:id="

// Token is an open PKCS#11 token. It may be used by many at once.
type Token struct {
	lib  *pkcs11.Ctx
	slot uint
	pin  string
	// free are the sessions that nobody uses now. One that failed is replaced.
	free chan pkcs11.SessionHandle

	mu     sync.Mutex // guards signing in and closing
	closed bool
}

// Open loads a vendor's library and signs in to the token of that label.
func Open(module, label, pin string) (*Token, error) {
	lib := pkcs11.New(module)
	if lib == nil {
		return nil, fmt.Errorf("PKCS#11 library %s cannot be loaded", module)
	}
	if err := lib.Initialize(); err != nil && !is(err, pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
		return nil, fmt.Errorf("start PKCS#11 library %s: %w", module, err)
	}
	slot, err := slotOf(lib, label)
	if err != nil {
		return nil, errors.Join(err, lib.Finalize())
	}
	t := &Token{lib: lib, slot: slot, pin: pin, free: make(chan pkcs11.SessionHandle, sessions)}
	for range sessions {
		s, err := t.begin()
		if err != nil {
			return nil, errors.Join(err, t.Close())
		}
		t.free <- s
	}
	return t, nil
}

func slotOf(lib *pkcs11.Ctx, label string) (uint, error) {
	slots, err := lib.GetSlotList(true)
	if err != nil {
		return 0, fmt.Errorf("list PKCS#11 slots: %w", err)
	}
	for _, slot := range slots {
		info, err := lib.GetTokenInfo(slot)
		if err == nil && strings.TrimRight(info.Label, " \x00") == label {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("no PKCS#11 token is called %q", label)
}

// begin opens a session and signs in where nobody has: the sign-in holds for all
// sessions of this process.
func (t *Token) begin() (pkcs11.SessionHandle, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return 0, errors.New("the PKCS#11 token is closed")
	}
	s, err := t.lib.OpenSession(t.slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	if err != nil {
		return 0, fmt.Errorf("open PKCS#11 session: %w", err)
	}
	if err := t.lib.Login(s, pkcs11.CKU_USER, t.pin); err != nil && !is(err, pkcs11.CKR_USER_ALREADY_LOGGED_IN) {
		return 0, fmt.Errorf("sign in to PKCS#11 token: %w", err)
	}
	return s, nil
}

// with lends a session to fn. After a failure the session is replaced and fn is
// tried once more: a token that was away for a moment has forgotten both the
// session and the sign-in.
func (t *Token) with(fn func(pkcs11.SessionHandle) error) error {
	s := <-t.free
	err := fn(s)
	if err != nil {
		_ = t.lib.CloseSession(s) // it may be gone already
		fresh, again := t.begin()
		if again != nil {
			t.free <- s // the next one tries again
			return errors.Join(err, again)
		}
		if s = fresh; isLost(err) {
			err = fn(s)
		}
	}
	t.free <- s
	return err
}

func isLost(err error) bool {
	return is(err, pkcs11.CKR_SESSION_HANDLE_INVALID) || is(err, pkcs11.CKR_SESSION_CLOSED) || is(err, pkcs11.CKR_USER_NOT_LOGGED_IN) ||
		is(err, pkcs11.CKR_DEVICE_REMOVED) || is(err, pkcs11.CKR_DEVICE_ERROR)
}

func is(err error, code uint) bool {
	var e pkcs11.Error
	return errors.As(err, &e) && e == pkcs11.Error(code)
}

// Close signs out and lets go of the library.
func (t *Token) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	err := t.lib.CloseAllSessions(t.slot)
	err = errors.Join(err, t.lib.Finalize())
	t.lib.Destroy()
	return err
}

// Open finds the private key at a place, as Make named it. The certificate says
// which public key it must belong to; that it does is tried out.
func (t *Token) Open(where string, cert *x509.Certificate) (crypto.Signer, error) {
	encoded, ok := strings.CutPrefix(where, place)
	id, err := hex.DecodeString(encoded)
	if !ok || err != nil || len(id) == 0 {
		return nil, fmt.Errorf("%q is no place in a PKCS#11 token", where)
	}
	k := &key{token: t, id: id, public: cert.PublicKey}
	if err := t.with(func(s pkcs11.SessionHandle) error { _, err := k.find(s); return err }); err != nil {
		return nil, err
	}
	return k, k.try()
}
