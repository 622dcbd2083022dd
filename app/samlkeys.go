package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"oneid/app/config"
	"oneid/app/internal/samlkey"
	"oneid/db"
	"oneid/saml"
)

// commandLine is who acts in the audit trail when a command does.
const commandLine = "cli"

// withKeys runs a command on the SAML keys.
func withKeys(ctx context.Context, cfg config.Config, do func(*ground, *samlkey.Rules) error) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(g, &samlkey.Rules{DB: g.db, Ring: g.samlKeys, Audit: g.audit, Node: g.node()}), g.close())
}

// ListKeys prints our SAML keys, what comes next for each and when, and what this
// node lacks of them.
func ListKeys(ctx context.Context, cfg config.Config, w io.Writer) error {
	return withKeys(ctx, cfg, func(g *ground, _ *samlkey.Rules) error {
		keys, err := db.SAMLKeys(ctx, g.db)
		if err != nil {
			return err
		}
		services, err := db.ServiceProviders(ctx, g.db)
		if err != nil {
			return err
		}
		now := g.db.Clock.Now()
		next := map[string]samlkey.Step{}
		for _, step := range samlkey.Plan(now, keys, services) {
			next[step.Key.ID] = step
		}
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "KEY\tUSE\tALGORITHM\tSTATE\tSINCE\tFINGERPRINT\tWHAT COMES NEXT")
		for _, k := range keys {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%.16s\t%s\n",
				k.ID, k.Use, k.Algorithm, k.State, stamp(since(k)), k.Fingerprint, said(next[k.ID], now))
		}
		if err := listCollegeKeys(cfg.KeysDir, table); err != nil {
			return err
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if lack := g.samlKeys.Check(ctx, g.db); lack != nil {
			fmt.Fprintf(w, "\nThis node lacks:\n%v\n", lack)
		}
		return listNodes(ctx, g, keys, w)
	})
}

// since is when a key came into its state.
func since(k db.SAMLKey) time.Time {
	at := k.CreatedAt
	for state, since := range map[string]*time.Time{db.KeyCurrent: k.CurrentAt, db.KeyRetiring: k.RetiringAt, db.KeyRetired: k.RetiredAt} {
		if k.State == state && since != nil {
			at = *since
		}
	}
	return at
}

func said(step samlkey.Step, now time.Time) string {
	when := "from " + stamp(step.Due)
	if !now.Before(step.Due) {
		when = "now"
	}
	switch step.Do {
	case samlkey.DoNext:
		return "make the next key " + when
	case samlkey.DoSwitch:
		if len(step.Missing) > 0 {
			return fmt.Sprintf("switch to it %s, or as soon as %d more service(s) have it", when, len(step.Missing))
		}
		return "switch to it " + when
	case samlkey.DoRetire:
		if len(step.Missing) > 0 {
			return fmt.Sprintf("retire it %s; it signs for %d service(s)", when, len(step.Missing))
		}
		return "retire it " + when
	}
	return "-"
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// NewKey says which key NextKey makes.
type NewKey struct {
	Use, Algorithm string
	Bits           int
	InToken        bool
}

// NextKey makes the next SAML key of a use.
func NextKey(ctx context.Context, cfg config.Config, n NewKey, w io.Writer) error {
	return withKeys(ctx, cfg, func(g *ground, r *samlkey.Rules) error {
		if n.Use == collegesUse {
			return nextCollegeKey(ctx, g, cfg, w)
		}
		key, err := r.Next(ctx, commandLine, samlkey.New{Use: n.Use, Algorithm: n.Algorithm, Bits: n.Bits, InToken: n.InToken})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s is made: %s\n", key.ID, strings.TrimPrefix(key.Place, "file:"))
		if strings.HasPrefix(key.Place, "file:") {
			fmt.Fprintf(w, "Copy the file to %s on every other node, mode 0400, before you switch to it.\n", cfg.KeysDir)
		}
		switch n.Use {
		case db.KeySigning:
			fmt.Fprintln(w, "Our metadata shows it from now on. `oneid keys laggards` lists the services that do not have it yet.")
		case db.KeyMetadata:
			fmt.Fprintln(w, "Give its certificate to all who check our metadata: `oneid keys export --use metadata`.")
		}
		return nil
	})
}

// KeySwitch says what SwitchKey switches: the current key of a use, or the key
// of one service.
type KeySwitch struct {
	Use, Algorithm, Service, Reason string
	KeepUntil                       time.Time
}

// SwitchKey has the next key sign, for everyone or for one service.
func SwitchKey(ctx context.Context, cfg config.Config, s KeySwitch, w io.Writer) error {
	return withKeys(ctx, cfg, func(g *ground, r *samlkey.Rules) error {
		if s.Service != "" {
			key, err := r.SwitchService(ctx, commandLine, s.Service)
			if err == nil {
				fmt.Fprintf(w, "%s signs for %s from now on.\n", key, s.Service)
			}
			return err
		}
		late, err := r.Switch(ctx, commandLine, samlkey.Switch{Use: s.Use, Algorithm: s.Algorithm, KeepUntil: s.KeepUntil, Reason: s.Reason})
		var early *samlkey.Early
		if errors.As(err, &early) {
			for _, p := range early.Step.Missing {
				fmt.Fprintf(w, "not known to have %s: %s\n", early.Step.Key.ID, p.EntityID)
			}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "The next %s key is the current one.\n", s.Use)
		for _, p := range late {
			fmt.Fprintf(w, "keeps the old key for a while: %s\n", p.EntityID)
		}
		return nil
	})
}

// KeepKey leaves a service a key until a time.
func KeepKey(ctx context.Context, cfg config.Config, entityID, key string, until time.Time, w io.Writer) error {
	return withKeys(ctx, cfg, func(_ *ground, r *samlkey.Rules) error {
		err := r.Keep(ctx, commandLine, entityID, key, until)
		if err == nil {
			fmt.Fprintf(w, "%s signs for %s until %s.\n", key, entityID, stamp(until))
		}
		return err
	})
}

// ConfirmKeys notes that a service's people say that they have our keys.
func ConfirmKeys(ctx context.Context, cfg config.Config, entityID string) error {
	return withKeys(ctx, cfg, func(_ *ground, r *samlkey.Rules) error { return r.Confirm(ctx, commandLine, entityID) })
}

// RetireKey takes a key out of everything.
func RetireKey(ctx context.Context, cfg config.Config, key, reason string, w io.Writer) error {
	return withKeys(ctx, cfg, func(_ *ground, r *samlkey.Rules) error {
		err := r.Retire(ctx, commandLine, key, reason)
		if err == nil {
			fmt.Fprintf(w, "%s is retired. Its private part may be destroyed, wherever it is.\n", key)
		}
		return err
	})
}

// ListLaggards prints the services that are not known to have the newest signing
// key, whom to write to, and until when they keep the old one.
func ListLaggards(ctx context.Context, cfg config.Config, w io.Writer) error {
	return withKeys(ctx, cfg, func(g *ground, _ *samlkey.Rules) error {
		keys, err := db.SAMLKeys(ctx, g.db)
		if err != nil {
			return err
		}
		services, err := db.ServiceProviders(ctx, g.db)
		if err != nil {
			return err
		}
		newest, ok := samlkey.Newest(keys)
		if !ok {
			return nil
		}
		late := samlkey.Lagging(newest, services)
		if len(late) == 0 {
			fmt.Fprintf(w, "Every service has %s.\n", newest.ID)
			return nil
		}
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "SERVICE PROVIDER\tFETCHED LAST\tKEEPS\tUNTIL\tTECHNICAL CONTACT\tIT CAN FETCH")
		for _, p := range late {
			fetched, until := "never", "-"
			if p.MetadataFetchedAt != nil {
				fetched = stamp(*p.MetadataFetchedAt)
			}
			if p.KeepOldUntil != nil {
				until = stamp(*p.KeepOldUntil)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", p.EntityID, fetched, or(p.SigningKey, "-"), until,
				technicalContact(cfg, p, g.db.Clock.Now()), cfg.BaseURL+"/saml/metadata/"+p.MetadataToken)
		}
		return table.Flush()
	})
}

func technicalContact(cfg config.Config, p db.ServiceProvider, now time.Time) string {
	read, err := saml.ReadServiceProvider(p.Metadata, now, readOptions(cfg))
	if err != nil {
		return "-"
	}
	for _, kind := range []string{"technical", "support", "administrative"} {
		if c, ok := read.Profile.ContactOf(kind); ok {
			return c.Email
		}
	}
	return "-"
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// ExportKeys prints the certificates of a use that others have to know: the
// current and the next.
func ExportKeys(ctx context.Context, cfg config.Config, use string, w io.Writer) error {
	return withKeys(ctx, cfg, func(g *ground, _ *samlkey.Rules) error {
		certs, err := g.samlKeys.Certificates(ctx, g.db, use)
		if err != nil {
			return err
		}
		if len(certs) == 0 {
			return fmt.Errorf("there is no %s key: `oneid keys init` makes the first", use)
		}
		for _, cert := range certs {
			fmt.Fprintf(w, "# SHA-256 %s\n%s", saml.Fingerprint(cert), saml.EncodeCertificate(cert))
		}
		return nil
	})
}
