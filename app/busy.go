package app

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"oneid/app/internal/secret"
)

// busyClasses are PostgreSQL's error classes that pass: the connection is gone,
// resources are short, an operator intervened, the server is starting.
var busyClasses = map[string]bool{"08": true, "53": true, "57": true}

// lockTimeout is PostgreSQL's code for a lock that could not be had in time.
const lockTimeout = "55P03"

// busy tells errors that pass by themselves from faults of ours, so that a
// person hears "wait and try again" only when it is true.
func busy(err error) bool {
	if errors.Is(err, secret.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return busyClasses[server.Code[:2]] || server.Code == lockTimeout
	}
	var dial *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &dial) || errors.As(err, &network)
}
