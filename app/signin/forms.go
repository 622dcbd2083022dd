package signin

import (
	"oneid/views/form"
	"oneid/views/i18n"
)

// maxTyped bounds what is looked at; nothing longer can be right.
const maxTyped = 512

// passwordForm is the sign-in form.
type passwordForm struct {
	LoginID  string `form:"loginid"`
	Password string `form:"password"`
	Journey  string `form:"j"`
	// Passkeys is "yes" when the page's script found that the device can have a
	// passkey: only then is one offered.
	Passkeys string `form:"passkeys"`
}

func (f *passwordForm) Check(errs *form.Errors) {
	if f.LoginID == "" {
		errs.Add("loginid", i18n.M("signin.error.login_missing"))
	}
	if f.Password == "" {
		errs.Add("password", i18n.M("signin.error.password_missing"))
	}
	if len(f.LoginID) > maxTyped || len(f.Password) > maxTyped {
		errs.Add("loginid", i18n.M("signin.error.no_match"))
	}
}
