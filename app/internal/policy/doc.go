// Package policy says how we treat one service: how answers to it are signed
// and encrypted, how people are named to it, which facts it gets under which
// names, and how strongly they must have proven who they are.
//
// A Policy is plain data. It is stored with the service's metadata, edited in
// the console and read on every sign-in. It begins as a Preset, a profile that
// services out there know, and may differ from it; Diff says where.
//
// What is weak (SHA-1, CBC, an assertion in clear though the service has a key,
// an e-mail address as name) holds only under an Exception with an owner, a
// reason and an end. Nobody has to close it: Effective, which every reader asks,
// stops honouring it when its end has come.
//
// The package decides nothing about people and knows neither database nor
// messages.
package policy
