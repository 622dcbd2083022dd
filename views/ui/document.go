package ui

import "strings"

// block is one piece of a policy: a heading, a paragraph, or a flat list.
type block struct {
	heading string
	text    string
	items   []string
}

// documentBlocks reads the little markdown that policies are written in: "##"
// headings, paragraphs (numbered articles among them) and lists of "- " lines,
// each set apart by an empty line. The title, a "#" line, is left to the screen.
// Everything else, markup included, is text.
func documentBlocks(body string) []block {
	var blocks []block
	for piece := range strings.SplitSeq(strings.ReplaceAll(body, "\r\n", "\n"), "\n\n") {
		piece = strings.TrimSpace(piece)
		heading, isHeading := strings.CutPrefix(piece, "## ")
		_, isTitle := strings.CutPrefix(piece, "# ")
		switch {
		case piece == "" || isTitle:
		case isHeading:
			blocks = append(blocks, block{heading: heading})
		case strings.HasPrefix(piece, "- "):
			blocks = append(blocks, block{items: documentItems(piece)})
		default:
			blocks = append(blocks, block{text: strings.Join(strings.Fields(piece), " ")})
		}
	}
	return blocks
}

// documentItems reads a list; a line that begins no item goes on with the one
// before it.
func documentItems(list string) []string {
	var items []string
	for line := range strings.Lines(list) {
		item, begins := strings.CutPrefix(line, "- ")
		item = strings.TrimSpace(item)
		if begins || len(items) == 0 {
			items = append(items, item)
			continue
		}
		items[len(items)-1] += " " + item
	}
	return items
}
