package xmlsig_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlsig"
)

// certified gives a key a certificate of its own.
func certified(t testing.TB, key crypto.Signer) saml.SigningKey {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "for one test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return saml.SigningKey{Signer: key, Certificate: cert}
}

func curve(t testing.TB, c elliptic.Curve) saml.SigningKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return certified(t, key)
}

func TestEveryMethodOfOursIsAcceptedByAnotherProduct(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key          saml.SigningKey
		method, want string
	}{
		"RSA-3072":           {samltest.ProductKey(), "", xmlsig.RSASHA256},
		"RSA-2048":           {certified(t, short), "", xmlsig.RSASHA256},
		"RSA with SHA-384":   {samltest.ProductKey(), xmlsig.RSASHA384, xmlsig.RSASHA384},
		"RSA with SHA-512":   {samltest.ProductKey(), xmlsig.RSASHA512, xmlsig.RSASHA512},
		"RSA with SHA-1":     {samltest.ProductKey(), xmlsig.LegacyRSASHA1, xmlsig.LegacyRSASHA1},
		"P-256":              {samltest.EllipticKey(), "", xmlsig.ECDSASHA256},
		"P-384":              {curve(t, elliptic.P384()), "", xmlsig.ECDSASHA384},
		"P-521":              {curve(t, elliptic.P521()), "", xmlsig.ECDSASHA512},
		"P-384 with SHA-256": {curve(t, elliptic.P384()), xmlsig.ECDSASHA256, xmlsig.ECDSASHA256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := xmlsig.NewSigner(c.key.Signer, c.method)
			if err != nil {
				t.Fatal(err)
			}
			if s.Method() != c.want {
				t.Errorf("method %s, want %s", s.Method(), c.want)
			}
			tree := samltest.Tree([]byte(plain))
			if err := s.Element(tree.Root(), c.key.Certificate); err != nil {
				t.Fatal(err)
			}
			doc := samltest.Bytes(tree)
			samltest.Xmlsec1(t, doc, "Response", c.key.Certificate)
			_, err = xmlsig.VerifyEnveloped(samltest.Tree(doc).Root(), certs(c.key))
			if c.want == xmlsig.LegacyRSASHA1 {
				if code(err) != xmlsig.UnknownAlgorithm {
					t.Errorf("we believe SHA-1: %v", err)
				}
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// One in 128 has a number that is a byte shorter than the curve; the form keeps
// its width all the same.
func TestAnEllipticSignatureAlwaysHasTheSameWidth(t *testing.T) {
	t.Parallel()
	key := samltest.EllipticKey()
	for range 600 {
		signature, err := xmlsig.SignOctets([]byte("octets"), key.Signer)
		if err != nil || len(signature) != 64 {
			t.Fatalf("%d bytes, %v", len(signature), err)
		}
	}
	raw, err := xmlsig.SignQuery("SAMLResponse", "abc", "relay", key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	q, err := xmlsig.ReadQuery(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, method, err := q.Verify(certs(key)); err != nil || method != xmlsig.ECDSASHA256 {
		t.Errorf("%s, %v", method, err)
	}
}

func TestKeysAndMethodsThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	product, elliptical := samltest.ProductKey().Signer, samltest.EllipticKey().Signer
	for name, c := range map[string]struct {
		key    crypto.Signer
		method string
	}{
		"no key":                 {nil, ""},
		"an Edwards key":         {edwards, ""},
		"a short curve":          {curve(t, elliptic.P224()).Signer, ""},
		"an RSA key for ECDSA":   {product, xmlsig.ECDSASHA256},
		"an elliptic one, RSA":   {elliptical, xmlsig.RSASHA256},
		"an elliptic one, SHA-1": {elliptical, xmlsig.LegacyRSASHA1},
		"HMAC":                   {product, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"},
		"MD5":                    {product, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"},
		"a short RSA key":        {weak{product}, ""},
	} {
		if _, err := xmlsig.NewSigner(c.key, c.method); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// weak claims to be a key of 1024 bits.
type weak struct{ crypto.Signer }

func (weak) Public() crypto.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}
}

// broken is a key store that answers nonsense.
type broken struct {
	crypto.Signer
	answer []byte
	err    error
}

func (b broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return b.answer, b.err }

func TestAKeyStoreThatAnswersNonsenseMakesNoSignature(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]crypto.Signer{
		"gone":                    broken{samltest.ProductKey().Signer, nil, errors.New("gone")},
		"too short":               broken{samltest.ProductKey().Signer, []byte("short"), nil},
		"elliptic, no ASN.1":      broken{samltest.EllipticKey().Signer, bytes.Repeat([]byte{1}, 64), nil},
		"elliptic, nothing":       broken{samltest.EllipticKey().Signer, nil, nil},
		"elliptic, zero":          broken{samltest.EllipticKey().Signer, []byte{0x30, 6, 2, 1, 0, 2, 1, 0}, nil},
		"elliptic, negative":      broken{samltest.EllipticKey().Signer, []byte{0x30, 6, 2, 1, 0x81, 2, 1, 1}, nil},
		"elliptic, something on":  broken{samltest.EllipticKey().Signer, []byte{0x30, 6, 2, 1, 1, 2, 1, 1, 0}, nil},
		"elliptic, far too large": broken{samltest.EllipticKey().Signer, append([]byte{0x30, 38, 2, 33, 1}, append(make([]byte, 32), 2, 1, 1)...), nil},
	} {
		if signature, err := xmlsig.SignOctets([]byte("x"), key); err == nil {
			t.Errorf("%s: %x", name, signature)
		}
		tree := samltest.Tree([]byte(plain))
		if err := xmlsig.Sign(tree.Root(), key, samltest.ProductKey().Certificate); err == nil || xmlsig.IsSigned(tree.Root()) {
			t.Errorf("%s: signed an element", name)
		}
	}
}

func TestOnlyAWholeElementWithAPlainIDIsSigned(t *testing.T) {
	t.Parallel()
	key := samltest.EllipticKey()
	s, err := xmlsig.NewSigner(key.Signer, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "1a", `a"b`, "a b", "é", "a&b", "#a", "a:b"} {
		if doc, _, err := s.Reserve([]byte("x"), id, key.Certificate); err == nil || string(doc) != "x" {
			t.Errorf("ID %q: %v", id, err)
		}
	}
	doc, place, err := s.Reserve([]byte(`<a ID="_a">`), "_a", key.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	doc = append(doc, `</a>`...)
	for _, span := range [][2]int{{-1, len(doc)}, {0, len(doc) + 1}, {20, len(doc)}, {0, 30}, {len(doc), 0}} {
		if err := place.Fill(doc, span[0], span[1]); err == nil {
			t.Errorf("signed %v of %d", span, len(doc))
		}
	}
	if err := place.Fill(doc, 0, len(doc)); err != nil {
		t.Error(err)
	}
	if size := s.Size("_a", key.Certificate); size < len(doc)-len(`<a ID="_a"></a>`) {
		t.Errorf("takes %d bytes, announced %d", len(doc), size)
	}
	if strings.Contains(string(doc), "=   ") {
		t.Error("a blank is left")
	}
}
