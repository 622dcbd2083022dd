// Package home holds the screens around all others: the landing page, a
// person's services, help and its texts, and what to do about a forgotten
// Login ID or password.
package home
