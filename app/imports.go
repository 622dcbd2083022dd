package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"oneid/app/college"
	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/app/internal/metadatafetch"
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

// fetch reads metadata from a file, an address or standard input. Plain http is
// for this machine's own names, and not in production.
func fetch(ctx context.Context, cfg config.Config, source string) ([]byte, error) {
	if source == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, metadatafetch.MaxBytes))
	}
	u, err := url.Parse(source)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return os.ReadFile(source)
	}
	found, err := fetcher(cfg).Fetch(ctx, source, metadatafetch.Known{})
	if err != nil {
		return nil, err
	}
	return found.Body, nil
}

// fetcher brings metadata from addresses; on a developer's machine from its own
// names too.
func fetcher(cfg config.Config) *metadatafetch.Fetcher {
	return &metadatafetch.Fetcher{Local: cfg.Mode != config.Production}
}
