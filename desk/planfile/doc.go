// Package planfile is the plan of a commune as a coordinator writes it: one
// YAML file, in the words of the PDESC guide, in French.
//
// It promises that every mistake is said at once, with its line and what to
// write instead, and that what it accepts fits a phone. It never guesses: an
// unknown word, a code without its quotes, or a date that is none is refused.
// It stores nothing.
package planfile
