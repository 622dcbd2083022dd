// Package session holds the screens about a session itself: its end, and that
// one is signed out.
package session
