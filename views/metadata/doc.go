// Package metadata draws the page for people whom a service could not let in
// (design 22).
package metadata
