// Package export renders the weekly files that a coordinator pins on the wall
// and defends: one row, one fact.
//
// It promises that a closed week gives the same bytes for ever, that nothing
// the visibility or the smallness of a cell hides can be worked out from what
// is printed, and that no cell is read as a formula by a spreadsheet. It has no
// clock and opens no file; it never sees a number.
//
// Codes. A spreadsheet that opens a CSV drops the zero a code begins with, and
// ="0101" would be a formula. Each code stands therefore twice: as its exact
// digits (code_commune), for programs, and behind "ML-" (commune_cle), which
// survives a double click.
package export
