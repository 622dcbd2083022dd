package apptest

// Tell has this process tell the others which of our SAML keys it holds, as it
// does each minute when it serves.
func (a *App) Tell() {
	a.Helper()
	if err := a.node.app.Tell(a.Context()); err != nil {
		a.Fatalf("tell the other nodes: %v", err)
	}
}

// Round does one of the product's rounds now, and returns how much there was to
// do.
func (a *App) Round(name string) int {
	a.Helper()
	n, err := a.node.app.Round(a.Context(), name)
	if err != nil {
		a.Fatalf("round %s: %v", name, err)
	}
	return n
}
