package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"oneid/app/college"
	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/app/internal/policy"
	"oneid/db"
	"oneid/saml"
)

// CollegeImport says which college's metadata ImportCollege trusts.
type CollegeImport struct {
	Source  string // a file, an address, or - for standard input
	College string
	Portal  string // where members register; the metadata's host without it
	// Mapping is a JSON file that names the attributes in which the college
	// sends each fact; without it our own names are expected.
	Mapping string
}

// ImportCollege trusts a college's member portal by its metadata, or renews it.
func ImportCollege(ctx context.Context, cfg config.Config, in CollegeImport, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	document, err := fetch(ctx, cfg, in.Source)
	if err != nil {
		return err
	}
	provider, err := saml.ReadIdentityProvider(document, g.db.Clock.Now(), readOptions(cfg))
	if err != nil {
		return err
	}
	if _, err := db.CollegeByCode(ctx, g.db, db.CollegeCode(in.College)); err != nil {
		return fmt.Errorf("college %q: %w", in.College, err)
	}
	mapping, err := readMapping(in.Mapping)
	if err != nil {
		return err
	}
	row := &db.CollegeProvider{
		College: db.CollegeCode(in.College), EntityID: provider.EntityID, Metadata: document,
		Mapping: mapping, PortalURL: in.Portal, Enabled: true, BounceUnsolicited: true,
	}
	for _, c := range provider.Certificates {
		row.Certificates = append(row.Certificates, c.Raw)
	}
	if row.PortalURL == "" {
		u, err := url.Parse(provider.SSOURL)
		if err != nil {
			return err
		}
		row.PortalURL = u.Scheme + "://" + u.Host + "/"
	}
	err = db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
		row.UpdatedAt = tx.At
		if err := db.PutCollegeProvider(ctx, tx, row); err != nil {
			return err
		}
		return g.audit.Record(ctx, tx, audit.Event{
			Kind: audit.CollegeImported, Actor: "cli", Subject: in.College, Details: map[string]string{"entity": provider.EntityID},
		})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s is trusted for college %s, with %d key(s).\n", provider.EntityID, in.College, len(provider.Certificates))
	return nil
}

// readMapping reads how a college names its attributes.
func readMapping(path string) ([]byte, error) {
	m := college.DefaultMapping()
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		reader := json.NewDecoder(strings.NewReader(string(text)))
		reader.DisallowUnknownFields()
		if err := reader.Decode(&m); err != nil {
			return nil, fmt.Errorf("read mapping %s: %w", path, err)
		}
	}
	return json.Marshal(m)
}

// SwitchCollege turns a college's hand-over on or off, everywhere at once. With
// bounce, a response that the college sends unasked is answered with a request
// of ours; without, it is refused.
func SwitchCollege(ctx context.Context, cfg config.Config, code string, on, bounce bool) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	return db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
		if err := db.SwitchCollege(ctx, tx, db.CollegeCode(code), on, bounce); err != nil {
			return err
		}
		return g.audit.Record(ctx, tx, audit.Event{
			Kind: audit.CollegeSwitched, Actor: "cli", Subject: code, Details: map[string]string{"on": fmt.Sprint(on), "bounce": fmt.Sprint(bounce)},
		})
	})
}

// ServiceProviderImport says which service provider is registered.
type ServiceProviderImport struct {
	Source  string // a file, an address, or - for standard input
	Service string // the service it belongs to; empty makes one of its own
	Start   string // where people open the service; empty leaves it as it is
}

// ImportServiceProvider registers a service provider from its metadata, or
// renews it. Without a service it becomes one of its own, open to every account.
func ImportServiceProvider(ctx context.Context, cfg config.Config, in ServiceProviderImport, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	document, err := fetch(ctx, cfg, in.Source)
	if err != nil {
		return err
	}
	provider, err := saml.ReadServiceProvider(document, g.db.Clock.Now(), readOptions(cfg))
	if err != nil {
		return err
	}
	if u, err := url.Parse(in.Start); err != nil || in.Start != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("--start %q is no address that a browser can open", in.Start)
	}
	treated := policy.Ontario.Policy()
	if provider.RequestSignature == saml.SignatureRequired {
		treated.Requests = policy.RequestsRequired
	}
	raw, err := treated.JSON()
	if err != nil {
		return err
	}
	row := &db.ServiceProvider{EntityID: provider.EntityID, Metadata: document, Version: 1, Policy: raw, Enabled: true}
	if !provider.ValidUntil.IsZero() {
		row.ValidUntil = &provider.ValidUntil
	}
	err = db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
		row.CreatedAt, row.UpdatedAt = tx.At, tx.At
		if row.ServiceID, err = serviceFor(ctx, tx, in.Service, provider); err != nil {
			return err
		}
		if err := db.PutServiceProvider(ctx, tx, row); err != nil {
			return err
		}
		if in.Start != "" {
			if err := db.SetServiceStart(ctx, tx, row.ServiceID, in.Start); err != nil {
				return err
			}
		}
		return g.audit.Record(ctx, tx, audit.Event{
			Kind: audit.ServiceImported, Actor: "cli", Subject: string(row.ServiceID), Service: row.ServiceID,
			Details: map[string]string{"entity": provider.EntityID},
		})
	})
	if errors.Is(err, db.ErrExists) {
		return fmt.Errorf("service %s already has another service provider", row.ServiceID)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s is registered as the service provider of %s.\n", provider.EntityID, row.ServiceID)
	return nil
}

// serviceFor finds the named service, or the one that a renewed provider has,
// or makes a service of its own.
func serviceFor(ctx context.Context, tx db.Tx, name string, p *saml.ServiceProvider) (db.ServiceID, error) {
	if name != "" {
		service, err := db.ServiceByID(ctx, tx, db.ServiceID(name))
		if err != nil {
			return "", fmt.Errorf("service %q: %w", name, err)
		}
		return service.ID, nil
	}
	known, err := db.ServiceProviderByEntity(ctx, tx, p.EntityID)
	if err == nil {
		return known.ServiceID, nil
	}
	if !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	service := &db.Service{
		ID: ownService(p.EntityID), Position: 1000, NameEn: p.Names["en"], NameFr: p.Names["fr"], Rule: db.RuleEveryone,
		Minimum: "knowledge", Enabled: true, CreatedAt: tx.At, UpdatedAt: tx.At,
	}
	for _, name := range []*string{&service.NameEn, &service.NameFr} {
		if *name == "" {
			*name = string(service.ID)
		}
	}
	return service.ID, db.PutService(ctx, tx, service)
}

// ownService makes a service's name of an entity ID.
func ownService(entityID string) db.ServiceID {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(entityID, "https://"), "http://")))
	return db.ServiceID(strings.Trim(id, "-"))
}

// Limits of a fetched metadata document.
const (
	maxMetadata  = 512 << 10
	fetchTimeout = 10 * time.Second
)

// fetch reads metadata from a file, an address or standard input. Plain http is
// for this machine's own names, and not in production.
func fetch(ctx context.Context, cfg config.Config, source string) ([]byte, error) {
	if source == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, maxMetadata))
	}
	u, err := url.Parse(source)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return os.ReadFile(source)
	}
	local := cfg.Mode != config.Production && isLoopback(u.Hostname())
	if u.Scheme == "http" && !local {
		return nil, fmt.Errorf("fetch %s: only https is fetched", source)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dialer(local)}}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch metadata: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %s: %s", source, response.Status)
	}
	document, err := io.ReadAll(io.LimitReader(response.Body, maxMetadata+1))
	if err == nil && len(document) > maxMetadata {
		return nil, fmt.Errorf("fetch %s: larger than %d bytes", source, maxMetadata)
	}
	return document, err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// dialer reaches names below localhost, which not every resolver knows, on this
// machine.
func dialer(local bool) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: fetchTimeout}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if local {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return d.DialContext(ctx, network, address)
	}
}
