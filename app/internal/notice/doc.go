// Package notice tells people what happened to their account, so that they
// recognise it or object: by mail to their address, and by text to every
// confirmed challenge phone that takes texts, where the news has words for it.
//
// A notice is part of the transaction that did what it tells: rolled back, it was
// never sent. It says when, and in which browser as far as that is known; never
// where, since we know only a network.
//
// Most mails carry a link behind which the account can be frozen ("this was not
// me"). It works for ten days. Package recovery answers it.
package notice
