package services

import (
	"context"
	"net/url"

	"oneid/views/i18n"
	"oneid/views/ui"
)

// The addresses of the console.
const (
	ListPath   = "/services"
	ImportPath = "/services/import"
)

// Sections of a service's pages, as its addresses name them.
const (
	TabOverview   = ""
	TabMetadata   = "metadata"
	TabAttributes = "attributes"
	TabPolicy     = "policy"
	TabTest       = "test"
	TabSetup      = "setup"
	TabHistory    = "history"
)

// Path is the address of a section of a service.
func Path(id, tab string) string {
	path := ListPath + "/" + url.PathEscape(id)
	if tab != "" {
		path += "/" + tab
	}
	return path
}

// Head is what stands above every page about one service.
type Head struct {
	ID       string
	Name     map[i18n.Lang]string
	Operator map[i18n.Lang]string // who runs it; may be empty
	Entity   string               // empty: no metadata yet
	Flash    ui.Flash
}

func (h Head) name() i18n.Msg { return i18n.Words(h.Name) }

func (h Head) operator(ctx context.Context) string { return h.Operator[i18n.LangOf(ctx)] }

type tab struct {
	label   i18n.Msg
	href    string
	current bool
}

func (h Head) tabs(at string) []tab {
	label := map[string]i18n.Msg{
		TabOverview: i18n.M("services.tab.overview"), TabMetadata: i18n.M("services.tab.metadata"),
		TabAttributes: i18n.M("services.tab.attributes"), TabPolicy: i18n.M("services.tab.policy"),
		TabTest: i18n.M("services.tab.test"), TabSetup: i18n.M("services.tab.setup"), TabHistory: i18n.M("services.tab.history"),
	}
	order := []string{TabOverview, TabMetadata, TabAttributes, TabPolicy, TabTest, TabSetup, TabHistory}
	if h.Entity == "" {
		order = []string{TabOverview, TabMetadata, TabHistory}
	}
	list := make([]tab, len(order))
	for i, name := range order {
		list[i] = tab{label[name], Path(h.ID, name), name == at}
	}
	return list
}

// page puts the frame of the console around a page about one service.
func (h Head) page(p ui.Page) ui.Page {
	p.Frame, p.Back, p.NoIndex, p.Flash = ui.Full, ListPath, true, h.Flash
	if p.Title.Zero() {
		p.Title = h.name()
	}
	return p
}
