// Package figures says what measured numbers mean: medians and midmeans, and
// whether two samples can be told apart by their ranks.
package figures
