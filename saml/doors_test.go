package saml_test

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"oneid/saml"
	"oneid/saml/samltest"
)

// doors are all the ways in for documents that others wrote, each with what it
// makes of one, and an honest document for it.
func doors() map[string]struct {
	honest []byte
	enter  func(doc []byte) error
} {
	type door = struct {
		honest []byte
		enter  func(doc []byte) error
	}
	p, v, logout := theLogoutIDP(), aViewer(), aLogoutViewer()
	ask := v.Request(samltest.Ask{ID: requestID, Destination: productSSO})
	bye := logout.Message(samltest.Goodbye{ID: requestID, NameID: "ada", Destination: productSLO})
	reply := logout.Message(samltest.Goodbye{ID: requestID, InResponseTo: "_fedcba9876543210fedcba98", Destination: productSLO})
	redirect := func(kind string, doc []byte) string {
		return strings.Replace(v.RedirectOf(doc, "", true), "SAMLRequest=", kind+"=", 1)
	}
	return map[string]door{
		"a request by redirect": {ask, func(doc []byte) error { _, err := p.ReadRedirect(redirect("SAMLRequest", doc)); return err }},
		"a request by post":     {ask, func(doc []byte) error { _, err := p.ReadPost(samltest.Encode(doc), ""); return err }},
		"a logout by redirect":  {bye, func(doc []byte) error { _, err := p.ReadLogoutRedirect(redirect("SAMLRequest", doc)); return err }},
		"a logout by post":      {bye, func(doc []byte) error { _, err := p.ReadLogoutPost(samltest.Encode(doc), "", ""); return err }},
		"a logout by SOAP": {logout.LogoutSOAP(samltest.Goodbye{ID: requestID, NameID: "ada", Destination: productSOAP}),
			func(doc []byte) error { _, err := p.ReadLogoutSOAP(doc); return err }},
		"an answer by redirect": {reply, func(doc []byte) error { _, err := p.ReadLogoutRedirect(redirect("SAMLResponse", doc)); return err }},
		"an answer by post":     {reply, func(doc []byte) error { _, err := p.ReadLogoutPost("", samltest.Encode(doc), ""); return err }},
		"a college's answer": {aCollege().Response(honest()), func(doc []byte) error {
			_, err := theSP().Accept(samltest.Encode(doc), aCollege().IdentityProvider(), saml.Expect{RequestID: requestID})
			return err
		}},
		"a service's metadata": {v.Metadata(), func(doc []byte) error {
			_, err := saml.ReadServiceProvider(doc, noon(), saml.ReadOptions{})
			return err
		}},
		"a college's metadata": {aCollege().Metadata(), func(doc []byte) error {
			_, err := saml.ReadIdentityProvider(doc, noon(), saml.ReadOptions{})
			return err
		}},
		"a list of services": {v.Metadata(), func(doc []byte) error { _, err := saml.ListServices(doc); return err }},
	}
}

func TestTheGateStandsAtEveryDoor(t *testing.T) {
	t.Parallel()
	behindRoot := func(doc, insert string) string {
		at := strings.Index(doc, ">")
		return doc[:at+1] + insert + doc[at+1:]
	}
	inRoot := func(doc, attribute string) string {
		at := strings.Index(doc, " ")
		return doc[:at] + " " + attribute + doc[at:]
	}
	utf16 := func(doc string) string {
		out := []byte{0xff, 0xfe}
		for _, c := range []byte(doc) {
			out = append(out, c, 0)
		}
		return string(out)
	}
	tricks := map[string]struct {
		spoil func(doc string) string
		want  saml.Code
	}{
		"a DTD": {func(d string) string { return `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + d }, "xml_dtd"},
		"entities in entities": {func(d string) string {
			return `<!DOCTYPE x [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>` + behindRoot(d, "&b;")
		}, "xml_dtd"},
		"an unknown entity":       {func(d string) string { return behindRoot(d, "&e;") }, "xml_malformed"},
		"an instruction":          {func(d string) string { return `<?xml-stylesheet href="x"?>` + d }, "xml_processing_instruction"},
		"an instruction inside":   {func(d string) string { return behindRoot(d, "<?x y?>") }, "xml_processing_instruction"},
		"CDATA":                   {func(d string) string { return behindRoot(d, "<![CDATA[x]]>") }, "xml_cdata"},
		"UTF-16":                  {utf16, "xml_not_utf8"},
		"UTF-16 that is declared": {func(d string) string { return `<?xml version="1.0" encoding="UTF-16"?>` + d }, "xml_not_utf8"},
		"UTF-7":                   {func(d string) string { return `<?xml version="1.0" encoding="UTF-7"?>` + d }, "xml_not_utf8"},
		"a byte order mark":       {func(d string) string { return "\ufeff" + d }, "xml_not_utf8"},
		"a null":                  {func(d string) string { return behindRoot(d, "\x00") }, "xml_malformed"},
		"a null by number":        {func(d string) string { return behindRoot(d, "&#0;") }, "xml_malformed"},
		"half a letter":           {func(d string) string { return behindRoot(d, "\xc3") }, "xml_not_utf8"},
		"half a pair":             {func(d string) string { return behindRoot(d, "&#xD800;") }, "xml_malformed"},
		"two documents":           {func(d string) string { return d + "<x/>" }, "xml_malformed"},
		"text behind":             {func(d string) string { return d + "x" }, "xml_malformed"},
		"XML 1.1":                 {func(d string) string { return `<?xml version="1.1"?>` + d }, "xml_malformed"},
		"a depth without end":     {func(d string) string { return behindRoot(d, strings.Repeat("<x>", 60)+strings.Repeat("</x>", 60)) }, "xml_too_deep"},
		"a relative namespace":    {func(d string) string { return behindRoot(d, `<x xmlns="../evil"/>`) }, "xml_bad_namespace"},
		"a name nobody declared":  {func(d string) string { return behindRoot(d, "<evil:x/>") }, "xml_prefix_undeclared"},
		"one prefix for two":      {func(d string) string { return behindRoot(d, `<e:x xmlns:e="urn:a"/><e:x xmlns:e="urn:b"/>`) }, "xml_prefix_redeclared"},
		"an ID in disguise":       {func(d string) string { return inRoot(d, `xmlns:evil="urn:evil" evil:ID="_evil"`) }, "xml_attribute_pollution"},
		"an ID twice":             {func(d string) string { return behindRoot(d, `<x ID="_twice"/><x ID="_twice"/>`) }, "xml_duplicate_id"},
		"an Issuer from nowhere":  {func(d string) string { return behindRoot(d, `<Issuer xmlns="urn:evil">x</Issuer>`) }, "xml_foreign_element"},
	}
	for name, d := range doors() {
		if code := saml.CodeOf(d.enter(d.honest)); strings.HasPrefix(string(code), "xml_") || code == saml.BadEncoding {
			t.Errorf("%s: the honest one is refused as %s", name, code)
		}
		for trick, c := range tricks {
			if got := saml.CodeOf(d.enter([]byte(c.spoil(string(d.honest))))); got != c.want {
				t.Errorf("%s with %s: refused as %q, want %s", name, trick, got, c.want)
			}
		}
		if !strings.Contains(name, "metadata") && !strings.Contains(name, "list") {
			if got := saml.CodeOf(d.enter([]byte(behindRoot(string(d.honest), "<!-- x -->")))); got != "xml_comment" {
				t.Errorf("%s with a comment: refused as %q", name, got)
			}
		}
	}
}

// In each, what is signed is honest, and what a careless reader finds is not.
func wrapped(signed []byte, forge func(*etree.Element)) map[string][]byte {
	build := func(arrange func(forged, original, signature *etree.Element)) []byte {
		tree := samltest.Tree(signed)
		forged := tree.Root()
		original := forged.Copy()
		signature := forged.SelectElement("Signature")
		forged.RemoveChild(signature)
		forged.CreateAttr("ID", "_forged00000000000000")
		forge(forged)
		arrange(forged, original, signature)
		return samltest.Bytes(tree)
	}
	extensions := func(forged *etree.Element, inside ...*etree.Element) {
		e := etree.NewElement("samlp:Extensions")
		for _, el := range inside {
			e.AddChild(el)
		}
		forged.InsertChildAt(1, e)
	}
	bare := func(original *etree.Element) *etree.Element {
		original.RemoveChild(original.SelectElement("Signature"))
		return original
	}
	return map[string][]byte{
		"the signed one in Extensions":                      build(func(f, o, _ *etree.Element) { extensions(f, o) }),
		"the signed one in Extensions, its signature above": build(func(f, o, s *etree.Element) { extensions(f, bare(o)); f.InsertChildAt(1, s) }),
		"the signed one in the signature":                   build(func(f, o, s *etree.Element) { s.AddChild(bare(o)); f.InsertChildAt(1, s) }),
		"the signed one in an Object": build(func(f, o, s *etree.Element) {
			s.CreateElement("ds:Object").AddChild(bare(o))
			f.InsertChildAt(1, s)
		}),
		"the signed one as last child": build(func(f, o, s *etree.Element) { f.InsertChildAt(1, s); f.AddChild(bare(o)) }),
		"both by one ID": build(func(f, o, s *etree.Element) {
			f.CreateAttr("ID", o.SelectAttrValue("ID", ""))
			extensions(f, bare(o))
			f.InsertChildAt(1, s)
		}),
		"two signatures": build(func(f, o, s *etree.Element) {
			f.InsertChildAt(1, s.Copy())
			f.InsertChildAt(1, s)
			extensions(f, bare(o))
		}),
		"only changed": build(func(f, _, s *etree.Element) { f.InsertChildAt(1, s) }),
		"under the honest ID": build(func(f, o, s *etree.Element) {
			f.CreateAttr("ID", o.SelectAttrValue("ID", ""))
			f.InsertChildAt(1, s)
		}),
	}
}

func TestASignatureOverSomethingElseSignsNoRequestAndNoLogout(t *testing.T) {
	t.Parallel()
	p, logout := theLogoutIDP(), aLogoutViewer()
	required := logout.ServiceProvider()
	required.RequestSignature = saml.SignatureRequired
	ask := samltest.Decode(logout.Post(samltest.Ask{Destination: productSSO}))
	for name, doc := range wrapped(ask, set("ForceAuthn", "true")) {
		in, err := p.ReadPost(samltest.Encode(doc), "")
		if err == nil {
			_, err = p.Check(in, required)
		}
		if saml.CodeOf(err) == "" {
			t.Errorf("a request, %s: %v", name, err)
		}
	}
	bye := samltest.Decode(logout.LogoutPost(samltest.Goodbye{NameID: "ada", Destination: productSLO}))
	for name, doc := range wrapped(bye, at("./NameID", text("eve"))) {
		enter := map[string]func() (*saml.LogoutMessage, error){
			"post": func() (*saml.LogoutMessage, error) { return p.ReadLogoutPost(samltest.Encode(doc), "", "") },
			"soap": func() (*saml.LogoutMessage, error) {
				return p.ReadLogoutSOAP([]byte(fmt.Sprintf(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>%s</S:Body></S:Envelope>`, doc)))
			},
			"redirect": func() (*saml.LogoutMessage, error) { return p.ReadLogoutRedirect(logout.RedirectOf(doc, "", true)) },
		}
		for binding, read := range enter {
			in, err := read()
			if err == nil {
				_, err = p.CheckLogout(in, required)
			}
			if saml.CodeOf(err) == "" {
				t.Errorf("a logout by %s, %s: %v", binding, name, err)
			}
		}
	}
}

func TestTheCertificateInAMessageSaysNothing(t *testing.T) {
	t.Parallel()
	idp, viewer := theIDP(), aViewer()
	stranger := viewer
	stranger.Key = samltest.StrangerKey()
	carries := func(from samltest.Viewer, key saml.SigningKey) error {
		tree := samltest.Tree(samltest.Decode(from.Post(samltest.Ask{Destination: productSSO})))
		tree.Root().FindElement("./Signature/KeyInfo/X509Data/X509Certificate").SetText(samltest.Encode(key.Certificate.Raw))
		in, err := idp.ReadPost(samltest.Encode(samltest.Bytes(tree)), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = idp.Check(in, viewer.ServiceProvider())
		return err
	}
	if err := carries(viewer, stranger.Key); err != nil {
		t.Errorf("the service's signature beside a foreign certificate: %v", err)
	}
	wantCode(t, carries(stranger, stranger.Key), saml.BadSignature)
	wantCode(t, carries(stranger, viewer.Key), saml.BadSignature)
}

// Metadata may show a key in another certificate than messages do, or than it did
// before: it is the key that is tried.
func TestAKeyInANewCertificateIsTheSameKey(t *testing.T) {
	t.Parallel()
	renewed, err := saml.Certify(samltest.ViewerKey().Signer, "renewed", noon(), x509.KeyUsageDigitalSignature)
	if err != nil {
		t.Fatal(err)
	}
	sp := aViewer().ServiceProvider()
	sp.SigningCertificates = append(samltest.CollegeKeyCertificates(), renewed.Certificate)
	wantEach(t, ask(t, samltest.Ask{}, sp), "")
}
