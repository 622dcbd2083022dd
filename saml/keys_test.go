package saml_test

import (
	"strings"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
)

func TestAKeySurvivesItsFile(t *testing.T) {
	t.Parallel()
	key, err := saml.NewSigningKey("oneid signing", noon())
	if err != nil {
		t.Fatal(err)
	}
	if life := key.Certificate.NotAfter.Sub(noon()); life < 729*24*time.Hour || life > 732*24*time.Hour {
		t.Errorf("the certificate lives %s, want two years", life)
	}
	data, err := key.EncodePEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := saml.ReadSigningKey(data)
	if err != nil {
		t.Fatal(err)
	}
	if saml.Fingerprint(back.Certificate) != saml.Fingerprint(key.Certificate) {
		t.Error("another certificate came back")
	}
	idp := theIDP()
	idp.Key = back
	if _, _, err := idp.Respond(aRequest(), anAssertion(), saml.AnswerOptions{}); err != nil {
		t.Errorf("the key does not sign: %v", err)
	}
}

func TestAnEllipticKeySurvivesItsFile(t *testing.T) {
	t.Parallel()
	key, err := saml.NewEllipticKey("oneid elliptic", noon())
	if err != nil {
		t.Fatal(err)
	}
	data, err := key.EncodePEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := saml.ReadSigningKey(data)
	if err != nil || !back.Certificate.Equal(key.Certificate) || !saml.IsElliptic(back.Certificate) {
		t.Errorf("came back as %+v, %v", back, err)
	}
}

func TestAKeyFileThatIsRefused(t *testing.T) {
	t.Parallel()
	pem := func(k saml.SigningKey) string {
		data, err := k.EncodePEM()
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	ours, theirs := pem(samltest.ProductKey()), pem(samltest.StrangerKey())
	split := strings.Index(ours, "-----BEGIN CERTIFICATE")
	for name, data := range map[string]string{
		"empty":                     "",
		"a key alone":               ours[:split],
		"a certificate alone":       ours[split:],
		"a certificate of another":  ours[:split] + theirs[strings.Index(theirs, "-----BEGIN CERTIFICATE"):],
		"a key that is letters":     "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n" + ours[split:],
		"a certificate all letters": ours[:split] + "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n",
	} {
		if _, err := saml.ReadSigningKey([]byte(data)); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "MII") {
			t.Errorf("%s: the error shows the key", name)
		}
	}
}
