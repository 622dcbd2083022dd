// Package findings reads a service's metadata the way a patient colleague
// would: to the end, and saying of everything that is wrong or unwise in which
// line it stands.
//
// Package saml decides whether metadata is accepted, and stops at the first
// fault. This package explains: it finds all that it can, each as a Finding with
// a code, a line and what it quotes. The words for people, what it is, why it
// matters and how to mend it, belong to the screens.
//
// What package saml refuses has at least one Finding that is Refused; where no
// rule of ours explains it, the code is Other.
package findings
