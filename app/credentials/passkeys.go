package credentials

import (
	"context"

	"oneid/app/internal/access"
	"oneid/app/internal/passkey"
	"oneid/db"
)

// Passkeys decides about a person's own passkeys.
type Passkeys struct {
	*Security
	Keys *passkey.Keys
}

// CoolingDown is why no passkey is changed for a day after a reset by recovery.
const CoolingDown passkey.Outcome = "cooling_down"

func ownerOf(s access.Session) passkey.Owner {
	return passkey.Owner{Account: s.Who.Account, LoginID: s.Who.LoginID, Name: s.Who.Name}
}

// Start begins adding a passkey under a name.
func (r *Passkeys) Start(ctx context.Context, s access.Session, name string, browser []byte) (passkey.Exchange, passkey.Outcome, error) {
	cooling, err := r.Cooling(ctx, s)
	if err != nil {
		return passkey.Exchange{}, "", err
	}
	if cooling.On() {
		return passkey.Exchange{}, CoolingDown, nil
	}
	return r.Keys.StartAdd(ctx, ownerOf(s), name, browser)
}

// Add adds what the device made, and returns the name it has.
func (r *Passkeys) Add(ctx context.Context, s access.Session, browser []byte, f passkey.Form) (string, passkey.Outcome, error) {
	return r.Keys.FinishAdd(ctx, ownerOf(s), browser, f)
}

// Rename gives a passkey another name. CoolingDown: the change has to wait.
func (r *Passkeys) Rename(ctx context.Context, s access.Session, id db.PasskeyID, name string) (passkey.Outcome, error) {
	cooling, err := r.Cooling(ctx, s)
	if err != nil {
		return "", err
	}
	if cooling.On() {
		return CoolingDown, nil
	}
	return r.Keys.Rename(ctx, s.Who.Account, id, name)
}

// Remove removes a passkey and returns its name. Whoever holds it may be signed
// in with it: endOthers ends the person's other sessions. It reports whether the
// change has to wait instead.
func (r *Passkeys) Remove(ctx context.Context, s access.Session, id db.PasskeyID, endOthers func(context.Context, db.Tx) (int, error)) (name string, waits bool, err error) {
	cooling, err := r.Cooling(ctx, s)
	if err != nil || cooling.On() {
		return "", cooling.On(), err
	}
	name, err = r.Keys.Remove(ctx, s.Who.Account, id, func(ctx context.Context, tx db.Tx) error {
		_, err := endOthers(ctx, tx)
		return err
	})
	return name, false, err
}
