package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/crewjam/saml"

	"oneid/cmd/sandbox/inbox"
	"oneid/cmd/sandbox/portal"
	"oneid/cmd/sandbox/site"
	"oneid/cmd/sandbox/viewer"
)

const closeLimit = 3 * time.Second

// titles are the viewers' names as people read them, by short name.
var titles = map[string]string{
	"connectingontario": "ConnectingOntario", "clinicalconnect": "ClinicalConnect", "otnhub": "OTN Hub", "cco": "CCO",
}

// logouts are how the viewers take sign-outs, by short name: every way there is,
// and one that can't be asked.
var logouts = map[string][]string{
	"connectingontario": {saml.HTTPRedirectBinding}, "otnhub": {saml.HTTPPostBinding},
	"clinicalconnect": {saml.SOAPBinding, saml.HTTPRedirectBinding},
}

// sites are the web sites around the product.
type sites struct {
	front []*site.Server // portal and viewers
	inbox *inbox.Inbox
	back  *site.Server // the inbox's pages and carrier
}

// parts that can be asked for with -only.
var parts = []string{"portal", "viewers", "inbox"}

// openSites starts the parts asked for. What has started is closed again when
// one fails.
func openSites(m site.Map, state string, only []string) (_ *sites, err error) {
	s := &sites{}
	defer func() {
		if err != nil {
			s.closeFront()
			s.closeInbox()
		}
	}()
	if slices.Contains(only, "inbox") {
		if s.inbox, err = inbox.New(inbox.Options{Place: m.Inbox, Mail: m.Mail, State: state}); err != nil {
			return nil, err
		}
		// The product's machine may not know our names: the carrier also
		// answers to the bare address.
		bare := fmt.Sprintf("%s:%d", site.Loopback, m.Inbox.Port)
		if s.back, err = site.Serve(m.Inbox, s.inbox.Handler(), bare); err != nil {
			return nil, err
		}
	}
	serve := func(p site.Place, h http.Handler) error {
		server, err := site.Serve(p, h)
		if err == nil {
			s.front = append(s.front, server)
		}
		return err
	}
	if slices.Contains(only, "portal") {
		p, err := portal.New(portal.Options{Place: m.Portal, Product: m.Product.Base(), State: state, Viewers: m.Viewers})
		if err != nil {
			return nil, err
		}
		if err := serve(m.Portal, p.Handler()); err != nil {
			return nil, err
		}
	}
	if slices.Contains(only, "viewers") {
		for _, place := range m.Viewers {
			v, err := viewer.New(viewer.Options{Place: place, Title: titles[place.Name], Product: m.Product.Base(), State: state, NameID: saml.PersistentNameIDFormat, Logout: logouts[place.Name]})
			if err != nil {
				return nil, err
			}
			if err := serve(place, v.Handler()); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (s *sites) closeFront() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	var errs []error
	for _, server := range s.front {
		errs = append(errs, server.Close(ctx))
	}
	s.front = nil
	return errors.Join(errs...)
}

func (s *sites) closeInbox() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	var errs []error
	if s.back != nil {
		errs = append(errs, s.back.Close(ctx))
	}
	if s.inbox != nil {
		errs = append(errs, s.inbox.Close())
	}
	s.back, s.inbox = nil, nil
	return errors.Join(errs...)
}

// readParts reads the list after -only.
func readParts(list string) ([]string, error) {
	if list == "" {
		return parts, nil
	}
	only := strings.Split(list, ",")
	for _, name := range only {
		if !slices.Contains(parts, name) {
			return nil, fmt.Errorf("-only: there is no part %q; there are %s", name, strings.Join(parts, ", "))
		}
	}
	return only, nil
}
