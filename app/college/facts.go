package college

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"oneid/app/internal/draft"
	"oneid/db"
	"oneid/saml"
)

// Mapping names the attributes in which a college sends each fact: colleges
// need not agree on names.
type Mapping struct {
	Number      string `json:"number"`
	GivenNames  string `json:"given_names"`
	MiddleNames string `json:"middle_names"`
	LastName    string `json:"last_name"`
	Gender      string `json:"gender"`
	BirthDate   string `json:"birth_date"`
	Class       string `json:"class"`
	Status      string `json:"status"`
	ConsentTime string `json:"consent_time"`
	Language    string `json:"language"`
}

const attributePrefix = "urn:oneid:college:attribute:"

// DefaultMapping is what a college uses when nothing else was agreed.
func DefaultMapping() Mapping {
	return Mapping{
		Number: attributePrefix + "number", GivenNames: attributePrefix + "givenNames",
		MiddleNames: attributePrefix + "middleNames", LastName: attributePrefix + "lastName",
		Gender: attributePrefix + "gender", BirthDate: attributePrefix + "birthDate",
		Class: attributePrefix + "registrationClass", Status: attributePrefix + "licenceStatus",
		ConsentTime: attributePrefix + "consentTime", Language: attributePrefix + "language",
	}
}

func readMapping(stored []byte) (Mapping, error) {
	m := DefaultMapping()
	if len(stored) == 0 {
		return m, nil
	}
	if err := json.Unmarshal(stored, &m); err != nil {
		return m, fmt.Errorf("read attribute mapping: %w", err)
	}
	return m, nil
}

// statuses are the standings of a certificate that have words of their own;
// anything else a college sends counts as inactive.
var statuses = map[string]string{
	"active": "active", "inactive": "inactive", "suspended": "suspended",
	"expired": "expired", "resigned": "resigned", "revoked": "revoked",
}

const active = "active"

// maxFact bounds a stated value: longer ones are no names.
const maxFact = 200

// facts maps the evidence's attributes. missing names, in the order of the
// page, what the college left out or sent unusable; absent consent is missing
// too.
func (m Mapping) facts(e *saml.Evidence, college *db.College, now time.Time) (f draft.Facts, missing []string) {
	get := func(name string) string {
		values := e.Attributes[name]
		if name == "" || len(values) == 0 {
			return ""
		}
		return clean(values[0])
	}
	f = draft.Facts{
		Number: get(m.Number), First: get(m.GivenNames), Middle: get(m.MiddleNames), Last: get(m.LastName),
		Gender: get(m.Gender), BirthDate: get(m.BirthDate), Class: get(m.Class),
		Status: statuses[strings.ToLower(get(m.Status))], Language: language(get(m.Language)),
		ReceivedAt: now,
	}
	if f.Status == "" && get(m.Status) != "" {
		f.Status = "inactive"
	}
	lack := func(is bool, what string) {
		if is {
			missing = append(missing, what)
		}
	}
	number, err := regexp.Compile(college.NumberPattern)
	lack(err != nil || !number.MatchString(f.Number), "number")
	lack(f.First == "" && f.Last == "", "name")
	lack(f.Gender == "", "gender")
	lack(!birthDate(f.BirthDate, now), "birth_date")
	lack(f.Status == "", "status")
	consented, err := time.Parse(time.RFC3339, get(m.ConsentTime))
	if err == nil && !consented.After(now.Add(skew)) {
		f.ConsentedAt = consented.UTC()
	}
	return f, missing
}

// skew is how far a college's clock may be ahead of ours (SECURITY.md 5.4).
const skew = 3 * time.Minute

// clean composes accents and folds white space, so that a name is stored as it
// is read. Case and letters stay as the college has them.
func clean(s string) string {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if len(s) > maxFact {
		return ""
	}
	return s
}

func language(code string) string {
	switch code = strings.ToLower(code); {
	case strings.HasPrefix(code, "fr"):
		return "fr"
	case strings.HasPrefix(code, "en"):
		return "en"
	}
	return ""
}

func birthDate(s string, now time.Time) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Before(now) && t.Year() > now.Year()-150
}
