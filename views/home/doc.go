// Package home holds the screens around all others: the landing page, a
// person's services, help and its texts.
package home
