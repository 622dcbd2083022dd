package services

import (
	"net/url"
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// The addresses of the pages about our own keys.
const (
	KeysPath     = "/services/keys"
	KeyNextPath  = KeysPath + "/next"
	KeySwitchFor = KeysPath + "/switch"
	KeyRetireFor = KeysPath + "/retire"
	KeyWaiting   = KeysPath + "/proposed"
	KeyService   = KeysPath + "/of"
)

// KeyPath is the address of a page about one key, proposal or service.
func KeyPath(page, id string) string { return page + "/" + url.PathEscape(id) }

// KeysModel is how our own keys stand.
type KeysModel struct {
	Flash    ui.Flash
	Uses     []KeyUse
	Services []KeyServiceLine
	// Newest is the signing key that services should have.
	Newest  string
	Waiting []KeyProposal
	// Lacks is what this node has not got, as its log says it.
	Lacks []string
	// Others is what other nodes that run have not got.
	Others []KeyLack
	Events []Event
}

// KeyLack is a key that a node lacks.
type KeyLack struct {
	Node, Key string
	File      string // of its private part; empty for one in a token
}

func (l KeyLack) said() i18n.Msg {
	if l.File == "" {
		return i18n.M("services.keys.other_token", "Node", l.Node, "Key", l.Key)
	}
	return i18n.M("services.keys.other_file", "Node", l.Node, "Key", l.Key, "File", l.File)
}

// KeyUse is our keys of one use.
type KeyUse struct {
	Use     string // signing, encryption or metadata
	Alive   []OwnKey
	Retired []OwnKey
	Next    []KeyStep
	// Road are the stages of a change that is under way, empty for none.
	Road []KeyStage
}

// OwnKey is one of our keys, by its certificate.
type OwnKey struct {
	ID, Algorithm, State, Fingerprint string
	Since                             time.Time // in this state
	From, Until                       time.Time // of its certificate
	Services                          int       // that it signs for
}

// KeyStep is what comes next for a key.
type KeyStep struct {
	Do        string // next, switch or retire
	Use       string
	Algorithm string
	Key       string
	File      string // of its private part, to be on every node; empty for none
	Due       time.Time
	Now       bool
	Missing   int
}

// KeyStage is one stage of a change of keys.
type KeyStage struct {
	What  string // made, fetched, signs, lags or retired
	Done  bool
	Now   bool
	Key   string
	Have  int
	Of    int
	On    time.Time
	Until time.Time
}

// KeyServiceLine is a service with the key that signs for it.
type KeyServiceLine struct {
	ID        string
	Name      map[i18n.Lang]string
	Uses      string
	HasNewest bool
	Since     time.Time
	Until     time.Time // keeps the old key until then; zero: as long as it is current
}

// KeyProposal is a key that waits for a second person.
type KeyProposal struct {
	ID, Use, Algorithm, By string
	Mine                   bool
	At                     time.Time
}

// OwnKeys is the page about our keys.
func OwnKeys(m KeysModel) ui.Page {
	return ui.Page{Title: i18n.M("services.keys.title"), Body: ownKeys(m), Frame: ui.Full, NoIndex: true, Flash: m.Flash, Back: ListPath}
}

func useTitle(use string) i18n.Msg {
	switch use {
	case "signing":
		return i18n.M("services.keys.use_signing")
	case "encryption":
		return i18n.M("services.keys.use_encryption")
	}
	return i18n.M("services.keys.use_metadata")
}

func useLead(use string) i18n.Msg {
	switch use {
	case "signing":
		return i18n.M("services.keys.lead_signing")
	case "encryption":
		return i18n.M("services.keys.lead_encryption")
	}
	return i18n.M("services.keys.lead_metadata")
}

func algorithm(name string) i18n.Msg {
	if name == "ec" {
		return i18n.M("services.keys.elliptic")
	}
	return i18n.M("services.keys.rsa")
}

func (k OwnKey) state() (ui.Kind, string, i18n.Msg) {
	switch k.State {
	case "next":
		return ui.Info, "clock", i18n.M("services.keys.state_next")
	case "current":
		return ui.OK, "check", i18n.M("services.keys.state_current")
	case "retiring":
		return ui.Warn, "clock", i18n.M("services.keys.state_retiring")
	case "begun":
		return ui.Bare, "clock", i18n.M("services.keys.state_begun")
	case "found":
		return ui.Bare, "key", i18n.M("services.keys.state_found")
	}
	return ui.Bare, "cross", i18n.M("services.keys.state_retired")
}

// said tells what comes next, and from when on.
func (s KeyStep) said() i18n.Msg {
	on := i18n.AsDate(s.Due)
	switch {
	case s.Do == "next" && s.Now:
		return i18n.M("services.keys.next_now", "Key", s.Key)
	case s.Do == "next":
		return i18n.M("services.keys.next_later", "Key", s.Key, "Date", on)
	case s.Do == "switch" && s.Use == "encryption":
		return i18n.M("services.keys.switch_encryption", "Key", s.Key)
	case s.Do == "switch" && s.Use == "metadata" && s.Now:
		return i18n.M("services.keys.switch_metadata_now", "Key", s.Key)
	case s.Do == "switch" && s.Use == "metadata":
		return i18n.M("services.keys.switch_metadata_later", "Key", s.Key, "Date", on)
	case s.Do == "switch" && s.Missing == 0:
		return i18n.M("services.keys.switch_all", "Key", s.Key)
	case s.Do == "switch" && s.Now:
		return i18n.M("services.keys.switch_now", "Key", s.Key, "Count", s.Missing)
	case s.Do == "switch":
		return i18n.M("services.keys.switch_later", "Key", s.Key, "Date", on, "Count", s.Missing)
	case s.Use == "encryption" && s.Now:
		return i18n.M("services.keys.retire_now", "Key", s.Key)
	case s.Use == "encryption":
		return i18n.M("services.keys.retire_encryption", "Key", s.Key, "Date", on)
	case s.Missing > 0:
		return i18n.M("services.keys.retire_later", "Key", s.Key, "Date", on, "Count", s.Missing)
	}
	return i18n.M("services.keys.retire_now", "Key", s.Key)
}

// act is what is done about it, and where.
func (s KeyStep) act() (i18n.Msg, string) {
	switch s.Do {
	case "next":
		return i18n.M("services.keys.act_next"), KeyNextPath + "?use=" + s.Use + "&algorithm=" + s.Algorithm
	case "switch":
		return i18n.M("services.keys.act_switch", "Key", s.Key), KeyPath(KeySwitchFor, s.Key)
	}
	return i18n.M("services.keys.act_retire", "Key", s.Key), KeyPath(KeyRetireFor, s.Key)
}

func (s KeyStage) need() ui.Need {
	n := ui.Need{Kind: ui.Wait}
	switch {
	case s.Done:
		n.Kind = ui.OK
	case s.Now:
		n.Icon = "clock"
	}
	switch s.What {
	case "made":
		n.Title, n.Detail = i18n.M("services.keys.stage_made", "Key", s.Key), i18n.M("services.keys.stage_made_on", "Date", i18n.AsDate(s.On))
	case "fetched":
		n.Title, n.Detail = i18n.M("services.keys.stage_fetched", "Key", s.Key), i18n.M("services.keys.stage_fetched_by", "Number", s.Have, "Total", s.Of)
	case "signs":
		n.Title = i18n.M("services.keys.stage_signs", "Key", s.Key)
		switch {
		case s.Done:
			n.Detail = i18n.M("services.keys.stage_signs_since", "Date", i18n.AsDate(s.On))
		default:
			n.Detail = i18n.M("services.keys.stage_signs_from", "Date", i18n.AsDate(s.On))
		}
	case "lags":
		n.Title = i18n.M("services.keys.stage_lags")
		switch {
		case s.Have > 0:
			n.Detail = i18n.M("services.keys.stage_lags_until", "Count", s.Have, "Date", i18n.AsDate(s.Until))
		case s.Done:
			n.Detail = i18n.M("services.keys.stage_lags_none")
		default:
			n.Detail = i18n.M("services.keys.stage_lags_later")
		}
	default:
		n.Title = i18n.M("services.keys.stage_retired")
	}
	return n
}

func needs(stages []KeyStage) []ui.Need {
	list := make([]ui.Need, len(stages))
	for i, s := range stages {
		list[i] = s.need()
	}
	return list
}
