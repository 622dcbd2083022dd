// Package services has the screens of the console for service administrators.
package services
