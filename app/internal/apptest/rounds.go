package apptest

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
