// Package recipe writes ready-made configuration for the products that services
// run: what their operator copies to sign people in with us, with our live values
// and the service's own in place.
package recipe
