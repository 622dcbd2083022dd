// Package reference holds the lists and documents that the product comes with:
// regulatory colleges, challenge questions, policies, services, titles and
// genders, all in English and French.
//
// Open reads and checks the files; Load brings a database up to them, as part
// of `oneid migrate`. It may run any number of times and keeps what others own:
//
//   - A published version of a policy never changes. A file whose text differs
//     under the same version is refused; a new text needs a new version.
//   - A question that left the list is kept for those who chose it, and offered
//     to nobody.
//   - Of a service that is there already only the texts are refreshed: its rules
//     and addresses are the operator's.
//
// Titles and genders have no table: people and colleges store what they chose or
// sent, and Reference knows how to show it.
package reference
