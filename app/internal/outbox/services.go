package outbox

import "time"

// KindServiceWarning warns the operator of a service. It is stored.
const KindServiceWarning Kind = "service_warning"

// ServiceWarning tells the technical contact of a service that something will
// break on a day, or has broken.
type ServiceWarning struct {
	To      Person
	Service string // its name, in the contact's language
	What    string // a kind of watch, as package services names it
	Item    string // of the watch: what is excepted, why a fetch brought nothing
	On      time.Time
	Number  int // seconds that a clock is off
}

func (m ServiceWarning) envelope() envelope { return m.To.mail(KindServiceWarning) }
