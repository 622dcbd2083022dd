// Command crowd fills a database with people and with browsers that are signed
// in, for measuring. Every account opens as any other does and every session is
// sealed for its own row, so that a measuring program may use any of them:
//
//	crowd -accounts 200000 -sessions 10000
//
// It makes what is missing to those numbers and prints the cookie of every new
// session, one a line. It reads the product's settings (ONEID_*) and refuses
// production.
package main
