package portal

import (
	"fmt"
	"strings"

	"oneid/cmd/sandbox/site"
)

// document is a text of headings, paragraphs and flat lists.
type document struct {
	Version string
	Blocks  []block
}

// block is one paragraph, or one list when Items is set.
type block struct {
	Text  string
	Items []string
}

// readConsent reads the consent statement in both languages.
func readConsent() (map[string]document, error) {
	both := map[string]document{}
	for _, lang := range []string{site.English, site.French} {
		data, err := files.ReadFile("documents/cpso-consent." + lang + ".md")
		if err != nil {
			return nil, err
		}
		doc, err := parseDocument(string(data))
		if err != nil {
			return nil, fmt.Errorf("consent statement in %s: %w", lang, err)
		}
		both[lang] = doc
	}
	return both, nil
}

func parseDocument(text string) (document, error) {
	_, rest, found := strings.Cut(text, "---\n")
	head, body, closed := strings.Cut(rest, "---\n")
	if !found || !closed {
		return document{}, fmt.Errorf("it must begin with a head between lines of ---")
	}
	var doc document
	for line := range strings.Lines(head) {
		if version, ok := strings.CutPrefix(line, "version:"); ok {
			doc.Version = strings.TrimSpace(version)
		}
	}
	for part := range strings.SplitSeq(body, "\n\n") {
		part = strings.TrimSpace(part)
		switch {
		case part == "", strings.HasPrefix(part, "# "):
		case strings.HasPrefix(part, "- "):
			var items []string
			for line := range strings.Lines(part) {
				items = append(items, strings.TrimPrefix(strings.TrimSpace(line), "- "))
			}
			doc.Blocks = append(doc.Blocks, block{Items: items})
		default:
			doc.Blocks = append(doc.Blocks, block{Text: part})
		}
	}
	return doc, nil
}
