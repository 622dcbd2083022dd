// Package credentials is what a person proves themselves with. For now that is
// the email address: it counts as theirs once whoever reads it has said so.
//
// The link in the message is read as often as anyone follows it, and used up
// only by the button behind it: programs that check mail follow links too. The
// link works signed out and on any device, once, for outbox.LinkLife; following
// it again afterwards says that it worked. It confirms the address and nothing
// else: it signs nobody in and shows no more than the address it was sent to.
//
// A new link can be asked for by whoever is signed in, and by nobody else, so
// that a stranger can't have mail sent.
package credentials
