package password

import (
	"context"

	"oneid/app/internal/check"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
	"oneid/views/ui"
)

// Standing is how a password being typed stands, for somebody of whom this is
// known. It hashes nothing: that a password was had before is only found when it
// is chosen.
func Standing(typed string, own check.Own, common *check.Common) ui.PasswordStatus {
	var s ui.PasswordStatus
	left := 0
	for _, rule := range check.Rules(typed) {
		s.Rules = append(s.Rules, ui.PasswordRule{Kind: string(rule.Kind), Met: rule.Met})
		if !rule.Met {
			left++
		}
	}
	if typed == "" {
		return s
	}
	const field = "password"
	errs := new(form.Errors)
	check.Password(errs, field, typed, own, common)
	switch {
	case left > 0:
		s.Said = i18n.M("register.password.rules_left", "Count", left)
	case errs.Any():
		s.Said = errs.Of(field)
	default:
		s.Said = i18n.M("register.password.rules_all")
	}
	return s
}

// Checked is Standing for a page that is made anew without script, which
// compares the two passwords too.
func Checked(c Choice, own check.Own, common *check.Common) ui.PasswordStatus {
	s := Standing(c.Typed, own, common)
	s.Checked, s.Matched = true, c.Typed == c.Again && c.Again != ""
	return s
}

// Check says how an account's new password stands, without setting it.
func (r *Rules) Check(ctx context.Context, id db.AccountID, c Choice) (ui.PasswordStatus, error) {
	own, err := r.Own(ctx, id)
	return Checked(c, own, r.Common), err
}

// Own is what is known of an account's person, which a password must not hold.
func (r *Rules) Own(ctx context.Context, id db.AccountID) (check.Own, error) {
	account, err := db.AccountByID(ctx, r.DB, id)
	if err != nil {
		return check.Own{}, err
	}
	return r.People.Own(ctx, r.DB, account)
}
