package challenge

import (
	"context"

	"oneid/app/internal/access"
	"oneid/app/internal/device"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/i18n"
)

// minQuestions is how many answered questions it takes to ask two.
const minQuestions = 2

// Offers decides which ways are open to a session.
type Offers struct {
	DB      *db.DB
	Devices *device.Book
}

// Ways are the ways open to a session, and why it needs one.
type Ways struct {
	Why     access.Reason
	Service map[i18n.Lang]string // who asks, when Why is access.ForService

	Phones    []db.ChallengePhone
	Passkey   bool
	Recovery  bool
	Questions bool
	// TooWeak: the person has questions, and they are not enough here.
	TooWeak bool
	// Again: there is nothing to prove but the password.
	Again bool
	// Remember: the browser may be remembered; Full: it may not, the account has
	// as many devices as it may.
	Remember, Full bool
	// Shared: many people work at this browser, so it is not remembered.
	Shared bool
}

// None tells that nothing is open: only the Service Desk can help.
func (w Ways) None() bool { return len(w.Phones) == 0 && !w.Passkey && !w.Recovery && !w.Questions }

// OnlyQuestions tells that there is nothing to choose.
func (w Ways) OnlyQuestions() bool {
	return w.Questions && len(w.Phones) == 0 && !w.Passkey && !w.Recovery
}

// phone finds one of the phones on offer.
func (w Ways) phone(id string) *db.ChallengePhone {
	for i := range w.Phones {
		if string(w.Phones[i].ID) == id {
			return &w.Phones[i]
		}
	}
	return nil
}

// Of decides for a session that owes or is wanted to give a proof.
func (o *Offers) Of(ctx context.Context, s access.Session) (Ways, error) {
	means, err := db.MeansOf(ctx, o.DB, s.Who.Account, o.DB.Clock.Now())
	if err != nil {
		return Ways{}, err
	}
	w := Ways{Why: s.Owed}
	if w.Why == "" {
		w.Why = s.Wanted
	}
	need := access.Knowledge
	switch w.Why {
	case access.ForService:
		need = s.WantedLevel
		service, err := db.ServiceByID(ctx, o.DB, s.WantedBy)
		if err != nil {
			return Ways{}, err
		}
		w.Service = words.Both(service.NameEn, service.NameFr)
	case access.Console:
		need = access.Passkey
	case access.Sensitive, access.Recovered:
		// Who holds nothing must still get somewhere; see access.Manager.Fresh.
		if means.Holds() {
			need = access.Possession
		}
		w.Again = w.Why == access.Sensitive && !means.Holds() && means.Questions < minQuestions
	}
	asked := means.Questions >= minQuestions
	w.Questions, w.TooWeak = asked && need <= access.Knowledge, asked && w.Why == access.ForService && need > access.Knowledge
	w.Passkey = means.Passkeys > 0
	if need <= access.Possession {
		w.Recovery = means.CodesLeft > 0
		if w.Phones, err = db.ChallengePhonesOf(ctx, o.DB, s.Who.Account); err != nil {
			return Ways{}, err
		}
	}
	w.Shared = s.Shared
	if s.Device == "" && !s.Shared {
		full, err := o.Devices.Full(ctx, o.DB, s.Who.Account)
		if err != nil {
			return Ways{}, err
		}
		w.Remember, w.Full = !full, full
	}
	return w, nil
}
