// Package world runs the sandbox for a measuring program: the product with its
// database, and a carrier that keeps what it is given. It takes ports that are
// free and a folder of its own, and leaves nothing behind.
//
// Everything stays on the loopback interface. A Person asks from an address of
// their own there (127.x.y.z), so that what the product counts per address and
// per network can be met, or kept out of the way.
package world
