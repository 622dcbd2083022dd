// Package words turns rows into the words of a page: a college's names and
// contacts, a service's names. Pages know no rows, rows know no language.
package words
