package sso

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"oneid/db"
)

// Launch opens a service from our side, unasked, as far as its policy allows
// that. Where it is to go then must lie within the service: whoever made the
// link may not be who runs it.
func (r *Rules) Launch(ctx context.Context, entityID, relayState string, v Visitor) (Answer, error) {
	answer, err := r.launch(ctx, entityID, relayState, v)
	return answer, r.noted(ctx, err)
}

func (r *Rules) launch(ctx context.Context, entityID, relayState string, v Visitor) (Answer, error) {
	p, err := r.party(ctx, r.DB, entityID)
	if err != nil {
		return Answer{}, err
	}
	if !p.policy.Unsolicited {
		return Answer{}, refuse(reasonUnasked, errors.New("the policy wants requests")).about(p.service)
	}
	request, err := r.IDP.Unsolicited(p.provider, relayState)
	if err != nil {
		return Answer{}, explain(err).about(p.service)
	}
	if !p.within(relayState) {
		return Answer{}, refuse(reasonAstray, errors.New("leads out of the service")).about(p.service)
	}
	if v.Session.SignedIn() {
		return r.first(ctx, p, request, v, nil)
	}
	j := newJourney(p, request)
	err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error { return r.keep(ctx, tx, j, request) })
	return Answer{Journey: j.ID}, err
}

// within tells whether a relay state is a token, a path, or an address at one of
// the service's own origins.
func (p *party) within(relayState string) bool {
	if strings.HasPrefix(relayState, "//") || strings.ContainsAny(relayState, "\\\r\n\t") {
		return false
	}
	u, err := url.Parse(relayState)
	if err != nil {
		// Not an address, so nobody can be led by it; a colon could still make a
		// browser think otherwise.
		return !strings.Contains(relayState, ":")
	}
	if u.Scheme == "" {
		return true
	}
	origin := u.Scheme + "://" + u.Host
	own := append([]string{originOf(p.service.StartURL)}, p.policy.FormOrigins...)
	for _, acs := range p.provider.ACS {
		own = append(own, originOf(acs.URL))
	}
	return u.Host != "" && slices.Contains(own, origin)
}

// originOf is scheme, host and port of an address; empty for what is none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
