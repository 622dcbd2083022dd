package samlkey

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"oneid/db"
	"oneid/saml"
)

// FilePlace begins the place of a key that is a file of the key folder.
const FilePlace = "file:"

// ErrFolder means that a key could not be put into the key folder.
var ErrFolder = errors.New("the key folder can't be written to")

// errOpenFile is a private key that others on this machine could read.
var errOpenFile = errors.New("the file can be read by others: make it 0400")

// open finds a private key. It refuses one that is not the certificate's.
func (r *Ring) open(place string, cert *x509.Certificate) (crypto.Signer, error) {
	name, isFile := strings.CutPrefix(place, FilePlace)
	if !isFile {
		if r.Token == nil {
			return nil, fmt.Errorf("%s: this build or configuration has no token", place)
		}
		return r.Token.Open(place, cert)
	}
	key, err := r.readFile(name)
	if err != nil {
		return nil, err
	}
	if !key.Certificate.Equal(cert) {
		return nil, fmt.Errorf("%s holds another key", name)
	}
	return key.Signer, nil
}

// Holds fails with ErrLacks, and says which file to copy, where this node has not
// got a key's private part.
func (r *Ring) Holds(row db.SAMLKey) error {
	cert, err := x509.ParseCertificate(row.Certificate)
	if err != nil {
		return fmt.Errorf("read certificate of SAML key %s: %w", row.ID, err)
	}
	if _, err := r.open(row.Place, cert); err != nil {
		return fmt.Errorf("%s: %w: %s: %w", row.ID, ErrLacks, remedy(row, "this node"), err)
	}
	return nil
}

// remedy says how a node comes to have a key.
func remedy(row db.SAMLKey, node string) string {
	if file, ok := strings.CutPrefix(row.Place, FilePlace); ok {
		return "copy " + file + " into the key folder of " + node + ", mode 0400"
	}
	return "give " + node + " the token that holds it"
}

// readFile reads a key file of the folder. Errors never show its content.
func (r *Ring) readFile(name string) (saml.SigningKey, error) {
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return saml.SigningKey{}, fmt.Errorf("%q is no file of the key folder", name)
	}
	path := filepath.Join(r.Dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return saml.SigningKey{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return saml.SigningKey{}, fmt.Errorf("%s: %w", name, errOpenFile)
	}
	return readKey(path)
}

func readKey(path string) (saml.SigningKey, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return saml.SigningKey{}, err
	}
	key, err := saml.ReadSigningKey(body)
	if err != nil {
		return key, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return key, nil
}

// WriteFile puts a key into a folder as a file that only its owner can read. It
// never overwrites one, and the file is there whole or not at all: half a key
// would keep the next process from starting.
func WriteFile(dir, name string, key saml.SigningKey) (err error) {
	body, err := key.EncodePEM()
	if err != nil {
		return fmt.Errorf("write SAML key: %w", err)
	}
	file, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return fmt.Errorf("write SAML key: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = file.Write(body)
	if err == nil {
		err = errors.Join(file.Chmod(0o400), file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write SAML key: %w", err)
	}
	if err := os.Link(file.Name(), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("write SAML key: %w", err)
	}
	return nil
}

// FirstFiles are the files of the keys that a new installation begins with, by
// use.
func FirstFiles() map[string]string {
	return map[string]string{
		"signing": "saml-services-1.pem", "encryption": "saml-encryption-1.pem", "metadata": "saml-metadata-1.pem",
	}
}

// CreateFirst makes the first keys that a folder lacks.
func CreateFirst(dir string, make func(use string) (saml.SigningKey, error)) error {
	for use, name := range FirstFiles() {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				return err
			}
			continue
		}
		key, err := make(use)
		if err != nil {
			return err
		}
		if err := WriteFile(dir, name, key); err != nil {
			return err
		}
	}
	return nil
}
