// Package existing holds the Self-Service Welcome page, which people reach from
// two sides: on their way in from a college, and when somebody else finished
// registering with their licence first.
package existing
