// Package app builds the product: it constructs each capability with exactly
// what it needs and mounts its routes. It knows everything below it, and only
// the commands know it.
package app
