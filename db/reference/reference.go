package reference

import (
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"oneid/db"
)

//go:embed *.json documents/*.md
var files embed.FS

// Text is a text in both languages.
type Text struct {
	EN string `json:"en"`
	FR string `json:"fr"`
}

// In is the text in a language, "en" or "fr".
func (t Text) In(language string) string {
	if language == "fr" {
		return t.FR
	}
	return t.EN
}

// Title is a form of address a person may choose.
type Title struct {
	ID      string
	Offered []string // the languages in whose list it is; a stored one shows in both
	Text
}

// Gender is how a college's value is shown.
type Gender struct {
	ID   string
	Also []string // spellings seen
	Text
}

// Reference is everything the product comes with.
type Reference struct {
	Colleges  []db.College
	Questions []db.ChallengeQuestion
	Documents []db.Document // in force from when they are loaded
	Services  []db.Service
	Titles    []Title
	Genders   []Gender
	// Organizations are made up, for trying things out: Load leaves them out.
	Organizations []db.Organization
}

// Open reads the lists that are compiled in.
func Open() (*Reference, error) {
	r := &Reference{}
	if err := errors.Join(
		r.readColleges(), r.readQuestions("online"), r.readQuestions("desk"), r.readServices(), r.readDocuments(), r.readOrganizations(),
		read("titles.json", &r.Titles), read("genders.json", &r.Genders),
	); err != nil {
		return nil, fmt.Errorf("read reference lists: %w", err)
	}
	return r, nil
}

// TitlesIn lists the titles offered in a language, in their order.
func (r *Reference) TitlesIn(language string) []Title {
	var offered []Title
	for _, t := range r.Titles {
		if slices.Contains(t.Offered, language) {
			offered = append(offered, t)
		}
	}
	return offered
}

// Title finds a title by its id.
func (r *Reference) Title(id string) (Title, bool) {
	at := slices.IndexFunc(r.Titles, func(t Title) bool { return t.ID == id })
	if at < 0 {
		return Title{}, false
	}
	return r.Titles[at], true
}

// GenderShown is what a person reads for the gender that a college sent. A value
// nobody has seen before is shown as it came.
func (r *Reference) GenderShown(sent, language string) string {
	sent = strings.TrimSpace(sent)
	for _, g := range r.Genders {
		if strings.EqualFold(g.ID, sent) || slices.ContainsFunc(g.Also, func(also string) bool { return strings.EqualFold(also, sent) }) {
			return g.In(language)
		}
	}
	return sent
}

func read(name string, into any) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (r *Reference) readColleges() error {
	var list []struct {
		Code      db.CollegeCode
		Name      Text
		Short     Text
		RidSystem string `json:"rid_system"`
		Number    struct {
			Pattern, Example string
			Known            bool
		}
		RegistryFeed bool `json:"registry_feed"`
		Contact      *db.CollegeContact
	}
	if err := read("colleges.json", &list); err != nil {
		return err
	}
	for i, c := range list {
		r.Colleges = append(r.Colleges, db.College{
			Code: c.Code, Position: i + 1,
			NameEn: c.Name.EN, NameFr: c.Name.FR, ShortEn: c.Short.EN, ShortFr: c.Short.FR,
			RidSystem: c.RidSystem, NumberPattern: c.Number.Pattern, NumberExample: c.Number.Example, NumberKnown: c.Number.Known,
			RegistryFeed: c.RegistryFeed, Contact: c.Contact,
		})
	}
	return nil
}

func (r *Reference) readQuestions(kind string) error {
	var list []struct {
		ID   string
		Weak []string
		Text
	}
	if err := read(kind+"-questions.json", &list); err != nil {
		return err
	}
	for i, q := range list {
		r.Questions = append(r.Questions, db.ChallengeQuestion{
			ID: q.ID, Kind: kind, Position: i + 1, TextEn: q.EN, TextFr: q.FR, Weak: q.Weak, Offered: true,
		})
	}
	return nil
}

// rules are the names of the services list for who may open a service.
var rules = map[string]string{"active-licence": db.RuleLicence, "named": db.RuleNamed, "everyone": db.RuleEveryone}

func (r *Reference) readServices() error {
	var list []struct {
		ID   db.ServiceID
		Name Text
		Rule struct {
			Type    string
			College db.CollegeCode
		}
		Minimum             string
		Tagline, Who        Text
		Operator, Authority Text
	}
	if err := read("services.json", &list); err != nil {
		return err
	}
	for i, s := range list {
		rule, ok := rules[s.Rule.Type]
		if !ok {
			return fmt.Errorf("services.json: %s: unknown rule %q", s.ID, s.Rule.Type)
		}
		r.Services = append(r.Services, db.Service{
			ID: s.ID, Position: i + 1, NameEn: s.Name.EN, NameFr: s.Name.FR, TaglineEn: s.Tagline.EN, TaglineFr: s.Tagline.FR,
			WhoEn: s.Who.EN, WhoFr: s.Who.FR, Rule: rule, RuleCollege: s.Rule.College, Minimum: s.Minimum, Enabled: true,
			OperatorEn: s.Operator.EN, OperatorFr: s.Operator.FR, AuthorityEn: s.Authority.EN, AuthorityFr: s.Authority.FR,
		})
	}
	return nil
}

func (r *Reference) readOrganizations() error {
	var list []struct {
		ID          db.OrganizationID
		Type        string
		Name        Text
		Town        string
		OID         string `json:"oid"`
		UAOType     string `json:"uao_type"`
		Responsible string `json:"legally_responsible_person"`
		LRAEmail    string `json:"lra_email"`
		Phone       string
		Services    []db.ServiceID
	}
	if err := read("organizations.json", &list); err != nil {
		return err
	}
	for _, o := range list {
		r.Organizations = append(r.Organizations, db.Organization{
			ID: o.ID, Kind: o.Type, NameEn: o.Name.EN, NameFr: o.Name.FR, Town: o.Town, UAO: o.OID, UAOType: o.UAOType,
			Responsible: o.Responsible, LRAEmail: o.LRAEmail, Phone: o.Phone, Enabled: true, Services: o.Services,
		})
	}
	return nil
}

func (r *Reference) readDocuments() error {
	names, err := fs.Glob(files, "documents/*.md")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		document, err := parseDocument(string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.Documents = append(r.Documents, document)
	}
	return nil
}

// parseDocument takes a file apart: a head of "name: value" lines between two
// rules, then the body, whose first line is the title. The hash is over the body,
// byte for byte, title included.
func parseDocument(text string) (db.Document, error) {
	const rule = "---\n"
	rest, begins := strings.CutPrefix(text, rule)
	head, body, ends := strings.Cut(rest, "\n"+rule)
	if !begins || !ends {
		return db.Document{}, errors.New("has no head")
	}
	facts := map[string]string{}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		facts[name] = value
	}
	first, _, _ := strings.Cut(body, "\n")
	title, titled := strings.CutPrefix(first, "# ")
	sum := sha256.Sum256([]byte(body))
	d := db.Document{Name: facts["document"], Version: facts["version"], Language: facts["lang"], Title: title, Body: body, SHA256: sum[:]}
	if d.Name == "" || d.Version == "" || d.Language == "" || !titled {
		return db.Document{}, errors.New("needs document, version and lang in its head, and a title")
	}
	return d, nil
}
