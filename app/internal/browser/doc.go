// Package browser puts a browser's description of itself into words that a
// person recognises: "Firefox, Windows". The words are proper names, the same in
// every language.
//
// Nothing is decided by them: anyone can send any description.
package browser
