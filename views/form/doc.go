// Package form carries what was wrong with a form from the code that judged it
// to the screen that shows it again: which field, and which message.
package form
