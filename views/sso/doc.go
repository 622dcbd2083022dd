// Package sso holds the screens on the way to a service: the page that posts
// the answer there, what is missing when the service stays closed, and a
// request that could not be taken.
package sso
