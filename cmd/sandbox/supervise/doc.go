// Package supervise starts the product and keeps an eye on it: the environment
// it needs, the commands of its operator, what has to be made known to it once,
// and the server as a child process whose output is passed on.
//
// The product's own code is not called. What fails here fails as it would for
// an operator, and the message tells which command to run again.
package supervise
