// Package static holds what browsers may keep: styles, scripts, fonts, icons.
//
// Every file is served under a name that contains a hash of its content, may be
// kept for a year, and is never changed: a new content is a new name. URL gives
// the address of a file; nothing else may spell one. The files are compressed
// once, when the program starts.
//
// What is where:
//
//	src/     styles as they are written: tokens, then a file per group of parts
//	dist/    app.css as it is served, built from src by the Tailwind CLI
//	js/      our scripts, as served: small modules, no build, no evaluation
//	vendor/  htmx, unchanged, with its licence; a test holds its hash
//	fonts/   Open Sans in two weights, cut to the letters of English and French
//	icons/   the mark in the sizes that devices ask for, painted by draw/
//
// make generate builds dist. The fonts are the latin files of the npm package
// @fontsource/open-sans, cut with subset-font to U+0020–007E, U+00A0–00FF, Œ œ Ÿ
// and the punctuation of both languages; 600 is drawn with the 700 file.
//
// The service worker (/sw.js) keeps only what this package serves and the two
// offline pages. It never keeps a page of the product. Should it do harm,
// Handler(true) sends one in its place that forgets everything and goes.
//
//go:generate go run ./draw
package static
