package services

import "oneid/views/ui"

// SetupModel is what the operator of a service sets up at their end.
type SetupModel struct {
	Head                         Head
	EntityID, SSO, SLO, Metadata string
	Certificates                 []string // fingerprints
	Recipes                      []Recipe
}

// Recipe is one product's configuration.
type Recipe struct{ Product, File, Text string }

// Setup is the page.
func Setup(m SetupModel) ui.Page {
	return m.Head.page(ui.Page{Body: setup(m), Scripts: []string{"copy"}})
}
