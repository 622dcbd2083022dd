package saml_test

import (
	"crypto"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
	"oneid/saml/xmlenc"
)

func TestOurLogoutRequestsHoldUpToOthersJudgement(t *testing.T) {
	t.Parallel()
	p, v := theLogoutIDP(), aLogoutViewer()
	sp, product := v.ServiceProvider(), samltest.ProductKey().Certificate
	for _, binding := range []string{saml.BindingRedirect, saml.BindingPost, saml.BindingSOAP} {
		to, ok := sp.LogoutEndpoint(binding)
		if !ok {
			t.Fatalf("no address for %s", binding)
		}
		sent, err := p.AskLogout(saml.LogoutAsk{
			Service: viewerID, To: to, NameID: givenName, SessionIndexes: []string{"one", "two&"}, Reason: saml.LogoutByUser, RelayState: "token&=",
		}, saml.LogoutOptions{})
		if err != nil {
			t.Fatal(err)
		}
		samltest.Schema(t, samltest.ProtocolSchema, sent.XML)
		if got := samltest.Canonical(t, sent.XML); string(got) != string(sent.XML) {
			t.Errorf("not canonical:\n%s\n%s", sent.XML, got)
		}
		var got *samltest.Farewell
		switch binding {
		case saml.BindingRedirect:
			if strings.Contains(string(sent.XML), "Signature") || !strings.HasPrefix(sent.Address, viewerSLO+"?SAMLRequest=") {
				t.Errorf("by redirect to %s: %s", sent.Address, sent.XML)
			}
			samltest.OpensslQuery(t, strings.TrimPrefix(sent.Address, viewerSLO+"?"), product)
			got, err = v.ReadLogoutRedirect(sent.Address, product)
		case saml.BindingPost:
			samltest.Xmlsec1(t, sent.XML, "LogoutRequest", product)
			got, err = v.ReadLogoutPost(sent.Message, product)
		default:
			samltest.Xmlsec1(t, sent.Envelope, "LogoutRequest", product)
			got, err = v.ReadLogoutSOAP(sent.Envelope, product)
		}
		if err != nil {
			t.Fatalf("by %s: %v", binding, err)
		}
		if got.ID != sent.ID || got.Issuer != productIDP || got.Destination != to.URL || got.NameID != givenName || got.Reason != saml.LogoutByUser ||
			!slices.Equal(got.SessionIndexes, []string{"one", "two&"}) || binding == saml.BindingRedirect && got.RelayState != "token&=" {
			t.Errorf("by %s: the service reads %+v", binding, got)
		}
	}
}

func TestOurLogoutAnswersHoldUpToOthersJudgement(t *testing.T) {
	t.Parallel()
	p, v := theLogoutIDP(), aLogoutViewer()
	product := samltest.ProductKey().Certificate
	for binding, read := range wayRead(samltest.Goodbye{NameID: "ada", RelayState: "back"}) {
		in, err := read()
		if err != nil {
			t.Fatal(err)
		}
		request, err := p.CheckLogout(in, v.ServiceProvider())
		if err != nil {
			t.Fatal(err)
		}
		sent, err := p.AnswerLogout(*request, saml.StatusSuccess, saml.StatusPartialLogout, "Not everywhere < & >", saml.LogoutOptions{})
		if err != nil {
			t.Fatal(err)
		}
		samltest.Schema(t, samltest.ProtocolSchema, sent.XML)
		if got := samltest.Canonical(t, sent.XML); string(got) != string(sent.XML) {
			t.Errorf("not canonical:\n%s\n%s", sent.XML, got)
		}
		var got *samltest.Farewell
		switch binding {
		case "redirect":
			samltest.OpensslQuery(t, strings.TrimPrefix(sent.Address, viewerSLO+"/answer?"), product)
			got, err = v.ReadLogoutRedirect(sent.Address, product)
			if err == nil && (got.Destination != viewerSLO+"/answer" || got.RelayState != "back") {
				t.Errorf("sent to %q with %q", got.Destination, got.RelayState)
			}
		case "post":
			samltest.Xmlsec1(t, sent.XML, "LogoutResponse", product)
			got, err = v.ReadLogoutPost(sent.Message, product)
		default:
			samltest.Xmlsec1(t, sent.Envelope, "LogoutResponse", product)
			got, err = v.ReadLogoutSOAP(sent.Envelope, product)
		}
		if err != nil {
			t.Fatalf("by %s: %v", binding, err)
		}
		if got.InResponseTo != request.ID || got.Status != saml.StatusSuccess || got.Substatus != saml.StatusPartialLogout {
			t.Errorf("by %s: the service reads %+v", binding, got)
		}
	}
}

func TestALogoutCanHideTheNameBothWays(t *testing.T) {
	t.Parallel()
	p, v := theLogoutIDP(), aLogoutViewer()
	key := samltest.ViewerKey()
	to, _ := v.ServiceProvider().LogoutEndpoint(saml.BindingRedirect)
	sent, err := p.AskLogout(saml.LogoutAsk{Service: viewerID, To: to, NameID: givenName}, saml.LogoutOptions{
		Encrypt: &xmlenc.Recipient{Certificate: key.Certificate},
	})
	if err != nil {
		t.Fatal(err)
	}
	samltest.Schema(t, samltest.ProtocolSchema, sent.XML)
	if strings.Contains(string(sent.XML), "NameID ") {
		t.Errorf("the name is there to be read: %s", sent.XML)
	}
	if opened := samltest.Xmlsec1Decrypt(t, sent.XML, key); !strings.Contains(string(opened), "</saml:NameID></saml:EncryptedID>") {
		t.Errorf("xmlsec1 reads %s", opened)
	}
	hidden := samltest.Tree(sent.XML).FindElement("//EncryptedID")
	plain, err := xmlenc.Decrypt(hidden, []crypto.Decrypter{key.Signer.(crypto.Decrypter)})
	if err != nil || !strings.Contains(string(plain), "a&amp;b&lt;\"c\" ü</saml:NameID>") {
		t.Errorf("decrypted to %s, %v", plain, err)
	}

	// The other way: the product's two keys, of which the second fits.
	theirs, err := p.AskLogout(saml.LogoutAsk{Service: productIDP, To: to, NameID: givenName}, saml.LogoutOptions{
		Encrypt: &xmlenc.Recipient{Certificate: samltest.ProductKey().Certificate},
	})
	if err != nil {
		t.Fatal(err)
	}
	name := samltest.Tree(theirs.XML).FindElement("//EncryptedID")
	tree := etree.NewDocument()
	tree.SetRoot(name.Copy())
	for binding, read := range wayRead(samltest.Goodbye{Name: strings.TrimSpace(string(samltest.Bytes(tree)))}) {
		in, err := read()
		if err != nil {
			t.Fatal(err)
		}
		keys := []crypto.Decrypter{samltest.StrangerKey().Signer.(crypto.Decrypter), samltest.ProductKey().Signer.(crypto.Decrypter)}
		got, err := p.CheckLogout(in, v.ServiceProvider(), keys...)
		if err != nil || got.NameID != givenName || !got.Encrypted {
			t.Errorf("by %s: got %+v, %v", binding, got, err)
		}
		if _, err := p.CheckLogout(in, v.ServiceProvider(), keys[0]); saml.CodeOf(err) != saml.UndecryptableName {
			t.Errorf("by %s without the key: %v", binding, err)
		}
	}
}

func TestALogoutIsSignedByAnEllipticKeyToo(t *testing.T) {
	t.Parallel()
	p, v := theLogoutIDP(), aLogoutViewer()
	key := samltest.EllipticKey()
	for _, binding := range []string{saml.BindingRedirect, saml.BindingPost} {
		to, _ := v.ServiceProvider().LogoutEndpoint(binding)
		sent, err := p.AskLogout(saml.LogoutAsk{Service: viewerID, To: to, NameID: givenName}, saml.LogoutOptions{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if binding == saml.BindingPost {
			samltest.Xmlsec1(t, sent.XML, "LogoutRequest", key.Certificate)
			_, err = v.ReadLogoutPost(sent.Message, key.Certificate)
		} else {
			_, err = v.ReadLogoutRedirect(sent.Address, key.Certificate)
		}
		if err != nil {
			t.Errorf("by %s: %v", binding, err)
		}
	}
}

func TestALogoutThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	p := theLogoutIDP()
	to := saml.Endpoint{Binding: saml.BindingRedirect, URL: viewerSLO + "?x=y"}
	for name, ask := range map[string]saml.LogoutAsk{
		"no name":            {Service: viewerID, To: to},
		"a name beyond XML":  {Service: viewerID, To: to, NameID: saml.NameID{Value: "a\x00b"}},
		"an unknown binding": {Service: viewerID, To: saml.Endpoint{Binding: "urn:x", URL: viewerSLO}, NameID: givenName},
	} {
		if _, err := p.AskLogout(ask, saml.LogoutOptions{}); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	sent, err := p.AskLogout(saml.LogoutAsk{Service: viewerID, To: to, NameID: givenName}, saml.LogoutOptions{})
	if err != nil || !strings.HasPrefix(sent.Address, viewerSLO+"?x=y&SAMLRequest=") {
		t.Errorf("an address with a query becomes %+v, %v", sent, err)
	}
}

func FuzzLogoutMessages(f *testing.F) {
	v := aLogoutViewer()
	f.Add(v.Message(samltest.Goodbye{NameID: "ada", SessionIndexes: []string{"x"}, Asynchronous: true, Destination: productSLO}))
	f.Add(v.Message(samltest.Goodbye{InResponseTo: requestID, Destination: productSLO}))
	f.Add(v.LogoutSOAP(samltest.Goodbye{NameID: "ada"}))
	f.Add(saml.SOAPFault("no"))
	p, sp := theLogoutIDP(), v.ServiceProvider()
	f.Fuzz(func(t *testing.T, doc []byte) {
		for _, read := range []func() (*saml.LogoutMessage, error){
			func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost(samltest.Encode(doc), "", "") },
			func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost("", samltest.Encode(doc), "") },
			func() (*saml.LogoutMessage, error) { return p.ReadLogoutSOAP(doc) },
		} {
			in, err := read()
			if err == nil {
				if _, err = p.CheckLogout(in, sp); err == nil && !in.Signed {
					t.Error("believed without a signature")
				}
				_, err = p.CheckLogoutAnswer(in, sp, requestID)
			}
			if err != nil && saml.CodeOf(err) == "" {
				t.Errorf("not a refusal: %v", err)
			}
		}
	})
}
