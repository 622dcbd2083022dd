package apptest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/saml"
	"oneid/saml/samltest"
)

// TakesLogout has a service list these addresses for logout, and returns its
// service provider with them.
func (a *App) TakesLogout(id db.ServiceID, at ...saml.Endpoint) samltest.Viewer {
	a.Helper()
	v := a.Viewer(id)
	v.Logout = at
	a.Write(func(ctx context.Context, tx db.Tx) error {
		row, err := db.ServiceProviderByEntity(ctx, tx, v.EntityID)
		if err != nil {
			return err
		}
		row.Metadata = v.Metadata()
		return db.PutServiceProvider(ctx, tx, row)
	})
	return v
}

// LogoutAt is an address of a service for logout, by a binding.
func LogoutAt(id db.ServiceID, binding string) saml.Endpoint {
	return saml.Endpoint{Binding: binding, URL: "https://" + string(id) + ".example/slo"}
}

// Goodbye brings a service's logout message by redirect.
func (b *Browser) Goodbye(v samltest.Viewer, g samltest.Goodbye) *Page {
	b.Helper()
	return b.Get("/saml/slo?" + v.LogoutRedirect(b.addressed(g)))
}

// GoodbyePosted brings a service's logout message by a form on its page.
func (b *Browser) GoodbyePosted(v samltest.Viewer, g samltest.Goodbye) *Page {
	b.Helper()
	g = b.addressed(g)
	return b.SendAcross("/saml/slo", url.Values{g.Field(): {v.LogoutPost(g)}, "RelayState": {g.RelayState}})
}

// GoodbyeDirect posts a service's logout message server to server.
func (b *Browser) GoodbyeDirect(v samltest.Viewer, g samltest.Goodbye) *Page {
	b.Helper()
	if g.Destination == "" {
		g.Destination = b.Base + "/saml/slo/soap"
	}
	body := string(v.LogoutSOAP(g))
	r := b.Request(http.MethodPost, "/saml/slo/soap", nil)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	for name, value := range map[string]string{
		"Content-Type": saml.SOAPType, "SOAPAction": saml.SOAPAction, "Origin": "", "Sec-Fetch-Site": "",
	} {
		With(name, value)(r)
	}
	return b.do(r, false)
}

func (b *Browser) addressed(g samltest.Goodbye) samltest.Goodbye {
	if g.Destination == "" {
		g.Destination = b.Base + "/saml/slo"
	}
	return g
}

// Farewell is what a service reads in the logout message that the page brings
// it, by redirect or by a form.
func (p *Page) Farewell(v samltest.Viewer) *samltest.Farewell {
	p.Helper()
	product := samltest.ProductKey().Certificate
	if _, address, ok := strings.Cut(p.Header.Get("Refresh"), "url="); ok {
		f, err := v.ReadLogoutRedirect(address, product)
		if err != nil {
			p.Fatalf("%s refuses the message: %v", v.EntityID, err)
		}
		if !strings.HasPrefix(address, f.Destination) {
			p.Errorf("a message for %s goes to %s", f.Destination, address)
		}
		return f
	}
	form := p.Find("[data-skip] form")
	message, ok := p.Value("SAMLRequest")
	if !ok {
		message, ok = p.Value("SAMLResponse")
	}
	if !ok {
		p.Fatalf("%s %s (%d to %q) goes to no service:\n%s", p.Method, p.Path, p.Status, p.To(), p.Text())
	}
	f, err := v.ReadLogoutPost(message, product)
	if err != nil {
		p.Fatalf("%s refuses the message: %v", v.EntityID, err)
	}
	if to := form.AttrOr("action", ""); to != f.Destination {
		p.Errorf("a message for %s goes to %s", f.Destination, to)
	}
	f.RelayState, _ = p.Value("RelayState")
	return f
}

// Errand runs the waiting errands of a name as a worker would, leaves them there,
// and returns what a worker would be told. There must be one.
func (a *App) Errand(name string) error {
	a.Helper()
	var jobs []struct {
		Args outbox.Errand `bun:",type:jsonb"`
	}
	err := a.DB.NewRaw("SELECT args FROM river_job WHERE kind = ? AND args->>'name' = ?", outbox.Errand{}.Kind(), name).Scan(a.Context(), &jobs)
	if err != nil || len(jobs) == 0 {
		a.Fatalf("no errand %s: %v", name, err)
	}
	var faults []error
	for _, job := range jobs {
		faults = append(faults, a.node.app.Run(a.Context(), job.Args))
	}
	return errors.Join(faults...)
}
