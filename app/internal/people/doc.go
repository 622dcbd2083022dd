// Package people opens and seals what an account says about its person: names,
// gender, birth date, contacts. It is the one place that knows the shape of the
// sealed columns of accounts.
package people
