package app

import (
	"net/http"
	"strings"
	"time"

	"oneid/app/config"
	"oneid/app/internal/secret"
	"oneid/saml"
	"oneid/views/i18n"
)

// metadataLife is how long others may rely on our metadata without asking
// again, and metadataStep how often the date in it moves: between steps the
// document stays the same to the byte.
const (
	metadataLife = 14 * 24 * time.Hour
	metadataStep = 24 * time.Hour
)

func (a *App) metadataOptions() saml.MetadataOptions {
	return saml.MetadataOptions{
		ValidUntil:    a.db.Clock.Now().Truncate(metadataStep).Add(metadataLife),
		CacheDuration: metadataStep,
		Organization: saml.Organization{
			Names:        map[string]string{"en": a.cfg.Brand.AgencyEN, "fr": a.cfg.Brand.AgencyFR},
			DisplayNames: map[string]string{"en": a.cfg.Brand.Name, "fr": a.cfg.Brand.Name},
			URLs:         map[string]string{"en": a.cfg.BaseURL + "/", "fr": a.cfg.BaseURL + "/"},
		},
		Contacts: []saml.Contact{{Type: "support", Name: a.cfg.Brand.Name + " Service Desk", Email: a.cfg.Brand.DeskEmail, Phone: a.cfg.Brand.DeskPhone}},
	}
}

// serviceMetadata describes us to services.
func (a *App) serviceMetadata() ([]byte, error) {
	o := a.metadataOptions()
	o.NameIDFormats = []string{saml.NameIDPersistent, saml.NameIDTransient}
	return a.idp.Metadata(o)
}

// collegeMetadata describes us to colleges: one place for the answers of each.
func (a *App) collegeMetadata() ([]byte, error) {
	sp := a.sp
	sp.ACSURL = a.cfg.BaseURL + "/college/" + firstCollege + "/acs"
	return sp.Metadata(a.metadataOptions())
}

// firstCollege is the college whose answers our metadata names. Others name
// their own place when they import it.
const firstCollege = "cpso"

// collegeAnswer tells the addresses that colleges' answers are posted to.
func collegeAnswer(path string) bool {
	return strings.HasPrefix(path, "/college/") && strings.HasSuffix(path, "/acs")
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
