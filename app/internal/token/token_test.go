//go:build pkcs11

package token_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"oneid/app/internal/token"
	"oneid/saml"
	"oneid/saml/samltest"
)

// softhsm is SoftHSM with a token of the test's own. The library keeps one state
// per process, so there is one test that opens it.
func softhsm(t *testing.T) *token.Token {
	t.Helper()
	var module string
	for _, path := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"} {
		if _, err := os.Stat(path); err == nil {
			module = path
		}
	}
	if module == "" {
		t.Fatal("SoftHSM is needed: install the Debian package softhsm2")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(conf, []byte("directories.tokendir = "+dir+"\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	if out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "oneid", "--pin", "1234", "--so-pin", "5678").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := token.Open(module, "another", "1234"); err == nil {
		t.Fatal("a token that is not there was opened")
	}
	opened, err := token.Open(module, "oneid", "1234")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

func TestATokenSignsWhatServicesVerify(t *testing.T) {
	hsm := softhsm(t)
	now := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	for _, algorithm := range []string{"rsa", "ec"} {
		t.Run(algorithm, func(t *testing.T) {
			place, signer, err := hsm.Make("oneid-"+algorithm, algorithm, false)
			if err != nil {
				t.Fatal(err)
			}
			key, err := saml.Certify(signer, "oneid "+algorithm, now, x509.KeyUsageDigitalSignature)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := key.EncodePEM(); err == nil {
				t.Error("the private key left the token")
			}
			// Found again, as after a restart.
			if key.Signer, err = hsm.Open(place, key.Certificate); err != nil {
				t.Fatal(err)
			}
			idp := saml.IDP{EntityID: "https://oneid.example/saml/metadata", SSOURL: "https://oneid.example/saml/sso", Key: key, Now: func() time.Time { return now }}
			doc, err := idp.Metadata(saml.MetadataOptions{SignWith: &key})
			if err != nil {
				t.Fatal(err)
			}
			samltest.Xmlsec1(t, doc, "EntityDescriptor", key.Certificate)
			_, issued, err := idp.Respond(
				saml.Request{ID: "_0123456789abcdef0123456789abcdef", Service: "https://sp.example", ACSURL: "https://sp.example/acs"},
				saml.Assertion{NameID: saml.NameID{Value: "x", Format: saml.NameIDTransient}, AuthnInstant: now, SessionIndex: "_i", Context: saml.ContextPassword},
				saml.AnswerOptions{Key: key})
			if err != nil {
				t.Fatal(err)
			}
			samltest.Xmlsec1(t, issued.XML, "Response", key.Certificate)
			samltest.Xmlsec1(t, issued.XML, "Assertion", key.Certificate)
			if _, err := hsm.Open(place, samltest.ProductKey().Certificate); err == nil {
				t.Error("opened as the key of another certificate")
			}
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					sum := make([]byte, 32)
					if _, err := key.Signer.Sign(rand.Reader, sum, crypto.SHA256); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
	t.Run("decrypts", func(t *testing.T) {
		_, signer, err := hsm.Make("oneid-encryption", "rsa", true)
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, signer.Public().(*rsa.PublicKey), []byte("a content key"), nil)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := signer.(crypto.Decrypter).Decrypt(rand.Reader, wrapped, &rsa.OAEPOptions{Hash: crypto.SHA1})
		if err != nil || string(plain) != "a content key" {
			t.Errorf("decrypted %q, %v", plain, err)
		}
		if _, err := signer.(crypto.Decrypter).Decrypt(rand.Reader, wrapped, &rsa.PKCS1v15DecryptOptions{}); err == nil {
			t.Error("decrypts with a padding that is an oracle")
		}
	})
	for _, wrong := range []string{"pkcs11:id=", "pkcs11:id=zz", "file:x", "pkcs11:id=" + strings.Repeat("00", 16)} {
		if _, err := hsm.Open(wrong, samltest.ProductKey().Certificate); err == nil {
			t.Errorf("%s: opened", wrong)
		}
	}
}
