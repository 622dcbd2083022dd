// Package embedded runs PostgreSQL as a child process that dies with us.
//
// It serves the sandbox and the tests, so that a fresh clone needs neither a
// server nor an account on one. A production system points ONEID_DATABASE_URL
// at a real server and never comes here.
//
// What it promises:
//
//   - No second server on one directory: a lock file beside the directory is
//     held for as long as the server runs.
//   - No orphan: the kernel ends the server when this process dies in whatever
//     way, kill -9 included, and a directory left behind is taken over at the
//     next start.
//   - Nothing on the network: clients come through a unix socket in a
//     directory that only the owner can enter.
//   - Durable unless Options.Fast says otherwise.
//
// The order at start is: find the binaries, choose who runs them (PostgreSQL
// refuses to run as root), take the lock, make the directory if it is new, run
// the server, and wait until the server itself says that it is ready.
package embedded
