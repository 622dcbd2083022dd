package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"oneid/app/config"
	"oneid/app/internal/release"
	"oneid/app/internal/samlkey"
	"oneid/app/internal/secret"
	"oneid/app/metadata"
	"oneid/saml"
	"oneid/static"
	"oneid/views/i18n"
)

// metadataHandlers publishes our two sides.
func (a *App) metadataHandlers() *metadata.Handlers {
	return &metadata.Handlers{
		Services: &metadata.Publisher{DB: a.db, Keys: a.samlKeys, Write: a.serviceMetadata},
		Colleges: &metadata.Publisher{DB: a.db, Keys: a.samlKeys, Write: a.collegeMetadata},
		Rules:    &metadata.Rules{DB: a.db}, Site: a.site,
	}
}

// described is what both our sides say of us.
func (a *App) described(keys samlkey.Published, validUntil time.Time) saml.MetadataOptions {
	home := map[string]string{"en": a.cfg.BaseURL + "/", "fr": a.cfg.BaseURL + "/"}
	agency := map[string]string{"en": a.cfg.Brand.AgencyEN, "fr": a.cfg.Brand.AgencyFR}
	brand := map[string]string{"en": a.cfg.Brand.Name, "fr": a.cfg.Brand.Name}
	return saml.MetadataOptions{
		ValidUntil: validUntil, CacheDuration: metadata.Step, SignWith: keys.MetadataKey,
		Organization: saml.Organization{Names: agency, DisplayNames: brand, URLs: home},
		UI: saml.UIInfo{
			DisplayNames: brand, Descriptions: a.tagline(),
			InformationURLs: map[string]string{"en": a.cfg.BaseURL + "/help", "fr": a.cfg.BaseURL + "/help"},
			PrivacyURLs:     map[string]string{"en": a.cfg.BaseURL + "/help/privacy", "fr": a.cfg.BaseURL + "/help/privacy"},
			Logos:           []saml.Logo{{URL: a.cfg.BaseURL + static.URL("icon-192.png"), Width: 192, Height: 192}},
		},
		Contacts: []saml.Contact{
			{Type: "technical", Company: a.cfg.Brand.AgencyEN, Name: a.cfg.Brand.Name + " Service Desk", Email: a.cfg.Brand.DeskEmail, Phone: a.cfg.Brand.DeskPhone},
			{Type: "support", Company: a.cfg.Brand.AgencyEN, Name: a.cfg.Brand.Name + " Service Desk", Email: a.cfg.Brand.DeskEmail, Phone: a.cfg.Brand.DeskPhone},
		},
	}
}

func (a *App) tagline() map[string]string {
	said := map[string]string{}
	for _, lang := range []i18n.Lang{i18n.EN, i18n.FR} {
		said[string(lang)] = i18n.T(i18n.With(context.Background(), a.catalogue, lang), "layout.header.tagline")
	}
	return said
}

// serviceMetadata describes us to services.
func (a *App) serviceMetadata(keys samlkey.Published, validUntil time.Time) ([]byte, error) {
	o := a.described(keys, validUntil)
	o.SigningCertificates, o.EncryptionCertificates = keys.Signing, keys.Encryption
	o.NameIDFormats = []string{saml.NameIDPersistent, saml.NameIDTransient}
	o.Scopes = []string{strings.ToLower(a.cfg.LoginDomain)}
	o.ErrorURL = a.cfg.BaseURL + metadata.ErrorPath + "?code=ERRORURL_CODE&ts=ERRORURL_TS&rp=ERRORURL_RP&tid=ERRORURL_TID&ctx=ERRORURL_CTX"
	return a.idp.Metadata(o)
}

// collegeMetadata describes us to colleges: one place for the answers of each.
func (a *App) collegeMetadata(keys samlkey.Published, validUntil time.Time) ([]byte, error) {
	sp := a.sp
	sp.ACSURL = a.cfg.BaseURL + "/college/" + firstCollege + "/acs"
	o := a.described(keys, validUntil)
	o.SigningCertificates = collegeCertificates(a.toColleges)
	return sp.Metadata(o)
}

// firstCollege is the college whose answers our metadata names. Others name
// their own place when they import it.
const firstCollege = "cpso"

// collegeAnswer tells the addresses that colleges' answers are posted to.
func collegeAnswer(path string) bool {
	return strings.HasPrefix(path, "/college/") && strings.HasSuffix(path, "/acs")
}

// releases says what services are told about people.
func (a *App) releases() *release.Book {
	return &release.Book{
		People: a.people, EntityID: a.idp.EntityID,
		LoginDomain: a.cfg.LoginDomain, NameDomain: a.cfg.NameDomain, Scope: strings.ToLower(a.cfg.LoginDomain),
	}
}

func (a *App) passwords() *secret.Passwords { return secret.NewPasswords(a.ring, a.hasher) }

func (a *App) carrierTokens() []string {
	var tokens []string
	for _, c := range a.cfg.Carriers() {
		tokens = append(tokens, c.Token.Reveal())
	}
	return tokens
}

// spoken gives pages without a session the language the browser asks for.
func (a *App) spoken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := i18n.With(r.Context(), a.catalogue, i18n.Negotiate(r.Header.Get("Accept-Language")))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// readOptions lets metadata name plain http addresses on this machine, except
// in production.
func readOptions(cfg config.Config) saml.ReadOptions {
	return saml.ReadOptions{AllowLoopbackHTTP: cfg.Mode != config.Production}
}

// securityContact is who takes reports of weaknesses. Only in production does
// the configured desk stand behind this site.
func (a *App) securityContact() string {
	if a.cfg.Mode != config.Production {
		return ""
	}
	return a.cfg.Brand.DeskEmail
}
