package profile

import (
	"time"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// ReceiptsPath is the page of what services received.
const ReceiptsPath = "/profile/services"

// ReceiptsModel is what services received about a person, and when.
type ReceiptsModel struct {
	Receipts []Receipt
	Openings []Opening
}

// Receipt is what a person was shown before a service first received it.
type Receipt struct {
	Service    map[i18n.Lang]string
	Kinds      []string // as package policy names them
	Attributes []string // their names, for technicians
	ShownAt    time.Time
}

// Opening is one time that a person opened a service.
type Opening struct {
	Service   map[i18n.Lang]string
	Authority map[i18n.Lang]string // nil for nobody's
	Reference string               // the answer's own ID
	At        time.Time
}

// Receipts is the screen of what services received.
func Receipts(m ReceiptsModel) ui.Page {
	return ui.Page{
		Title: i18n.M("profile.receipts.title"), Body: receipts(m), Frame: ui.Account, Back: Path, Scripts: []string{"copy"}, NoIndex: true,
	}
}

func (m ReceiptsModel) rows() []ui.Row {
	rows := make([]ui.Row, len(m.Openings))
	for i, o := range m.Openings {
		rows[i] = ui.Row{Name: i18n.Words(o.Service), Body: opening(o)}
	}
	return rows
}
