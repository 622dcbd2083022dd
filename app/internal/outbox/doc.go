// Package outbox takes messages to people: mail, texts and calls.
//
// Send writes a message and the job that will deliver it in the caller's
// transaction, so a message goes out if and only if what it tells about was
// committed. It takes a db.Tx and nothing else, and talks to no carrier:
// package delivery does, later and as often as it must.
//
// A message is a struct of this package (messages.go). Its words are chosen
// when it is delivered, in the reader's language. Until then its recipient and
// content, which may hold a link or a login ID, lie sealed under the message's
// own id; the job holds that id and nothing more. A one-time code is in neither:
// it is computed from its nonce when the message is sent.
//
// To add a message: a struct with its method and a line in Read here, and its
// words in delivery.
package outbox
