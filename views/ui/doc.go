// Package ui is the set of parts that every screen is built from: a form and
// its fields, buttons, evidence, notices, tags, tiles. It draws what
// design.css styles and asks for text as messages, never as strings.
//
// A screen is a Page: a title, a body and what surrounds it. The frame (back
// link, error summary, step caption, side navigation, rail) is drawn by
// views/layout from the Page, so a body begins with its H1 and no screen can
// forget the summary or put it elsewhere.
//
// Promises every part keeps:
//
//   - It works without script. What only works with script is hidden until
//     static/src/js/app.js shows it.
//   - A field's label, hint and error are tied to it: the error first, then
//     the hint, in aria-describedby; aria-invalid only where a fault is.
//   - The id of a field is its name with dots and brackets turned into "-";
//     its error is <id>-e, its hint <id>-h. The summary links to the id.
//   - Exactly one element takes focus after a swap: the summary if there are
//     errors, else the H1. A page loaded whole moves focus only to a summary.
//   - htmx attributes are written data-hx-*, the spelling that HTML allows.
//     Nothing is inline: no style, no script, no event attribute.
package ui
