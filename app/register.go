package app

import (
	"oneid/app/internal/check"
	"oneid/app/internal/question"
	"oneid/app/internal/secret"
	"oneid/app/register"
	"oneid/db/reference"
)

// wizard builds the registration wizard: its steps in the guide's order.
func (a *App) wizard() (*register.Handlers, error) {
	known, err := reference.Open()
	if err != nil {
		return nil, err
	}
	names, err := check.NewLoginNames()
	if err != nil {
		return nil, err
	}
	weak, err := check.NewAnswers()
	if err != nil {
		return nil, err
	}
	finish := &register.Finish{
		DB: a.db, Drafts: a.drafts, People: a.people, Ring: a.ring, Names: names, Outbox: a.outbox, Audit: a.audit,
		BaseURL: a.cfg.BaseURL, Domain: a.cfg.LoginDomain,
	}
	policies := &register.Policies{DB: a.db, Audit: a.audit}
	personal := &register.Personal{DB: a.db, Names: names, Reference: known, Domain: a.cfg.LoginDomain}
	phone := &register.Phone{DB: a.db, Codes: a.codes}
	password := &register.Password{DB: a.db, Passwords: a.passwords(), Common: a.newPasswords.Common, Finish: finish}
	steps := register.Steps{
		policies,
		personal,
		&register.Profession{DB: a.db},
		&register.Questions{
			DB: a.db, Drafts: a.drafts,
			Form: &question.Form{DB: a.db, Answers: secret.NewAnswers(a.ring, a.hasher), Check: weak},
		},
		phone,
		&register.Mail{Shown: a.cfg.OneMailStep},
		&register.Review{DB: a.db, Names: names, Reference: known, Domain: a.cfg.LoginDomain},
		password,
	}
	return &register.Handlers{
		Rules:    &register.Rules{DB: a.db, Drafts: a.drafts, Steps: steps, Audit: a.audit, Outbox: a.outbox},
		Policies: policies, Personal: personal, Phone: phone, Password: password,
		Sessions: a.sessions, Site: a.site, Idle: a.cfg.WizardIdle,
	}, nil
}
