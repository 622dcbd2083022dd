// Package signin holds the screens of signing in and out. They load no htmx:
// plain forms, as little as a slow phone at a bedside needs.
package signin
