// Package recovery holds the screens of Forgot Login ID and Forgot Password, and
// those behind "this was not me". What they say is the same whether or not there
// is such a person.
package recovery
