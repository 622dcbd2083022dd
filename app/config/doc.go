// Package config reads the environment once into a typed value.
//
// Every variable begins with ONEID_, has a safe default or is asked for, and is
// listed in docs/configuration.md. What is wrong is reported all at once, in
// words for the operator and by the variable's name; a variable that nothing
// reads is wrong too, since a misspelt safeguard is none.
//
// Secrets come from files only. They are read here, so that a missing file is
// known at start, and their type prints as [redacted].
//
// The mode decides what is refused. Production, the default, refuses whatever
// is meant for a developer's machine: development keys, plain http, unverified
// database connections, readable key files. Development and sandbox allow
// plain http toward this machine only.
package config
