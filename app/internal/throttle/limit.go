package throttle

import "time"

// Limit names something that is counted.
type Limit string

// What is counted (SECURITY.md 5.2).
const (
	// Requests are dynamic pages asked for from one address.
	Requests Limit = "requests"

	// Failed passwords from one network, from one address for one login ID.
	AddressMinutes Limit = "signin-address-minutes"
	AddressHour    Limit = "signin-address-hour"
	PairMinute     Limit = "signin-pair-minute"
	PairHalfDay    Limit = "signin-pair-half-day"

	// One-time codes sent, by text or by call.
	NumberPause   Limit = "send-number-pause"
	NumberMinutes Limit = "send-number-minutes"
	NumberHour    Limit = "send-number-hour"
	NumberDay     Limit = "send-number-day"
	CallsHour     Limit = "send-calls-hour"
	CallsDay      Limit = "send-calls-day"
	HolderDay     Limit = "send-holder-day"
	AddressSends  Limit = "send-address-hour"
	PrefixSends   Limit = "send-prefix-hour"
	// AllSends is the breaker over everything sent; see Send.
	AllSends Limit = "send-all"

	// ConfirmMails are mails that ask to confirm an address, sent again for one
	// account.
	ConfirmMails Limit = "send-confirm-hour"

	// NoticeDay are texts to one number that tell of something, beside the codes:
	// whoever provokes them must not be able to pester or to burn money.
	NoticeDay Limit = "send-notice-day"

	// Recoveries begun: for one person's name and birth date, for one login ID,
	// from one address, from its neighbourhood.
	ForgotLoginPerson    Limit = "forgot-login-person"
	ForgotLoginAddress   Limit = "forgot-login-address"
	ForgotLoginArea      Limit = "forgot-login-area"
	ForgotPassword       Limit = "forgot-password-login"
	ForgotPasswordSource Limit = "forgot-password-address"
	// RecoveryLinks are links that a recovery mails.
	RecoveryLinks Limit = "forgot-links"

	// Codes prepared for somebody of whom nobody may learn whether they have a
	// phone; see Prepare.
	PreparedPause   Limit = "prepare-pause"
	PreparedMinutes Limit = "prepare-minutes"
	PreparedHour    Limit = "prepare-hour"
	PreparedDay     Limit = "prepare-day"
	PreparedCalls   Limit = "prepare-calls-hour"
	PreparedCallDay Limit = "prepare-calls-day"

	// ManyTriesDay are warnings of wrong passwords to one account.
	ManyTriesDay Limit = "signin-warned-day"

	// Wrong one-time codes, across codes, of one account or draft.
	WrongCodes    Limit = "wrong-codes"
	WrongCodesDay Limit = "wrong-codes-day"

	// spray is the wait of a network that fails on many accounts; see SignIn.
	spray Limit = "signin-spray"
)

// Rule is the arithmetic of a Limit.
type Rule struct {
	Max    int           // uses in one window
	Window time.Duration // from the first use
	// Ban is how long the value waits from its last use on, after which the count
	// starts anew; 0: until the window ends.
	Ban time.Duration
	// Growth lengthens each further ban by this factor, up to growthMost.
	Growth float64
}

const (
	day        = 24 * time.Hour
	growthMost = 30 * day
)

// Rule is the rule of a limit; limits that are not listed allow nothing.
func (l Limit) Rule() Rule {
	switch l {
	case Requests:
		return Rule{Max: 300, Window: 5 * time.Minute}

	case AddressMinutes:
		return Rule{Max: 20, Window: 5 * time.Minute}
	case AddressHour:
		return Rule{Max: 100, Window: time.Hour}
	case PairMinute:
		return Rule{Max: 5, Window: time.Minute, Ban: time.Minute}
	case PairHalfDay:
		return Rule{Max: 50, Window: 12 * time.Hour, Ban: 12 * time.Hour, Growth: 1.1}

	case ForgotLoginPerson, RecoveryLinks:
		return Rule{Max: 3, Window: time.Hour}
	case ForgotLoginAddress, ForgotPasswordSource:
		return Rule{Max: 10, Window: time.Hour}
	case ForgotLoginArea:
		return Rule{Max: 30, Window: day}
	case ForgotPassword:
		return Rule{Max: 5, Window: time.Hour}

	case NumberPause, PreparedPause:
		return Rule{Max: 1, Window: 30 * time.Second}
	case NumberMinutes, PreparedMinutes:
		return Rule{Max: 3, Window: 10 * time.Minute}
	case NumberHour, PreparedHour:
		return Rule{Max: 6, Window: time.Hour}
	case NumberDay, PreparedDay:
		return Rule{Max: 10, Window: day}
	case CallsHour, PreparedCalls:
		return Rule{Max: 3, Window: time.Hour}
	case CallsDay, PreparedCallDay:
		return Rule{Max: 6, Window: day}
	case HolderDay:
		return Rule{Max: 10, Window: day}
	case AddressSends:
		return Rule{Max: 20, Window: time.Hour}
	case PrefixSends:
		return Rule{Max: 50, Window: time.Hour}
	case ConfirmMails:
		return Rule{Max: 3, Window: time.Hour}

	case ManyTriesDay:
		return Rule{Max: 1, Window: day}
	case NoticeDay:
		return Rule{Max: 20, Window: day}

	// Ten wrong codes lock for ten minutes however slowly they come, so the
	// window is the day that also holds the larger budget.
	case WrongCodes:
		return Rule{Max: 10, Window: day, Ban: 10 * time.Minute}
	case WrongCodesDay:
		return Rule{Max: 20, Window: day, Ban: day}
	}
	return Rule{}
}
