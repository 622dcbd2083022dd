package signin

import "oneid/app/internal/web"

// counted has the operator's metrics count a password or passkey that was
// judged, or was not because of the tries before it. A second factor that is
// still owed makes no difference.
func (h *Handlers) counted(out Outcome) {
	switch {
	case out.Passed != nil:
		h.Metrics.SignIn(web.SignInPassed)
	case out.Blocked != nil, !out.Lapsed.IsZero():
		h.Metrics.SignIn(web.SignInBlocked)
	case out.Wait != nil:
		h.Metrics.SignIn(web.SignInWaited)
	default:
		h.Metrics.SignIn(web.SignInFailed)
	}
}
