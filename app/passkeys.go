package app

import (
	"oneid/app/credentials"
)

// ownPasskeys builds what a person does with their own passkeys.
func (a *App) ownPasskeys() *credentials.PasskeyHandlers {
	return &credentials.PasskeyHandlers{
		Keys: a.passkeys, Rules: &credentials.Passkeys{Security: &credentials.Security{DB: a.db}, Keys: a.passkeys},
		Sessions: a.sessions, Site: a.site,
	}
}
