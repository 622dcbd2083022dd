package saml_test

import (
	"crypto/x509"
	"testing"
	"time"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
)

const tripleDES, rsa15 = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"

// methods lists algorithms as metadata does.
func methods(list ...string) []saml.EncryptionMethod {
	var all []saml.EncryptionMethod
	for _, uri := range list {
		all = append(all, saml.EncryptionMethod{Algorithm: uri})
	}
	return all
}

func TestAServiceIsEncryptedForByWhatItListsAndNoWeaker(t *testing.T) {
	t.Parallel()
	viewer, ended := samltest.ViewerKey().Certificate, *samltest.StrangerKey().Certificate
	ended.NotAfter = noon()
	key := func(cert *x509.Certificate, list ...string) saml.EncryptionKey {
		return saml.EncryptionKey{Certificate: cert, Methods: methods(list...)}
	}
	oaep := func(m saml.EncryptionMethod) saml.EncryptionKey {
		return saml.EncryptionKey{Certificate: viewer, Methods: []saml.EncryptionMethod{m}}
	}
	elliptic := samltest.EllipticKey().Certificate
	required, never := saml.EncryptionWish{Mode: saml.EncryptRequired}, saml.EncryptionWish{Mode: saml.EncryptNever}
	cbc, lenient := saml.EncryptionWish{AllowCBC: true}, saml.EncryptionWish{AllowExpired: true}
	refused := &xmlenc.Recipient{Data: "refused"}
	for name, c := range map[string]struct {
		keys []saml.EncryptionKey
		wish saml.EncryptionWish
		want *xmlenc.Recipient // nil: in clear
	}{
		"no key":                           {nil, saml.EncryptionWish{}, nil},
		"no key, required":                 {nil, required, refused},
		"no key, never":                    {nil, never, nil},
		"a key, never":                     {[]saml.EncryptionKey{key(viewer)}, never, nil},
		"a mode nobody knows":              {[]saml.EncryptionKey{key(viewer)}, saml.EncryptionWish{Mode: "perhaps"}, refused},
		"nothing listed":                   {[]saml.EncryptionKey{key(viewer)}, saml.EncryptionWish{}, &xmlenc.Recipient{}},
		"nothing listed, required":         {[]saml.EncryptionKey{key(viewer)}, required, &xmlenc.Recipient{}},
		"in its order":                     {[]saml.EncryptionKey{key(viewer, xmlenc.AES256GCM, xmlenc.AES128GCM)}, required, &xmlenc.Recipient{Data: xmlenc.AES256GCM}},
		"CBC first, GCM after":             {[]saml.EncryptionKey{key(viewer, xmlenc.AES128CBC, xmlenc.AES128GCM)}, cbc, &xmlenc.Recipient{Data: xmlenc.AES128GCM}},
		"CBC only":                         {[]saml.EncryptionKey{key(viewer, xmlenc.AES128CBC, tripleDES)}, saml.EncryptionWish{}, refused},
		"CBC only, as an exception":        {[]saml.EncryptionKey{key(viewer, tripleDES, xmlenc.AES256CBC, xmlenc.AES128CBC)}, cbc, &xmlenc.Recipient{Data: xmlenc.AES256CBC}},
		"Triple DES only":                  {[]saml.EncryptionKey{key(viewer, tripleDES)}, cbc, refused},
		"a transport only":                 {[]saml.EncryptionKey{key(viewer, xmlenc.RSAOAEPMGF1P)}, required, &xmlenc.Recipient{Transport: xmlenc.RSAOAEPMGF1P}},
		"PKCS #1 v1.5 only":                {[]saml.EncryptionKey{key(viewer, xmlenc.AES128GCM, rsa15)}, cbc, refused},
		"PKCS #1 v1.5 first":               {[]saml.EncryptionKey{key(viewer, rsa15, xmlenc.RSAOAEP)}, required, &xmlenc.Recipient{Transport: xmlenc.RSAOAEP}},
		"the old OAEP, SHA-256":            {[]saml.EncryptionKey{oaep(saml.EncryptionMethod{Algorithm: xmlenc.RSAOAEPMGF1P, Digest: xmlenc.SHA256})}, required, &xmlenc.Recipient{Transport: xmlenc.RSAOAEPMGF1P, Digest: xmlenc.SHA256}},
		"the new OAEP, as it says":         {[]saml.EncryptionKey{oaep(saml.EncryptionMethod{Algorithm: xmlenc.RSAOAEP, Digest: xmlenc.SHA512, MGF: xmlenc.MGF1SHA1})}, required, &xmlenc.Recipient{Transport: xmlenc.RSAOAEP, Digest: xmlenc.SHA512, Mask: xmlenc.MGF1SHA1}},
		"OAEP with a digest nobody knows":  {[]saml.EncryptionKey{oaep(saml.EncryptionMethod{Algorithm: xmlenc.RSAOAEP, Digest: "urn:md5"})}, required, refused},
		"a mask the old OAEP has not":      {[]saml.EncryptionKey{oaep(saml.EncryptionMethod{Algorithm: xmlenc.RSAOAEPMGF1P, MGF: xmlenc.MGF1SHA256})}, required, &xmlenc.Recipient{Transport: xmlenc.RSAOAEPMGF1P}},
		"an elliptic key, then RSA":        {[]saml.EncryptionKey{key(elliptic), key(viewer)}, required, &xmlenc.Recipient{}},
		"an elliptic key only":             {[]saml.EncryptionKey{key(elliptic)}, saml.EncryptionWish{}, refused},
		"nothing in the descriptor":        {[]saml.EncryptionKey{{}}, saml.EncryptionWish{}, refused},
		"an ended key, then another":       {[]saml.EncryptionKey{key(&ended, xmlenc.AES256GCM), key(viewer)}, required, &xmlenc.Recipient{}},
		"an ended key only":                {[]saml.EncryptionKey{key(&ended)}, saml.EncryptionWish{}, refused},
		"an ended key as a mere wrapping":  {[]saml.EncryptionKey{key(&ended, xmlenc.AES256GCM)}, lenient, &xmlenc.Recipient{Data: xmlenc.AES256GCM}},
		"a weak one first, a good one too": {[]saml.EncryptionKey{key(viewer, tripleDES), key(viewer, xmlenc.AES128GCM)}, required, &xmlenc.Recipient{Data: xmlenc.AES128GCM}},
	} {
		c.wish.Now = noon().Add(time.Second)
		got, err := saml.ChooseRecipient(saml.ServiceProvider{EntityID: viewerID, EncryptionKeys: c.keys}, c.wish)
		switch {
		case c.want == refused:
			if saml.CodeOf(err) != saml.EncryptionUnavailable || got != nil {
				t.Errorf("%s: %+v, %v, want a refusal", name, got, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case (got == nil) != (c.want == nil):
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		case got != nil:
			cert := got.Certificate
			if got.Certificate = nil; *got != *c.want {
				t.Errorf("%s: %+v, want %+v", name, got, c.want)
			}
			if got.Certificate = cert; got.Check() != nil {
				t.Errorf("%s: %v", name, got.Check())
			}
		}
	}
}
