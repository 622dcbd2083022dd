package throttle

import (
	"context"
	"net/netip"

	"github.com/uptrace/bun"
)

// ForgotLoginID asks whether somebody may be looked up by name and birth date,
// and counts it. Whether there is such a person makes no difference.
func (t *Throttle) ForgotLoginID(ctx context.Context, q bun.IDB, from netip.Addr, person string) (Verdict, error) {
	uses := []Use{{ForgotLoginPerson, person}, {ForgotLoginArea, neighbourhood(from)}}
	return t.SpendAll(ctx, q, append(uses, perNetwork(ForgotLoginAddress, from)...))
}

// ForgotPassword asks whether a recovery may begin for a login ID, and counts
// it. Whether there is such an account makes no difference.
func (t *Throttle) ForgotPassword(ctx context.Context, q bun.IDB, from netip.Addr, loginID string) (Verdict, error) {
	return t.SpendAll(ctx, q, append([]Use{{ForgotPassword, fold(loginID)}}, perNetwork(ForgotPasswordSource, from)...))
}

// Preparing is a one-time code that is asked for by somebody who may not learn
// whether there is a phone to send it to.
type Preparing struct {
	Holder string     // whom it is for, or who stands in for nobody
	From   netip.Addr // who asks
	Call   bool
}

// Prepare asks whether a code may be prepared, and counts it by its holder as
// Send would by number. A number's own limits are asked when it is sent.
func (t *Throttle) Prepare(ctx context.Context, q bun.IDB, p Preparing) (Verdict, error) {
	uses := []Use{
		{PreparedPause, p.Holder}, {PreparedMinutes, p.Holder}, {PreparedHour, p.Holder}, {PreparedDay, p.Holder},
	}
	if p.Call {
		uses = append(uses, Use{PreparedCalls, p.Holder}, Use{PreparedCallDay, p.Holder})
	}
	return t.SpendAll(ctx, q, append(uses, perNetwork(AddressSends, p.From)...))
}
