// Package clock says what time it is.
//
// Every rule that compares times takes a Clock, so that a test can hold time
// still and so that all nodes agree: in the product the clock follows the
// database server's (see db.ServerClock), never the node's own drift.
package clock
