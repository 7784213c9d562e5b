// Package planfile is the plan of a commune as a coordinator writes it: one
// YAML file in the words of the PDESC guide, or the spreadsheet that the mairie
// keeps its projects in, in French.
//
// It promises that every mistake is said at once, with its line or its cell and
// what to write instead, and that what it accepts fits a phone. It never
// guesses: an unknown word, a code without its quotes, a cost that may be read
// two ways, or a date that is none is refused. A spreadsheet adds projects and
// changes them; it takes none out and touches no consultation. Preview says
// what an import would change before it does. The package stores nothing.
package planfile
