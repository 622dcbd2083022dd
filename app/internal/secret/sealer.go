package secret

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Place is where a sealed value lives. It opens nowhere else.
type Place struct {
	Table, Column string
	Row           string // the row's key, as text
}

// WrappedKey is a data key as the database keeps it: encrypted under a
// key-encryption key of the ring.
type WrappedKey struct {
	Scope      string // the table whose values it seals
	Version    int
	KeyVersion int // which version of the ring's seal key wraps it
	Wrapped    []byte
}

// DataKeys keeps wrapped data keys for all nodes.
type DataKeys interface {
	// Load returns every version of a scope's keys, in any order.
	Load(ctx context.Context, scope string) ([]WrappedKey, error)
	// Add keeps a new key, or fails if scope and version are taken. It must be
	// committed when it returns, whatever becomes of the caller's transaction:
	// the key is used at once.
	Add(ctx context.Context, key WrappedKey) error
}

// ErrTampered means that a sealed value was changed, belongs to another place,
// or was made under keys this ring does not have.
var ErrTampered = errors.New("sealed value does not open here")

// sealedFormat leads every sealed value, so that the form can change one day.
// It is followed by the data key's version, a nonce and the AES-256-GCM text.
const (
	sealedFormat = 1
	headerLength = 1 + 4
	firstVersion = 1
)

// Sealer encrypts personal columns: AES-256-GCM under a data key per table,
// each wrapped by the ring's seal key. It is safe for concurrent use.
type Sealer struct {
	ring *KeyRing
	keys DataKeys

	mu     sync.Mutex
	scopes map[string]*scopeKeys
}

// scopeKeys are the opened data keys of one table.
type scopeKeys struct {
	mu      sync.Mutex // held while they are loaded or made, so that one caller does
	current int
	opened  map[int]cipher.AEAD
}

// NewSealer returns a Sealer that keeps its data keys in keys.
func NewSealer(ring *KeyRing, keys DataKeys) *Sealer {
	return &Sealer{ring: ring, keys: keys, scopes: map[string]*scopeKeys{}}
}

// Warm loads or makes the data keys of tables. A process that calls it when it
// starts never waits for a second connection in the middle of a transaction.
func (s *Sealer) Warm(ctx context.Context, tables ...string) error {
	for _, table := range tables {
		if _, _, err := s.sealing(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

// Seal encrypts a value for its place.
func (s *Sealer) Seal(ctx context.Context, at Place, plaintext []byte) ([]byte, error) {
	aead, version, err := s.sealing(ctx, at.Table)
	if err != nil {
		return nil, err
	}
	out := make([]byte, headerLength, headerLength+aead.NonceSize()+len(plaintext)+aead.Overhead())
	out[0] = sealedFormat
	binary.BigEndian.PutUint32(out[1:], uint32(version))
	return encrypt(aead, out, plaintext, at.bound(version)), nil
}

// Open decrypts a value that was sealed for this very place, or refuses with
// ErrTampered.
func (s *Sealer) Open(ctx context.Context, at Place, sealed []byte) ([]byte, error) {
	if len(sealed) < headerLength || sealed[0] != sealedFormat {
		return nil, fmt.Errorf("%s.%s: not a sealed value: %w", at.Table, at.Column, ErrTampered)
	}
	version := int(binary.BigEndian.Uint32(sealed[1:]))
	aead, err := s.opening(ctx, at.Table, version)
	if err != nil {
		return nil, err
	}
	plaintext, err := decrypt(aead, sealed[headerLength:], at.bound(version))
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", at.Table, at.Column, ErrTampered)
	}
	return plaintext, nil
}

// SealJSON seals v in its JSON form.
func (s *Sealer) SealJSON(ctx context.Context, at Place, v any) ([]byte, error) {
	plaintext, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %s.%s: %w", at.Table, at.Column, err)
	}
	return s.Seal(ctx, at, plaintext)
}

// OpenJSON opens what SealJSON sealed, into v.
func (s *Sealer) OpenJSON(ctx context.Context, at Place, sealed []byte, v any) error {
	plaintext, err := s.Open(ctx, at, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plaintext, v); err != nil {
		// The decoder's words could quote the value.
		return fmt.Errorf("read %s.%s: not the JSON it should be", at.Table, at.Column)
	}
	return nil
}

// bound is what a value's encryption is tied to.
func (p Place) bound(version int) []byte {
	return framed([][]byte{[]byte(p.Table), []byte(p.Column), []byte(p.Row), binary.BigEndian.AppendUint32(nil, uint32(version))})
}

func (s *Sealer) scope(table string) *scopeKeys {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scopes[table] == nil {
		s.scopes[table] = &scopeKeys{opened: map[int]cipher.AEAD{}}
	}
	return s.scopes[table]
}

// sealing is the newest data key of a table, made if there is none.
func (s *Sealer) sealing(ctx context.Context, table string) (cipher.AEAD, int, error) {
	scope := s.scope(table)
	scope.mu.Lock()
	defer scope.mu.Unlock()
	if scope.current == 0 {
		if err := s.load(ctx, table, scope); err != nil {
			return nil, 0, err
		}
	}
	if scope.current == 0 {
		addErr := s.create(ctx, table)
		// Whether it was added or another node was first: what is stored counts.
		if err := s.load(ctx, table, scope); err != nil {
			return nil, 0, errors.Join(addErr, err)
		}
		if scope.current == 0 {
			return nil, 0, fmt.Errorf("make data key for %s: %w", table, errors.Join(addErr, ErrNoKey))
		}
	}
	return scope.opened[scope.current], scope.current, nil
}

// opening is the data key of one version; a version not seen before may have
// been added by another node.
func (s *Sealer) opening(ctx context.Context, table string, version int) (cipher.AEAD, error) {
	scope := s.scope(table)
	scope.mu.Lock()
	defer scope.mu.Unlock()
	if scope.opened[version] == nil {
		if err := s.load(ctx, table, scope); err != nil {
			return nil, err
		}
	}
	aead := scope.opened[version]
	if aead == nil {
		return nil, fmt.Errorf("data key %d of %s is not there: %w", version, table, ErrTampered)
	}
	return aead, nil
}

func (s *Sealer) load(ctx context.Context, table string, scope *scopeKeys) error {
	stored, err := s.keys.Load(ctx, table)
	if err != nil {
		return fmt.Errorf("load data keys of %s: %w", table, err)
	}
	for _, wrapped := range stored {
		if scope.opened[wrapped.Version] != nil {
			continue
		}
		aead, err := s.unwrap(wrapped)
		if err != nil {
			return err
		}
		scope.opened[wrapped.Version] = aead
		scope.current = max(scope.current, wrapped.Version)
	}
	return nil
}

func (s *Sealer) create(ctx context.Context, table string) error {
	key := make([]byte, keyLength)
	rand.Read(key)
	made := WrappedKey{Scope: table, Version: firstVersion, KeyVersion: s.ring.Current(KeySeal)}
	kek, err := s.kek(made.KeyVersion)
	if err != nil {
		return err
	}
	made.Wrapped = encrypt(kek, nil, key, made.bound())
	return s.keys.Add(ctx, made)
}

func (s *Sealer) unwrap(wrapped WrappedKey) (cipher.AEAD, error) {
	kek, err := s.kek(wrapped.KeyVersion)
	if err != nil {
		return nil, fmt.Errorf("open data key %d of %s: %w", wrapped.Version, wrapped.Scope, err)
	}
	key, err := decrypt(kek, wrapped.Wrapped, wrapped.bound())
	if err != nil {
		return nil, fmt.Errorf("open data key %d of %s: %w", wrapped.Version, wrapped.Scope, ErrTampered)
	}
	return newAEAD(key)
}

func (w WrappedKey) bound() []byte {
	return framed([][]byte{[]byte("data key"), []byte(w.Scope),
		binary.BigEndian.AppendUint32(nil, uint32(w.Version)), binary.BigEndian.AppendUint32(nil, uint32(w.KeyVersion))})
}

func (s *Sealer) kek(version int) (cipher.AEAD, error) {
	key, ok := s.ring.keys[KeySeal][version]
	if !ok {
		return nil, fmt.Errorf("%s-%d: %w", KeySeal, version, ErrNoKey)
	}
	return newAEAD(key)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use key: %w", err)
	}
	return cipher.NewGCM(block)
}

// encrypt appends a fresh nonce and the ciphertext to out.
func encrypt(aead cipher.AEAD, out, plaintext, bound []byte) []byte {
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return aead.Seal(append(out, nonce...), nonce, plaintext, bound)
}

func decrypt(aead cipher.AEAD, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, ErrTampered
	}
	return aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound)
}
