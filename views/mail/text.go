package mail

import (
	"context"
	"time"

	"oneid/views/i18n"
)

// CodeText is the text message that brings a one-time code. Its last line lets
// a browser on domain offer to fill it in.
func CodeText(ctx context.Context, test bool, code, domain string, until time.Time) string {
	if test {
		return i18n.T(ctx, "sms.code.test", "Code", code, "Domain", domain, "Time", i18n.AsClock(until))
	}
	return i18n.T(ctx, "sms.code.body", "Code", code, "Domain", domain, "Time", i18n.AsClock(until))
}
