package saml_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"runtime"
	"syscall"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
)

// ordinary is what most services get: fifteen attributes.
func ordinary() saml.Assertion {
	a := anAssertion()
	a.Attributes = nil
	for name, value := range map[string]string{
		saml.AttrDisplayName: "Dr. Randy Tremblay-O'Brien", saml.AttrFirstName: "Randy", saml.AttrLastName: "Tremblay-O'Brien",
		saml.AttrEmail: "randy.tremblay@example.ca", saml.AttrTelephoneNumber: "+14165550123",
		saml.AttrUserLoginName: "randy.tremblay@oneid.on.ca", saml.AttrPrincipalFedKey: "0123456789abcdef0123456789abcdef",
		saml.AttrRID:            saml.RID("https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-license-physician", "12345", saml.LicenceActive),
		saml.AttrAssertingParty: "2.16.840.1.113883.3.239.35.3.1", saml.AttrIdentityProvider: saml.IdentityProviderOID,
		saml.AttrAuthenticationLevel: "AL2", saml.AttrIdentityVerificationSchemeRef: "AL2", saml.AttrCredentialManagementSchemeRef: "AL2",
		saml.AttrProtectedNetwork: "false", saml.AttrStrongAuthenticationRequest: "false",
	} {
		a.Attributes = append(a.Attributes, saml.Attribute{Name: name, Values: []string{value}})
	}
	return a
}

// rsa2048 is a key of the length that many compare by.
func rsa2048(t testing.TB) saml.SigningKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "for one test"},
		NotBefore: noon().Add(-time.Hour), NotAfter: noon().Add(time.Hour),
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

// exchange is all that this package does for one sign-on: read the request,
// judge it, answer it.
func exchange(t testing.TB, idp saml.IDP, query string, service saml.ServiceProvider, a saml.Assertion, o saml.AnswerOptions) {
	in, err := idp.ReadRedirect(query)
	if err != nil {
		t.Fatal(err)
	}
	req, err := idp.Check(in, service)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := idp.Respond(*req, a, o); err != nil {
		t.Fatal(err)
	}
}

// Not parallel: it counts what the whole process allocates. Keys have 2048
// bits, as those of most services have: arithmetic on longer ones allocates 25
// KB an operation inside the standard library.
func TestASignOnAllocatesLittle(t *testing.T) {
	const rounds = 50
	short := rsa2048(t)
	viewer := aViewer()
	viewer.Key = short
	a := ordinary()
	signed, unsigned := viewer.Redirect(samltest.Ask{Destination: productSSO, RelayState: "relay"}), viewer.Redirect(samltest.Ask{Unsigned: true})
	for name, c := range map[string]struct {
		query string
		o     saml.AnswerOptions
	}{
		"one signature":  {unsigned, saml.AnswerOptions{Key: short, Sign: saml.SignResponse}},
		"two signatures": {unsigned, saml.AnswerOptions{Key: short}},
		"elliptic":       {unsigned, saml.AnswerOptions{Key: samltest.EllipticKey(), Sign: saml.SignAssertion}},
		"all there is":   {signed, saml.AnswerOptions{Key: short, Encrypt: &xmlenc.Recipient{Certificate: short.Certificate}}},
	} {
		service := viewer.ServiceProvider()
		idp := theIDP()
		var before, after runtime.MemStats
		exchange(t, idp, c.query, service, a, c.o)
		runtime.ReadMemStats(&before)
		for range rounds {
			exchange(t, idp, c.query, service, a, c.o)
		}
		runtime.ReadMemStats(&after)
		allocations, size := (after.Mallocs-before.Mallocs)/rounds, (after.TotalAlloc-before.TotalAlloc)/rounds
		if allocations > 600 || size > 80<<10 {
			t.Errorf("%s: %d allocations of %d bytes, want at most 600 of %d", name, allocations, size, 80<<10)
		}
		t.Logf("%s: %d allocations, %d bytes", name, allocations, size)
	}
}

// spent is the processor's time this process has used, which other programs on
// the machine do not lengthen as they do the time by the clock.
func spent(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRespond compares this package's share of a sign-on with one RSA-2048
// signature of the standard library in the same run ("signatures").
func BenchmarkRespond(b *testing.B) {
	short, a := rsa2048(b), ordinary()
	recipient := &xmlenc.Recipient{Certificate: short.Certificate}
	viewer, idp := aViewer(), theIDP()
	viewer.Key = short
	service := viewer.ServiceProvider()
	unsigned := viewer.Redirect(samltest.Ask{Unsigned: true})
	signed := viewer.Redirect(samltest.Ask{Destination: productSSO})
	sum := sha256.Sum256([]byte("to compare by"))
	elliptic := samltest.EllipticKey()

	var one float64 // a signature, in nanoseconds of processor
	run := func(name string, do func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			began := spent(b)
			for b.Loop() {
				do(b)
			}
			used := float64(spent(b)-began) / float64(b.N)
			if one == 0 {
				one = used
			}
			b.ReportMetric(used, "cpu-ns/op")
			b.ReportMetric(used/one, "signatures/op")
		})
	}
	answer := func(o saml.AnswerOptions) func(b *testing.B) {
		return func(b *testing.B) {
			if _, _, err := idp.Respond(aRequest(), a, o); err != nil {
				b.Fatal(err)
			}
		}
	}
	whole := func(query string, o saml.AnswerOptions) func(b *testing.B) {
		return func(b *testing.B) { exchange(b, idp, query, service, a, o) }
	}
	run("signing alone, RSA-2048", func(b *testing.B) {
		if _, err := rsa.SignPKCS1v15(rand.Reader, short.Signer.(*rsa.PrivateKey), crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	})
	run("the request alone", func(b *testing.B) {
		in, err := idp.ReadRedirect(unsigned)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := idp.Check(in, service); err != nil {
			b.Fatal(err)
		}
	})
	run("the answer alone, P-256", answer(saml.AnswerOptions{Key: elliptic, Sign: saml.SignResponse}))
	run("the answer alone, P-256, encrypted", answer(saml.AnswerOptions{Key: elliptic, Sign: saml.SignResponse, Encrypt: recipient}))
	run("exchange, RSA-2048 once", whole(unsigned, saml.AnswerOptions{Key: short, Sign: saml.SignResponse}))
	run("exchange, RSA-2048 twice", whole(unsigned, saml.AnswerOptions{Key: short}))
	run("exchange, RSA-3072 once", whole(unsigned, saml.AnswerOptions{Sign: saml.SignResponse}))
	run("exchange, P-256 once", whole(unsigned, saml.AnswerOptions{Key: elliptic, Sign: saml.SignResponse}))
	run("exchange, RSA-2048 once, request signed", whole(signed, saml.AnswerOptions{Key: short, Sign: saml.SignResponse}))
	run("exchange, RSA-2048 once, encrypted", whole(unsigned, saml.AnswerOptions{Key: short, Sign: saml.SignResponse, Encrypt: recipient}))
}
