package layout

import (
	"context"
	"encoding/json"

	"oneid/static"
	"oneid/views/i18n"
)

type manifest struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	ShortName   string         `json:"short_name"`
	Description string         `json:"description"`
	Lang        string         `json:"lang"`
	Dir         string         `json:"dir"`
	StartURL    string         `json:"start_url"`
	Scope       string         `json:"scope"`
	Display     string         `json:"display"`
	ThemeColor  string         `json:"theme_color"`
	Background  string         `json:"background_color"`
	Icons       []manifestIcon `json:"icons"`
	Shortcuts   []shortcut     `json:"shortcuts"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

type shortcut struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Manifest is what a device needs to install the product, in the language of
// the context. It names nobody: every device gets the same one.
func Manifest(ctx context.Context) ([]byte, error) {
	brand := i18n.StandingOf(ctx).Brand
	return json.Marshal(manifest{
		ID:          "/",
		Name:        brand,
		ShortName:   brand,
		Description: i18n.T(ctx, "layout.page.summary"),
		Lang:        i18n.LangOf(ctx).Tag(),
		Dir:         "ltr",
		StartURL:    "/?src=app",
		Scope:       "/",
		Display:     "standalone",
		ThemeColor:  "#1a1a1a",
		Background:  "#ffffff",
		Icons: []manifestIcon{
			{static.URL("icon-192.png"), "192x192", "image/png", "any"},
			{static.URL("icon-512.png"), "512x512", "image/png", "any"},
			{static.URL("icon-maskable-512.png"), "512x512", "image/png", "maskable"},
		},
		Shortcuts: []shortcut{
			{i18n.T(ctx, "layout.header.services"), "/home"},
			{i18n.T(ctx, "layout.header.help"), "/help"},
		},
	})
}
