// Package credentials holds the screens on which a person confirms that an
// email address is theirs.
package credentials
