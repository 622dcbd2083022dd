package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Purpose names what a key is for. A key never serves two purposes.
type Purpose string

// The purposes that a complete key ring covers.
const (
	KeySeal     Purpose = "seal"     // wraps the data keys of sealed columns
	KeyIndex    Purpose = "index"    // blind indexes
	KeyPassword Purpose = "password" // pepper of passwords
	KeyOnline   Purpose = "online"   // pepper of online challenge answers
	KeyDesk     Purpose = "desk"     // pepper of service-desk answers
	KeyCode     Purpose = "code"     // one-time codes
	KeyAudit    Purpose = "audit"    // the chain of the audit trail
	KeyBrowser  Purpose = "browser"  // cookies and addresses that a browser brings back
)

var purposes = []Purpose{KeySeal, KeyIndex, KeyPassword, KeyOnline, KeyDesk, KeyCode, KeyAudit, KeyBrowser}

const (
	keyLength       = 32
	keySuffix       = ".key"
	developmentFile = "development"
	readableByOther = 0o077
)

// ErrNoKey means that the ring lacks the version of a key that was asked for.
var ErrNoKey = errors.New("no such key version")

// KeyRing holds the product's symmetric keys, by purpose and version. It never
// changes once loaded and is safe for concurrent use.
type KeyRing struct {
	keys        map[Purpose]map[int][]byte
	current     map[Purpose]int
	development bool
}

var keyFile = regexp.MustCompile(`^([a-z]+)-([1-9][0-9]{0,5})\.key$`)

// LoadKeyRing reads the key files of a directory. It refuses a ring that is not
// complete or not safe, and its error names every fault at once. Files that do
// not end in .key are not its business.
func LoadKeyRing(dir string) (*KeyRing, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read key ring: %w", err)
	}
	ring := &KeyRing{keys: map[Purpose]map[int][]byte{}, current: map[Purpose]int{}}
	var faults []error
	for _, entry := range entries {
		if entry.Name() == developmentFile {
			ring.development = true
		}
		if !strings.HasSuffix(entry.Name(), keySuffix) {
			continue
		}
		if err := ring.add(dir, entry.Name()); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", entry.Name(), err))
		}
	}
	for _, purpose := range purposes {
		if len(ring.keys[purpose]) == 0 {
			faults = append(faults, fmt.Errorf("no usable key for purpose %q", purpose))
		}
	}
	// Rows don't say under which version they were indexed. A second version
	// would make every person unfindable, so it must not slip in.
	if len(ring.keys[KeyIndex]) > 1 {
		faults = append(faults, errors.New("the index key has one version only: changing it needs every index rebuilt"))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("key ring %s: %w", dir, errors.Join(faults...))
	}
	return ring, nil
}

func (r *KeyRing) add(dir, name string) error {
	parts := keyFile.FindStringSubmatch(name)
	if parts == nil || !slices.Contains(purposes, Purpose(parts[1])) {
		return fmt.Errorf("not a key file of this ring, which are named <purpose>-<version>.key with a purpose out of %v", purposes)
	}
	purpose := Purpose(parts[1])
	version, err := strconv.Atoi(parts[2])
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	key, err := readKey(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	if r.keys[purpose] == nil {
		r.keys[purpose] = map[int][]byte{}
	}
	r.keys[purpose][version] = key
	r.current[purpose] = max(r.current[purpose], version)
	return nil
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path) // follows links: mounted secrets are often links
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	if info.Mode().Perm()&readableByOther != 0 {
		return nil, fmt.Errorf("mode is %#o, so others may read it: make it 0400", info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		// The decoder's own words would quote a piece of the key's position only,
		// but nothing of a key file belongs in a log.
		return nil, errors.New("not base64")
	}
	if len(key) != keyLength {
		return nil, fmt.Errorf("holds %d bytes, not %d", len(key), keyLength)
	}
	return key, nil
}

// Development reports whether the ring was made for development. Production
// must refuse it.
func (r *KeyRing) Development() bool { return r.development }

// Current is the version of a purpose's key that new work uses.
func (r *KeyRing) Current(purpose Purpose) int { return r.current[purpose] }

// MAC is the HMAC-SHA-256 of the parts under one version of a purpose's key.
// Every part is preceded by its length, so that moving a byte from one part to
// the next gives another MAC. A version that the ring lacks is ErrNoKey.
func (r *KeyRing) MAC(purpose Purpose, version int, parts ...[]byte) ([]byte, error) {
	key, ok := r.keys[purpose][version]
	if !ok {
		return nil, fmt.Errorf("%s-%d: %w", purpose, version, ErrNoKey)
	}
	return mac(key, parts), nil
}

// currentMAC is MAC under the current version, which a loaded ring always has.
func (r *KeyRing) currentMAC(purpose Purpose, parts ...[]byte) []byte {
	return mac(r.keys[purpose][r.current[purpose]], parts)
}

func mac(key []byte, parts [][]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(framed(parts))
	return h.Sum(nil)
}

// framed joins parts so that no two different lists give the same bytes.
func framed(parts [][]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = binary.BigEndian.AppendUint64(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}
