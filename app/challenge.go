package app

import (
	"time"

	"oneid/app/challenge"
	"oneid/app/internal/device"
	"oneid/app/internal/question"
	"oneid/app/internal/recoverycode"
	"oneid/app/internal/secret"
)

// devices recognises remembered browsers.
func (a *App) devices() *device.Book {
	return &device.Book{
		DB: a.db, Ring: a.ring, Audit: a.audit, Notices: a.notices, Life: time.Duration(a.cfg.DeviceDays) * day,
	}
}

// questions asks online challenge questions.
func (a *App) questions() *question.Book {
	return &question.Book{DB: a.db, Answers: secret.NewAnswers(a.ring, a.hasher), Index: a.ring.Index, Audit: a.audit}
}

// challenge builds the second factor.
func (a *App) challenge() *challenge.Handlers {
	devices, questions := a.devices(), a.questions()
	passing := &challenge.Passing{
		Devices: devices, Questions: questions, Notices: a.notices, Audit: a.audit, MaxSessions: a.cfg.Session.Parallel,
	}
	return &challenge.Handlers{
		Offers:   &challenge.Offers{DB: a.db, Devices: devices},
		Phones:   &challenge.Phones{DB: a.db, Codes: a.codes, People: a.people, Passing: passing},
		Answers:  &challenge.Answers{DB: a.db, Book: questions, Passing: passing},
		Recovery: &challenge.Recovery{DB: a.db, Codes: &recoverycode.Codes{Keys: a.ring}, Throttle: a.throttle, Passing: passing},
		Passkeys: a.passkeys, Passing: passing, Sessions: a.sessions, Site: a.site,
	}
}
