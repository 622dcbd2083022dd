package samltest

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"oneid/saml"
)

// Canonical returns the document as xmllint canonicalizes it (exclusively).
func Canonical(t testing.TB, doc []byte) []byte {
	t.Helper()
	xmllint := tool(t, "xmllint", "libxml2-utils")
	file := filepath.Join(t.TempDir(), "message.xml")
	must(os.WriteFile(file, doc, 0o600))
	out, err := exec.Command(xmllint, "--nonet", "--huge", "--exc-c14n", file).Output()
	if err != nil {
		t.Errorf("xmllint cannot read the document: %v", err)
	}
	return out
}

// Xmlsec1Decrypt returns the document with its first EncryptedData replaced by
// what xmlsec1 finds in it with the key.
func Xmlsec1Decrypt(t testing.TB, doc []byte, key saml.SigningKey) []byte {
	t.Helper()
	xmlsec1 := tool(t, "xmlsec1", "xmlsec1")
	dir := t.TempDir()
	in, out, pem := filepath.Join(dir, "in.xml"), filepath.Join(dir, "out.xml"), filepath.Join(dir, "key.pem")
	data, err := key.EncodePEM()
	must(err)
	must(os.WriteFile(in, doc, 0o600))
	must(os.WriteFile(pem, data, 0o600))
	said, err := exec.Command(xmlsec1, "--decrypt", "--privkey-pem", pem, "--output", out, in).CombinedOutput()
	if err != nil {
		t.Errorf("xmlsec1 cannot decrypt: %v\n%s", err, said)
		return nil
	}
	plain, err := os.ReadFile(out)
	must(err)
	return plain
}

// OpensslDecrypt returns what an EncryptedData hides, its key unwrapped by the
// openssl command: for the form of OAEP that xmlsec1 does not know. The names
// of digest and mask are openssl's. Only AES-GCM is read.
func OpensslDecrypt(t testing.TB, data *etree.Element, key saml.SigningKey, digest, mask string) []byte {
	t.Helper()
	openssl := tool(t, "openssl", "openssl")
	dir := t.TempDir()
	in, pem := filepath.Join(dir, "wrapped"), filepath.Join(dir, "key.pem")
	encoded, err := key.EncodePEM()
	must(err)
	must(os.WriteFile(pem, encoded, 0o600))
	must(os.WriteFile(in, octets(data.FindElement("./KeyInfo/EncryptedKey/CipherData/CipherValue")), 0o600))
	secret, err := exec.Command(openssl, "pkeyutl", "-decrypt", "-inkey", pem, "-in", in,
		"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:"+digest, "-pkeyopt", "rsa_mgf1_md:"+mask).Output()
	if err != nil {
		t.Errorf("openssl cannot unwrap the key: %v", err)
		return nil
	}
	block, err := aes.NewCipher(secret)
	must(err)
	gcm, err := cipher.NewGCM(block)
	must(err)
	hidden := octets(data.FindElement("./CipherData/CipherValue"))
	plain, err := gcm.Open(nil, hidden[:gcm.NonceSize()], hidden[gcm.NonceSize():], nil)
	if err != nil {
		t.Errorf("the content does not open with the key openssl found: %v", err)
	}
	return plain
}

func octets(el *etree.Element) []byte {
	value, err := base64.StdEncoding.DecodeString(strings.TrimSpace(el.Text()))
	must(err)
	return value
}
