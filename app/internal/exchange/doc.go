// Package exchange keeps what passes between a service and us while an operator
// looks on: the request as it came, what became of it check by check, and the
// answer; of sign-ins and of logouts, whoever asked for those. A window of half an
// hour is opened for one service, and can be closed before; nobody's exchanges are
// kept outside one, and what was kept goes after a day, however the window ended.
//
// What is shown holds no personal data: names, addresses, numbers and identifiers
// are masked before anything is written, so that lengths and shapes can be
// judged and people can't be told. Only a request for a sign-in is kept as it came
// besides, sealed, so that it can be judged again; it goes with its row.
package exchange
