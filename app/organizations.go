package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"oneid/app/config"
	"oneid/app/internal/audit"
	"oneid/db"
	"oneid/db/reference"
)

// AddExamples adds organizations that are made up. Production has its own.
func AddExamples(ctx context.Context, cfg config.Config, w io.Writer) error {
	if cfg.Mode == config.Production {
		return errors.New("made-up organizations are refused in production")
	}
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	if err := db.InTx(ctx, g.db, reference.LoadExamples); err != nil {
		return err
	}
	fmt.Fprintln(w, "The made-up organizations are there.")
	return nil
}

// Sponsoring says for whom an organization answers, and where.
type Sponsoring struct {
	LoginID, Organization string
	Services, Roles       []string
}

// SponsorAccount has an organization answer for an account: in each service it
// is enrolled, and may act under the organization's authority.
func SponsorAccount(ctx context.Context, cfg config.Config, s Sponsoring, w io.Writer) error {
	g, err := openGround(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer g.close()
	account, err := g.account(ctx, s.LoginID)
	if err != nil {
		return err
	}
	organization, err := db.OrganizationByID(ctx, g.db, db.OrganizationID(s.Organization))
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no organization %s", s.Organization)
	}
	if err != nil {
		return err
	}
	err = db.InTx(ctx, g.db, func(ctx context.Context, tx db.Tx) error {
		if err := db.Sponsor(ctx, tx, account.ID, organization.ID); err != nil {
			return err
		}
		for _, name := range s.Services {
			if err := g.entitle(ctx, tx, account.ID, organization.ID, db.ServiceID(name), s.Roles); err != nil {
				return err
			}
		}
		return g.audit.Record(ctx, tx, audit.Event{
			Kind: audit.SponsorshipAdded, Actor: "cli", Subject: string(account.ID),
			Details: map[string]string{"organization": string(organization.ID), "services": strings.Join(s.Services, " ")},
		})
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s answers for %s.\n", organization.NameEn, account.LoginID)
	return nil
}

func (g *ground) entitle(ctx context.Context, tx db.Tx, account db.AccountID, organization db.OrganizationID, service db.ServiceID, roles []string) error {
	_, err := db.EnrolmentFor(ctx, tx, account, service)
	if errors.Is(err, db.ErrNotFound) {
		err = db.InsertEnrolment(ctx, tx, &db.Enrolment{
			AccountID: account, ServiceID: service, Status: db.EnrolmentActive, StatusAt: tx.At, CreatedAt: tx.At,
		})
	}
	if err != nil {
		return err
	}
	return db.PutEntitlement(ctx, tx, &db.Entitlement{
		AccountID: account, OrganizationID: organization, ServiceID: service, Roles: roles, CreatedAt: tx.At,
	})
}
