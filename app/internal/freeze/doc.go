// Package freeze closes an account at once, because its person, or somebody who
// reads their mail or answers their phone, says that something was not them.
//
// Whoever asks for it has shown no more than that, so freezing takes nothing
// away that the Service Desk can't give back: nothing is erased, and what was
// chosen stays.
package freeze
