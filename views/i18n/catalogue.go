package i18n

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed en.toml fr.toml
var files embed.FS

// Standing is what the operator calls itself and how it is reached. It fills
// the placeholders of the same names in every message.
type Standing struct {
	Brand      string
	Agency     map[Lang]string
	DeskPhone  string // E.164, for example +18662501554
	DeskEmail  string
	AgentEmail string
	PortalURL  string // the agency's own site; empty for none
	// DeviceDays and PasswordDays are how long a browser is recognised and a
	// password may be used; 0 says 30 and 365.
	DeviceDays   int
	PasswordDays int
}

// Catalogue holds every message in both languages. It is read-only after New
// and safe for concurrent use.
type Catalogue struct {
	// Strict makes a missing message or placeholder panic. Tests set it.
	Strict bool

	standing Standing
	messages map[Lang]map[string]*message
	always   map[Lang]map[string]string
	plurals  map[Lang]*goi18n.Localizer
}

// New reads the embedded messages. It refuses a file that does not parse or a
// placeholder that is not written {{.Name}}.
func New(s Standing) (*Catalogue, error) {
	c := &Catalogue{
		standing: s,
		always:   map[Lang]map[string]string{},
		plurals:  map[Lang]*goi18n.Localizer{},
	}
	messages, err := parsed()
	if err != nil {
		return nil, err
	}
	c.messages = messages
	for _, lang := range Langs() {
		c.plurals[lang] = pluralForms(lang)
		c.always[lang] = map[string]string{
			"Brand":      s.Brand,
			"Agency":     s.Agency[lang],
			"DeskPhone":  phone(lang, s.DeskPhone),
			"DeskEmail":  s.DeskEmail,
			"AgentEmail": s.AgentEmail,

			"DeviceDays":  days(lang, cmp.Or(s.DeviceDays, 30)),
			"PasswordAge": age(lang, cmp.Or(s.PasswordDays, year)),
		}
	}
	return c, nil
}

// Standing returns what the catalogue was made with.
func (c *Catalogue) Standing() Standing { return c.standing }

// Has reports whether a message of this key exists.
func (c *Catalogue) Has(key string) bool {
	return c.messages[EN][key] != nil && c.messages[FR][key] != nil
}

// Keys lists every key, sorted.
func (c *Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.messages[EN]))
	for key := range c.messages[EN] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// parsed are the embedded files taken apart, once for all catalogues: a test
// makes many.
var parsed = sync.OnceValues(func() (map[Lang]map[string]*message, error) {
	all := map[Lang]map[string]*message{}
	for _, lang := range Langs() {
		messages, err := read(lang)
		if err != nil {
			return nil, err
		}
		all[lang] = messages
	}
	return all, nil
})

func read(lang Lang) (map[string]*message, error) {
	name := string(lang) + ".toml"
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	parsed, err := goi18n.ParseMessageFileBytes(data, name, map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	messages := make(map[string]*message, len(parsed.Messages))
	for _, m := range parsed.Messages {
		compiled, err := compile(m)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", name, m.ID, err)
		}
		messages[m.ID] = compiled
	}
	return messages, nil
}

// pluralForms answers "which form does this language use for n" with the name
// of the form. go-i18n keeps its plural rules to itself, so it is asked for a
// message whose forms are their own names.
func pluralForms(lang Lang) *goi18n.Localizer {
	tag := language.Make(string(lang))
	bundle := goi18n.NewBundle(tag)
	bundle.MustAddMessages(tag, &goi18n.Message{ID: formProbe, One: "one", Many: "many", Other: "other"})
	return goi18n.NewLocalizer(bundle, string(lang))
}

const formProbe = "form"
