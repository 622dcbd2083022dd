package services

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"oneid/app/internal/policy"
	"oneid/app/internal/samlkey"
	"oneid/db"
	"oneid/saml"
)

// CheckItem is one thing that is right or not about a service now.
type CheckItem struct {
	What   string
	Passed bool
	On     time.Time // what it is about, where that is a day
	Name   string
	Count  int
}

// What is checked, in the order in which it is shown.
const (
	CheckMetadata   = "metadata"   // it can be read and has not ended
	CheckFresh      = "fresh"      // it is fetched, and the last fetch went well
	CheckSource     = "source"     // it was signed by a key that was named
	CheckHTTPS      = "https"      // every address of it
	CheckSigning    = "signing"    // its signing certificates have time left
	CheckEncryption = "encryption" // its encryption certificates have time left
	CheckEncrypts   = "encrypts"   // it can be encrypted for
	CheckRequests   = "requests"   // its requests are signed
	CheckException  = "exception"  // none is open
	CheckLogout     = "logout"     // it can be told of sign-outs
	CheckAnswers    = "answers"    // and answered them
	CheckKeys       = "keys"       // it has our newest signing key
	CheckClock      = "clock"
	CheckContact    = "contact"
	CheckSuccess    = "success" // somebody signed in lately
)

const (
	// certificateAhead is how long a certificate should last still.
	certificateAhead = 30 * 24 * time.Hour
	// quietDays is how long a service may be opened by nobody.
	quietDays = shownDays
	// answersFrom is how many of the last logouts are looked at.
	answersFrom = 10
)

// Checks tells what is right and what is not about a service now.
func (r *Rules) Checks(ctx context.Context, s Service, h Health) ([]CheckItem, error) {
	if s.Row == nil {
		return nil, nil
	}
	now := r.DB.Clock.Now()
	p, err := PolicyOf(s)
	if err != nil {
		return nil, err
	}
	p = p.Effective(now)
	list := []CheckItem{{What: CheckMetadata, Passed: s.Trouble == nil && s.Provider != nil}}
	if s.Provider != nil {
		list[0].On = s.Provider.ValidUntil
		more, err := r.sourceChecks(ctx, s)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
		list = append(list, keyChecks(s.Provider, p, now)...)
		if more, err = r.ourKeyCheck(ctx, s); err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	signs := p.Requests == policy.RequestsRequired || s.Provider != nil && s.Provider.AuthnRequestsSigned && p.Requests != policy.RequestsOff
	list = append(list, CheckItem{What: CheckRequests, Passed: signs, Name: string(p.Requests)})
	open := p.Exceptions
	if len(open) == 0 {
		list = append(list, CheckItem{What: CheckException, Passed: true})
	}
	for _, e := range open {
		list = append(list, CheckItem{What: CheckException, On: e.Until, Name: e.What})
	}
	if s.Provider != nil {
		more, err := r.logoutChecks(ctx, s)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
		list = append(list, CheckItem{What: CheckContact, Passed: slices.ContainsFunc(s.Provider.Profile.Contacts, func(c saml.Contact) bool {
			return c.Type == "technical" && c.Email != ""
		})})
	}
	if h.Offsets > 0 {
		list = append(list, CheckItem{What: CheckClock, Passed: h.Offset.Abs() <= offsetLimit, Count: int(h.Offset.Abs() / time.Second)})
	}
	return append(list, CheckItem{What: CheckSuccess, Passed: !h.Last.IsZero(), On: h.Last, Count: quietDays}), nil
}

// sourceChecks are about where the metadata comes from.
func (r *Rules) sourceChecks(ctx context.Context, s Service) ([]CheckItem, error) {
	source, err := db.SourceOf(ctx, r.DB, s.Row.EntityID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	if err != nil { // brought by hand: two people looked at it
		return []CheckItem{{What: CheckFresh}}, nil
	}
	fresh := CheckItem{What: CheckFresh, Passed: source.Trouble == "", Name: source.Address}
	if source.TroubleSince != nil {
		fresh.On = *source.TroubleSince
	} else if source.CheckedAt != nil {
		fresh.On = *source.CheckedAt
	}
	return []CheckItem{fresh, {What: CheckSource, Passed: source.Signer != ""}}, nil
}

// ourKeyCheck is whether the service has our newest signing key, while we change
// to one.
func (r *Rules) ourKeyCheck(ctx context.Context, s Service) ([]CheckItem, error) {
	keys, err := db.SAMLKeys(ctx, r.DB)
	if err != nil {
		return nil, err
	}
	newest, ok := samlkey.Newest(keys)
	if !ok || newest.State != db.KeyNext && s.Row.SigningKey == "" {
		return nil, nil
	}
	since, has := samlkey.Has(newest, *s.Row)
	return []CheckItem{{What: CheckKeys, Passed: has, On: since, Name: newest.ID}}, nil
}

// keyChecks are about the service's addresses and keys.
func keyChecks(p *saml.ServiceProvider, treated policy.Policy, now time.Time) []CheckItem {
	https := CheckItem{What: CheckHTTPS, Passed: true}
	for _, e := range append(slices.Clone(p.ACS), p.Logout...) {
		https.Count++
		if u, err := url.Parse(e.URL); err != nil || u.Scheme != "https" {
			https.Passed, https.Name = false, e.URL
		}
	}
	list := []CheckItem{https}
	for _, use := range []struct{ use, what string }{{UseSigning, CheckSigning}, {UseEncryption, CheckEncryption}} {
		var last time.Time
		for _, k := range Keys(p) {
			if k.Use == use.use && k.Until.After(last) {
				last = k.Until
			}
		}
		if !last.IsZero() {
			list = append(list, CheckItem{What: use.what, Passed: last.Sub(now) >= certificateAhead, On: last})
		}
	}
	encrypts := CheckItem{What: CheckEncrypts}
	if treated.Encrypt != policy.EncryptNever {
		to, err := saml.ChooseRecipient(*p, saml.EncryptionWish{
			Mode: saml.EncryptWhenPossible, AllowExpired: treated.ExpiredKeys, AllowCBC: treated.CBC(), Now: now,
		})
		encrypts.Passed = err == nil && to != nil
		encrypts.Name = string(saml.CodeOf(err))
	} else {
		encrypts.Name = string(policy.EncryptNever)
	}
	return append(list, encrypts)
}

// logoutChecks are about single logout.
func (r *Rules) logoutChecks(ctx context.Context, s Service) ([]CheckItem, error) {
	if len(s.Provider.Logout) == 0 {
		return []CheckItem{{What: CheckLogout}}, nil
	}
	list := []CheckItem{{What: CheckLogout, Passed: true}}
	states, err := db.LastLogoutStates(ctx, r.DB, s.Row.EntityID, answersFrom)
	if err != nil || len(states) == 0 {
		return list, err
	}
	silent := 0
	for _, state := range states {
		if state == db.PartyNoAnswer {
			silent++
		}
	}
	return append(list, CheckItem{What: CheckAnswers, Passed: silent == 0, Count: silent}), nil
}
