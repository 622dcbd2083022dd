package app

import (
	"oneid/app/credentials"
	"oneid/app/internal/check"
	"oneid/app/internal/question"
	"oneid/app/internal/recoverycode"
	"oneid/app/internal/secret"
	"oneid/app/profile"
	"oneid/db/reference"
)

// keys builds what a person does with their own password, questions, phones,
// codes, devices and sessions.
func (a *App) keys() (*credentials.KeyHandlers, error) {
	weak, err := check.NewAnswers()
	if err != nil {
		return nil, err
	}
	answers := secret.NewAnswers(a.ring, a.hasher)
	book, devices := a.questions(), a.devices()
	return &credentials.KeyHandlers{
		Security: &credentials.Security{DB: a.db, PasswordAge: a.passwordMaxAge()},
		Password: &credentials.Password{
			DB: a.db, New: a.newPasswords, Throttle: a.throttle, Devices: devices, Notices: a.notices, Audit: a.audit,
		},
		Questions: &credentials.Questions{
			DB: a.db, Form: &question.Form{DB: a.db, Answers: answers, Check: weak}, Book: book, People: a.people,
			Notices: a.notices, Audit: a.audit,
		},
		Phones:   &credentials.Phones{DB: a.db, Codes: a.codes, People: a.people, Notices: a.notices, Audit: a.audit},
		Codes:    &credentials.Codes{DB: a.db, Codes: &recoverycode.Codes{Keys: a.ring}, Notices: a.notices, Audit: a.audit},
		Devices:  &credentials.Devices{DB: a.db, Book: devices, Notices: a.notices},
		Open:     &credentials.Sessions{DB: a.db, Manager: a.sessions, Notices: a.notices, Audit: a.audit},
		Sessions: a.sessions, Site: a.site,
	}, nil
}

// profile builds My Profile.
func (a *App) profile() (*profile.Handlers, error) {
	known, err := reference.Open()
	if err != nil {
		return nil, err
	}
	return &profile.Handlers{
		Rules: &profile.Rules{DB: a.db, People: a.people, Reference: known}, Sessions: a.sessions, Site: a.site,
	}, nil
}
