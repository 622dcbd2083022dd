package saml

import (
	"slices"
	"strconv"

	"github.com/beevik/etree"

	"oneid/saml/xmlsig"
)

// addEntityExtensions writes what holds for us in every role: what we state of
// ourselves, and the algorithms we can verify, best first.
func addEntityExtensions(root *etree.Element, opts MetadataOptions) {
	ext := root.CreateElement("md:Extensions")
	if len(opts.EntityAttributes) > 0 {
		group := ext.CreateElement("mdattr:EntityAttributes")
		group.CreateAttr("xmlns:mdattr", entityAttrNS)
		group.CreateAttr("xmlns:saml", assertionNS)
		for _, name := range sorted(opts.EntityAttributes) {
			attribute := group.CreateElement("saml:Attribute")
			attribute.CreateAttr("Name", name)
			attribute.CreateAttr("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:uri")
			for _, value := range opts.EntityAttributes[name] {
				attribute.CreateElement("saml:AttributeValue").SetText(value)
			}
		}
	}
	for _, algorithm := range []string{xmlsig.SHA256, xmlsig.SHA384, xmlsig.SHA512} {
		addAlgorithm(ext, "DigestMethod", algorithm)
	}
	for _, algorithm := range []string{
		xmlsig.RSASHA256, xmlsig.RSASHA384, xmlsig.RSASHA512, xmlsig.ECDSASHA256, xmlsig.ECDSASHA384, xmlsig.ECDSASHA512,
	} {
		addAlgorithm(ext, "SigningMethod", algorithm)
	}
}

func addAlgorithm(ext *etree.Element, kind, algorithm string) {
	el := ext.CreateElement("alg:" + kind)
	el.CreateAttr("xmlns:alg", algorithmNS)
	el.CreateAttr("Algorithm", algorithm)
}

// addRoleExtensions writes the domains we speak for and how people know us.
func addRoleExtensions(role *etree.Element, opts MetadataOptions) {
	ext := etree.NewElement("md:Extensions")
	for _, scope := range opts.Scopes {
		el := ext.CreateElement("shibmd:Scope")
		el.CreateAttr("xmlns:shibmd", shibbolethNS)
		el.CreateAttr("regexp", "false")
		el.SetText(scope)
	}
	if len(opts.UI.DisplayNames) > 0 {
		addUI(ext, opts.UI)
	}
	if len(ext.Child) > 0 {
		role.AddChild(ext)
	}
}

func addUI(ext *etree.Element, ui UIInfo) {
	info := ext.CreateElement("mdui:UIInfo")
	info.CreateAttr("xmlns:mdui", uiNS)
	addByLanguage(info, "mdui:DisplayName", ui.DisplayNames)
	addByLanguage(info, "mdui:Description", ui.Descriptions)
	addByLanguage(info, "mdui:Keywords", ui.Keywords)
	for _, logo := range ui.Logos {
		el := info.CreateElement("mdui:Logo")
		el.CreateAttr("height", strconv.Itoa(logo.Height))
		el.CreateAttr("width", strconv.Itoa(logo.Width))
		if logo.Lang != "" {
			el.CreateAttr("xml:lang", logo.Lang)
		}
		el.SetText(logo.URL)
	}
	addByLanguage(info, "mdui:InformationURL", ui.InformationURLs)
	addByLanguage(info, "mdui:PrivacyStatementURL", ui.PrivacyURLs)
}

func addPeople(root *etree.Element, opts MetadataOptions) {
	if len(opts.Organization.Names) > 0 {
		org := root.CreateElement("md:Organization")
		addByLanguage(org, "md:OrganizationName", opts.Organization.Names)
		addByLanguage(org, "md:OrganizationDisplayName", opts.Organization.DisplayNames)
		addByLanguage(org, "md:OrganizationURL", opts.Organization.URLs)
	}
	for _, c := range opts.Contacts {
		el := root.CreateElement("md:ContactPerson")
		el.CreateAttr("contactType", c.Type)
		for _, part := range []struct{ tag, text string }{
			{"md:Company", c.Company}, {"md:GivenName", c.Name}, {"md:EmailAddress", mailto(c.Email)}, {"md:TelephoneNumber", c.Phone},
		} {
			if part.text != "" {
				el.CreateElement(part.tag).SetText(part.text)
			}
		}
	}
}

func mailto(address string) string {
	if address == "" {
		return ""
	}
	return "mailto:" + address
}

func addByLanguage(parent *etree.Element, tag string, texts map[string]string) {
	for _, l := range sorted(texts) {
		el := parent.CreateElement(tag)
		el.CreateAttr("xml:lang", l)
		el.SetText(texts[l])
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
