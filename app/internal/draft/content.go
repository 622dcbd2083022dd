package draft

import (
	"time"

	"oneid/app/internal/question"
	"oneid/db"
)

// Draft is an unfinished registration.
type Draft struct {
	ID        db.DraftID
	College   db.CollegeCode
	Version   int // rises with each save: tells two tabs apart
	CreatedAt time.Time
	UpdatedAt time.Time
	ExpiresAt time.Time
	// Account is set once Finish has made the account; the content is empty then.
	Account db.AccountID

	Content
}

// Content is what is sealed.
type Content struct {
	Facts        Facts           `json:"facts"`
	Agreed       *Agreed         `json:"agreed,omitempty"`
	Personal     *Personal       `json:"personal,omitempty"`
	Designations *[]Stated       `json:"designations,omitempty"` // nil: step not done; empty: none added
	Questions    []question.Kept `json:"questions,omitempty"`
	Phones       *Phones         `json:"phones,omitempty"`
	MailRead     bool            `json:"mail_read,omitempty"`
	Reviewed     bool            `json:"reviewed,omitempty"`
	// Renewed notes that newer facts took the personal answers away.
	Renewed bool `json:"renewed,omitempty"`
	// Mark is that of the form saved last: a second click on Next sends it
	// again, and is led on like the first.
	Mark string `json:"mark,omitempty"`
	// Refused notes that Finish found an account with this licence, and that
	// its holder was told.
	Refused bool `json:"refused,omitempty"`
	// Wanted is the Login ID that was shown before Finish, if another
	// registration took it at the same moment. It is all that Finish leaves.
	Wanted string `json:"wanted,omitempty"`
}

// Facts are what the college stated, cleaned of stray spaces and in composed
// form. No form ever changes them.
type Facts struct {
	Evidence    db.EvidenceID `json:"evidence"`
	Number      string        `json:"number"`
	First       string        `json:"first"` // may be empty: some people have one name
	Middle      string        `json:"middle"`
	Last        string        `json:"last"` // may be empty
	Gender      string        `json:"gender"`
	BirthDate   string        `json:"birth_date"` // YYYY-MM-DD
	Class       string        `json:"class"`
	Status      string        `json:"status"`
	Language    string        `json:"language"` // "en", "fr" or ""
	ConsentedAt time.Time     `json:"consented_at"`
	ReceivedAt  time.Time     `json:"received_at"`
}

// Agreed is the acceptance of the policies.
type Agreed struct {
	Documents []Accepted `json:"documents"`
	At        time.Time  `json:"at"`
}

// Accepted names a document exactly.
type Accepted struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Language string `json:"language"`
	SHA256   []byte `json:"sha256"`
}

// Personal is what the person says about themselves.
type Personal struct {
	Title          string `json:"title"`
	PreferredFirst string `json:"preferred_first"`
	Middle         string `json:"middle"`
	PreferredLast  string `json:"preferred_last"`
	Email          string `json:"email"`
	Phone          string `json:"phone"` // E.164
	Extension      string `json:"extension"`
	Language       string `json:"language"` // "en" or "fr"
}

// Stated is a designation the person adds; nobody has verified it.
type Stated struct {
	College db.CollegeCode `json:"college"`
	Number  string         `json:"number"`
}

// Phones are the challenge phones, or the statement that there is none.
type Phones struct {
	NoDirect bool    `json:"no_direct"`
	List     []Phone `json:"list"`
}

// Phone is one challenge phone.
type Phone struct {
	Number      string    `json:"number"` // E.164
	Method      string    `json:"method"` // "text" or "call"
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
}
