package services

import (
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"oneid/app/internal/policy"
	"oneid/app/internal/recipe"
	"oneid/app/internal/web"
	"oneid/saml"
	view "oneid/views/services"
)

// Ours is what services need to know of us.
type Ours struct {
	EntityID, SSO, SLO string
	Metadata           string // the address of our metadata; each service's own continues it
	Certificates       []*x509.Certificate
}

func (h *Handlers) getSetup(c *gin.Context) error {
	s, err := h.provided(c)
	if err != nil {
		return err
	}
	ours, err := h.Ours(c.Request.Context())
	if err != nil {
		return err
	}
	p, err := PolicyOf(s)
	if err != nil {
		return err
	}
	m := view.SetupModel{EntityID: ours.EntityID, SSO: ours.SSO, SLO: ours.SLO, Metadata: ours.Metadata + "/" + s.Row.MetadataToken}
	m.Head = h.head(c.Request.Context(), s)
	for _, cert := range ours.Certificates {
		m.Certificates = append(m.Certificates, saml.Fingerprint(cert))
	}
	recipes, err := recipe.All(recipeValues(s, p, ours, m.Metadata))
	if err != nil {
		return err
	}
	for _, r := range recipes {
		m.Recipes = append(m.Recipes, view.Recipe(r))
	}
	return web.Render(c, http.StatusOK, view.Setup(m))
}

func recipeValues(s Service, p policy.Policy, ours Ours, metadata string) recipe.Values {
	v := recipe.Values{
		EntityID: ours.EntityID, SSO: ours.SSO, SLO: ours.SLO, Metadata: metadata, Certificates: ours.Certificates,
		Service: s.Row.EntityID, Home: s.StartURL, Persistent: p.NameID("") == policy.NamePersistent,
	}
	if s.Provider != nil {
		for _, e := range s.Provider.ACS {
			if e.Binding == saml.BindingPost && v.Reply == "" {
				v.Reply = e.URL
			}
		}
	}
	if u, err := url.Parse(v.Reply); err == nil {
		v.Host = u.Hostname()
	}
	taken := map[string]bool{}
	for _, a := range p.Release {
		short := a.FriendlyName
		if short == "" {
			short = a.Name[strings.LastIndexAny(a.Name, ":/")+1:]
		}
		if taken[short] {
			short = string(a.Fact)
		}
		taken[short] = true
		v.Attributes = append(v.Attributes, recipe.Attribute{Name: a.Name, Short: short})
	}
	return v
}
