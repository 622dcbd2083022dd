package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"oneid/app/config"
	"oneid/app/internal/delivery"
	"oneid/app/internal/samlkey"
	"oneid/app/services"
	"oneid/db"
	"oneid/saml/findings"
	"oneid/views/i18n"
	view "oneid/views/services"
)

// ServiceProviderImport says which service provider is registered.
type ServiceProviderImport struct {
	Source  string // a file, an address, or - for standard input
	Entity  string // which one, where the document describes several
	Signer  string // fingerprint of the key that must have signed it; empty for any
	Service string // the service it belongs to; empty makes one of its own
	Start   string // where people open the service; empty leaves it as it is
}

// ImportServiceProvider registers a service provider from its metadata, or
// renews it. Without a service it becomes one of its own, open to every account.
// What is wrong or unwise in the metadata is written to w, line by line.
func ImportServiceProvider(ctx context.Context, cfg config.Config, in ServiceProviderImport, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	if u, err := url.Parse(in.Start); err != nil || in.Start != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("--start %q is no address that a browser can open", in.Start)
	}
	document, err := fetch(ctx, cfg, in.Source)
	if err != nil {
		return err
	}
	rules := &services.Rules{DB: g.db, Audit: g.audit, Fetch: fetcher(cfg), Metadata: readOptions(cfg)}
	brought := services.Brought{Document: document, Source: db.FromShell, Signer: services.Fingerprint(in.Signer)}
	reading, err := rules.Explain(ctx, brought, in.Entity)
	if err != nil {
		return err
	}
	if err := tell(ctx, w, reading.Findings); err != nil {
		return err
	}
	switch {
	case reading.Untrusted != "":
		return fmt.Errorf("the metadata is not signed by %s: %s", in.Signer, reading.Untrusted)
	case reading.Entity == "" && len(reading.Listed) > 1:
		for _, one := range reading.Listed {
			fmt.Fprintf(w, "  %s\n", one.EntityID)
		}
		return fmt.Errorf("the metadata describes %d services: choose one with --entity", len(reading.Listed))
	case reading.Stops():
		return errors.New("the metadata can't be taken as it is")
	}
	out, err := rules.Import(ctx, brought, in.Entity, services.Place{Service: db.ServiceID(in.Service), Start: in.Start})
	switch {
	case errors.Is(err, services.ErrTaken):
		return fmt.Errorf("service %s already has another service provider, or this one another service", in.Service)
	case errors.Is(err, db.ErrNotFound):
		return fmt.Errorf("service %q: %w", in.Service, err)
	case err != nil:
		return err
	}
	fmt.Fprintf(w, "%s is registered as the service provider of %s.\n", out.Entity, out.Service)
	return nil
}

// tell writes what was found in metadata, as the console says it.
func tell(ctx context.Context, w io.Writer, list []findings.Finding) error {
	catalogue, err := i18n.New(i18n.Standing{})
	if err != nil {
		return err
	}
	ctx = i18n.With(ctx, catalogue, i18n.EN)
	for _, f := range list {
		if f.Weight == findings.Advice {
			continue
		}
		said := view.Explain(view.Finding{
			Code: string(f.Code), Weight: string(f.Weight), Line: f.Line, Item: f.Item, Number: f.Number, Date: f.Date,
		})
		fmt.Fprintf(w, "line %d: %s %s %s\n", f.Line, said.What.In(ctx), said.Why.In(ctx), said.Mend.In(ctx))
	}
	return nil
}

// console is the services console.
func (a *App) console() *services.Handlers {
	rules := a.serviceRules()
	return &services.Handlers{
		Rules: rules, Tester: &services.Tester{Rules: rules, IDP: a.idp, Seal: a.sealer}, Sessions: a.sessions, Site: a.site, Ours: a.ours,
		Keys: &services.OwnKeys{
			DB: a.db, Audit: a.audit, Life: &samlkey.Rules{DB: a.db, Ring: a.samlKeys, Audit: a.audit, Node: a.node()},
		},
	}
}

// ours is what services need to know of us now.
func (a *App) ours(ctx context.Context) (services.Ours, error) {
	o := services.Ours{EntityID: a.idp.EntityID, SSO: a.idp.SSOURL, SLO: a.idp.SLOURL, Metadata: a.cfg.BaseURL + "/saml/metadata"}
	var err error
	o.Certificates, err = a.samlKeys.Certificates(ctx, a.db, db.KeySigning)
	return o, err
}

func (a *App) serviceRules() *services.Rules {
	return &services.Rules{
		DB: a.db, Audit: a.audit, Outbox: a.outbox, Fetch: fetcher(a.cfg), Metadata: readOptions(a.cfg), Release: a.releases(),
	}
}

// How often the rounds of the services go.
const (
	refreshEvery = time.Minute // a few at a time; how often each is due, it says itself
	countEvery   = 10 * time.Minute
	warnEvery    = time.Hour
)

// rounds are what is done again and again, by name.
func (a *App) rounds() delivery.Rounds {
	rules := a.serviceRules()
	return delivery.Rounds{
		"services_metadata": {Every: refreshEvery, Run: rules.RefreshDue},
		"services_hours":    {Every: countEvery, Run: rules.CountHours},
		"services_warnings": {Every: warnEvery, Run: rules.Warn},
	}
}

// Round does a round now, for tests that have no workers.
func (a *App) Round(ctx context.Context, name string) (int, error) {
	return a.rounds()[name].Run(ctx)
}
