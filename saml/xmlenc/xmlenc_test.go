package xmlenc_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
)

const (
	open  = `<saml:EncryptedID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">`
	shut  = `</saml:EncryptedID>`
	plain = `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">é &amp; &lt;</saml:NameID>`
)

func decrypter(key saml.SigningKey) crypto.Decrypter { return key.Signer.(crypto.Decrypter) }

// encrypted is an EncryptedID for the viewer.
func encrypted(t testing.TB, octets string, r xmlenc.Recipient) []byte {
	t.Helper()
	if r.Certificate == nil {
		r.Certificate = samltest.ViewerKey().Certificate
	}
	doc, err := xmlenc.Encrypt([]byte(open), []byte(octets), r)
	if err != nil {
		t.Fatal(err)
	}
	return append(doc, shut...)
}

func root(doc []byte) *etree.Element { return samltest.Tree(doc).Root() }

func TestWhatWeEncryptOthersDecrypt(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]xmlenc.Recipient{
		"by default":            {},
		"AES-192-GCM":           {Data: xmlenc.AES192GCM},
		"AES-256-GCM":           {Data: xmlenc.AES256GCM},
		"AES-128-CBC":           {Data: xmlenc.AES128CBC},
		"AES-256-CBC":           {Data: xmlenc.AES256CBC},
		"the transport spelled": {Data: xmlenc.AES128GCM, Transport: xmlenc.RSAOAEPMGF1P, Digest: xmlenc.SHA1, Mask: xmlenc.MGF1SHA1},
	} {
		for _, content := range []string{plain, "<a/>", "<a>" + strings.Repeat("x", 8) + "</a>", "<a>" + strings.Repeat("é", 5000) + "</a>"} {
			doc := encrypted(t, content, r)
			got := samltest.Tree(samltest.Xmlsec1Decrypt(t, doc, samltest.ViewerKey())).Root().ChildElements()
			if len(got) != 1 || got[0].Text() != samltest.Tree([]byte(content)).Root().Text() {
				t.Errorf("%s: xmlsec1 finds something else", name)
			}
		}
		doc := encrypted(t, plain, r)
		if same := samltest.Canonical(t, doc); !bytes.Equal(same, doc) {
			t.Errorf("%s: not canonical:\n%s\n%s", name, doc, same)
		}
	}
}

// xmlsec1 of this generation knows SHA-1 inside OAEP only.
func TestOtherFormsOfOAEPAreAsOpensslUnderstandsThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r            xmlenc.Recipient
		digest, mask string
	}{
		{xmlenc.Recipient{Transport: xmlenc.RSAOAEP}, "sha256", "sha256"},
		{xmlenc.Recipient{Transport: xmlenc.RSAOAEP, Digest: xmlenc.SHA1, Mask: xmlenc.MGF1SHA1}, "sha1", "sha1"},
		{xmlenc.Recipient{Transport: xmlenc.RSAOAEP, Digest: xmlenc.SHA512, Mask: xmlenc.MGF1SHA1}, "sha512", "sha1"},
		{xmlenc.Recipient{Transport: xmlenc.RSAOAEP, Digest: xmlenc.SHA384, Mask: xmlenc.MGF1SHA384}, "sha384", "sha384"},
		{xmlenc.Recipient{Transport: xmlenc.RSAOAEPMGF1P, Digest: xmlenc.SHA256, Data: xmlenc.AES256GCM}, "sha256", "sha1"},
	} {
		doc := encrypted(t, plain, c.r)
		got := samltest.OpensslDecrypt(t, root(doc).ChildElements()[0], samltest.ViewerKey(), c.digest, c.mask)
		if string(got) != plain {
			t.Errorf("%+v: openssl finds %q", c.r, got)
		}
		ours, err := xmlenc.Decrypt(root(doc), []crypto.Decrypter{decrypter(samltest.ViewerKey())})
		if err != nil || string(ours) != plain {
			t.Errorf("%+v: we find %q, %v", c.r, ours, err)
		}
	}
}

func TestEveryKeyIsTriedAndOthersDoNotDisturb(t *testing.T) {
	t.Parallel()
	doc := encrypted(t, plain, xmlenc.Recipient{})
	stranger, viewer := decrypter(samltest.StrangerKey()), decrypter(samltest.ViewerKey())
	for name, keys := range map[string][]crypto.Decrypter{
		"alone": {viewer}, "last": {stranger, viewer}, "first": {viewer, stranger}, "behind nothing": {nil, viewer},
	} {
		if got, err := xmlenc.Decrypt(root(doc), keys); err != nil || string(got) != plain {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, keys := range map[string][]crypto.Decrypter{"no key": nil, "a stranger's": {stranger}, "nothing": {nil}} {
		if got, err := xmlenc.Decrypt(root(doc), keys); !errors.Is(err, xmlenc.ErrUndecryptable) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// beside moves the wrapped key out of the EncryptedData, where some products
// put it.
func beside(el *etree.Element) {
	data := el.FindElement("./EncryptedData")
	key := data.FindElement("./KeyInfo/EncryptedKey")
	data.RemoveChild(data.FindElement("./KeyInfo"))
	key.CreateAttr("xmlns:xenc", xmlenc.Namespace)
	key.CreateAttr("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#")
	el.AddChild(key)
}

func TestAKeyBesideTheContentAndOneAmongSeveralIsFound(t *testing.T) {
	t.Parallel()
	keys := []crypto.Decrypter{decrypter(samltest.ViewerKey())}
	tree := samltest.Tree(encrypted(t, plain, xmlenc.Recipient{}))
	beside(tree.Root())
	if got, err := xmlenc.Decrypt(root(samltest.Bytes(tree)), keys); err != nil || string(got) != plain {
		t.Errorf("beside: %q, %v", got, err)
	}
	tree = samltest.Tree(encrypted(t, plain, xmlenc.Recipient{}))
	info := tree.FindElement("//KeyInfo")
	other := root(encrypted(t, plain, xmlenc.Recipient{Certificate: samltest.StrangerKey().Certificate})).FindElement(".//EncryptedKey").Copy()
	info.InsertChildAt(0, other)
	if got, err := xmlenc.Decrypt(root(samltest.Bytes(tree)), keys); err != nil || string(got) != plain {
		t.Errorf("among several: %q, %v", got, err)
	}
	for range 3 {
		info.AddChild(other.Copy())
	}
	if _, err := xmlenc.Decrypt(root(samltest.Bytes(tree)), keys); err == nil {
		t.Error("five wrapped keys: tried them all")
	}
}

func TestWhatCouldBeAnOracleAndWhatIsBrokenFailsInOneWay(t *testing.T) {
	t.Parallel()
	alg := func(path, uri string) func(*etree.Element) {
		return func(el *etree.Element) { el.FindElement(path).CreateAttr("Algorithm", uri) }
	}
	value := func(path, text string) func(*etree.Element) {
		return func(el *etree.Element) { el.FindElement(path).SetText(text) }
	}
	drop := func(path string) func(*etree.Element) {
		return func(el *etree.Element) { c := el.FindElement(path); c.Parent().RemoveChild(c) }
	}
	const method, wrapped = "./EncryptedData/EncryptionMethod", "./EncryptedData/KeyInfo/EncryptedKey"
	spoils := map[string]func(*etree.Element){
		"Triple DES":        alg(method, xmlenc.Namespace+"tripledes-cbc"),
		"CBC in name":       alg(method, xmlenc.AES128CBC),
		"another key size":  alg(method, xmlenc.AES256GCM),
		"no algorithm":      alg(method, ""),
		"no method":         drop(method),
		"PKCS #1 v1.5":      alg(wrapped+"/EncryptionMethod", xmlenc.Namespace+"rsa-1_5"),
		"another digest":    alg(wrapped+"/EncryptionMethod/DigestMethod", xmlenc.SHA256),
		"an unknown digest": alg(wrapped+"/EncryptionMethod/DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"),
		"an unknown mask":   func(el *etree.Element) { addMask(el, "urn:x") },
		"a label": func(el *etree.Element) {
			el.FindElement(wrapped + "/EncryptionMethod").CreateElement("xenc:OAEPparams")
		},
		"no wrapped key":              drop(wrapped),
		"no KeyInfo":                  drop("./EncryptedData/KeyInfo"),
		"no key method":               drop(wrapped + "/EncryptionMethod"),
		"no content":                  drop("./EncryptedData/CipherData"),
		"no value":                    drop("./EncryptedData/CipherData/CipherValue"),
		"an empty value":              value("./EncryptedData/CipherData/CipherValue", ""),
		"a short value":               value("./EncryptedData/CipherData/CipherValue", base64.StdEncoding.EncodeToString(make([]byte, 12))),
		"no base64":                   value("./EncryptedData/CipherData/CipherValue", "!"),
		"a short wrapped key":         value(wrapped+"/CipherData/CipherValue", "AAAA"),
		"an empty wrapped key":        value(wrapped+"/CipherData/CipherValue", ""),
		"a wrapped key of the length": value(wrapped+"/CipherData/CipherValue", base64.StdEncoding.EncodeToString(make([]byte, 384))),
		"a reference instead": func(el *etree.Element) {
			el.FindElement("./EncryptedData/CipherData").Child = nil
			el.FindElement("./EncryptedData/CipherData").CreateElement("xenc:CipherReference").CreateAttr("URI", "http://localhost/")
		},
		"two contents":        func(el *etree.Element) { el.AddChild(el.FindElement("./EncryptedData").Copy()) },
		"elements in a value": func(el *etree.Element) { el.FindElement("./EncryptedData/CipherData/CipherValue").CreateElement("x") },
		"another namespace":   func(el *etree.Element) { el.FindElement("./EncryptedData").CreateAttr("xmlns:xenc", "urn:x") },
		"a changed content": func(el *etree.Element) {
			v := el.FindElement("./EncryptedData/CipherData/CipherValue")
			octets, _ := base64.StdEncoding.DecodeString(v.Text())
			octets[20] ^= 1
			v.SetText(base64.StdEncoding.EncodeToString(octets))
		},
	}
	keys := []crypto.Decrypter{decrypter(samltest.ViewerKey())}
	for name, spoil := range spoils {
		tree := samltest.Tree(encrypted(t, plain, xmlenc.Recipient{}))
		spoil(tree.Root())
		if got, err := xmlenc.Decrypt(tree.Root(), keys); err != xmlenc.ErrUndecryptable || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	doc := encrypted(t, plain, xmlenc.Recipient{Data: xmlenc.AES128CBC})
	if _, err := xmlenc.Decrypt(root(doc), keys); err != xmlenc.ErrUndecryptable {
		t.Errorf("honest CBC: %v", err)
	}
}

func addMask(el *etree.Element, uri string) {
	m := el.FindElement("./EncryptedData/KeyInfo/EncryptedKey/EncryptionMethod")
	m.CreateAttr("Algorithm", xmlenc.RSAOAEP)
	mask := m.CreateElement("xenc11:MGF")
	mask.CreateAttr("xmlns:xenc11", "http://www.w3.org/2009/xmlenc11#")
	mask.CreateAttr("Algorithm", uri)
}

func TestRecipientsWeCannotWriteToAreRefused(t *testing.T) {
	t.Parallel()
	viewer := samltest.ViewerKey().Certificate
	for name, r := range map[string]xmlenc.Recipient{
		"no certificate":         {},
		"an elliptic key":        {Certificate: samltest.EllipticKey().Certificate},
		"a short key":            {Certificate: &x509.Certificate{PublicKey: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}}},
		"an unknown cipher":      {Certificate: viewer, Data: xmlenc.Namespace + "tripledes-cbc"},
		"PKCS #1 v1.5":           {Certificate: viewer, Transport: xmlenc.Namespace + "rsa-1_5"},
		"an unknown digest":      {Certificate: viewer, Digest: "urn:x"},
		"an unknown mask":        {Certificate: viewer, Transport: xmlenc.RSAOAEP, Mask: "urn:x"},
		"a mask for the old one": {Certificate: viewer, Mask: xmlenc.MGF1SHA256},
	} {
		if r.Check() == nil {
			t.Errorf("%s: found good", name)
		}
		if doc, err := xmlenc.Encrypt([]byte("x"), []byte(plain), r); err == nil || string(doc) != "x" {
			t.Errorf("%s: wrote %q, %v", name, doc, err)
		}
	}
}

func TestTheSameContentNeverLooksTheSame(t *testing.T) {
	t.Parallel()
	for _, data := range []string{xmlenc.AES128GCM, xmlenc.AES128CBC} {
		one, two := encrypted(t, plain, xmlenc.Recipient{Data: data}), encrypted(t, plain, xmlenc.Recipient{Data: data})
		for _, path := range []string{"./EncryptedData/CipherData/CipherValue", "./EncryptedData/KeyInfo/EncryptedKey/CipherData/CipherValue"} {
			if root(one).FindElement(path).Text()[:20] == root(two).FindElement(path).Text()[:20] {
				t.Errorf("%s: %s repeats", data, path)
			}
		}
		if announced := len(open+shut) + xmlenc.Size(len(plain), xmlenc.Recipient{Certificate: samltest.ViewerKey().Certificate, Data: data}); announced < len(one) {
			t.Errorf("%s: takes %d bytes, announced %d", data, len(one), announced)
		}
	}
}

// Whatever is made of an encrypted element, it is refused in one way or says
// what it said.
func FuzzDecrypt(f *testing.F) {
	f.Add(encrypted(f, plain, xmlenc.Recipient{}))
	f.Add(encrypted(f, plain, xmlenc.Recipient{Transport: xmlenc.RSAOAEP, Data: xmlenc.AES256GCM}))
	f.Add(encrypted(f, plain, xmlenc.Recipient{Data: xmlenc.AES128CBC}))
	f.Add([]byte(open + shut))
	keys := []crypto.Decrypter{decrypter(samltest.ViewerKey())}
	f.Fuzz(func(t *testing.T, doc []byte) {
		tree := etree.NewDocument()
		if tree.ReadFromBytes(doc) != nil || tree.Root() == nil {
			return
		}
		got, err := xmlenc.Decrypt(tree.Root(), keys)
		if err != nil && err != xmlenc.ErrUndecryptable || err == nil && string(got) != plain {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// Whatever is encrypted comes back.
func FuzzEncrypt(f *testing.F) {
	f.Add([]byte(plain), uint8(0))
	f.Add([]byte{}, uint8(3))
	data := []string{"", xmlenc.AES128GCM, xmlenc.AES192GCM, xmlenc.AES256GCM}
	keys := []crypto.Decrypter{decrypter(samltest.ViewerKey())}
	f.Fuzz(func(t *testing.T, octets []byte, pick uint8) {
		r := xmlenc.Recipient{Certificate: samltest.ViewerKey().Certificate, Data: data[int(pick)%len(data)]}
		if pick >= 128 {
			r.Transport = xmlenc.RSAOAEP
		}
		doc, err := xmlenc.Encrypt([]byte(open), octets, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := xmlenc.Decrypt(root(append(doc, shut...)), keys)
		if err != nil || !bytes.Equal(got, octets) {
			t.Errorf("%q came back as %q, %v", octets, got, err)
		}
	})
}

func BenchmarkEncrypt(b *testing.B) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	r := xmlenc.Recipient{Certificate: &x509.Certificate{Raw: make([]byte, 1000), PublicKey: key.Public()}}
	octets := make([]byte, 8000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xmlenc.Encrypt(make([]byte, 0, xmlenc.Size(len(octets), r)), octets, r); err != nil {
			b.Fatal(err)
		}
	}
}
