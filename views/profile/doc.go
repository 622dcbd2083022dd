// Package profile holds the screens of My Profile.
package profile
