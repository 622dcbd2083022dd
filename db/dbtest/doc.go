// Package dbtest gives each test a database of its own.
//
// The migrations run once into a template named after their hash; every test
// gets a clone of it, which takes about 15 ms, and drops it at the end. Tests
// can therefore write what they like and run in parallel.
//
// The server is the one that TEST_DATABASE_URL names. Without it each test
// process runs a private one through db/embedded, in a directory that is kept
// and reused, so that only the first run has to make it. The directory is in
// /dev/shm if 2 GB are free there, else in /tmp. The program in run/ starts one
// server around a whole `go test ./...`.
package dbtest
