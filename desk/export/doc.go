// Package export renders the weekly files that a coordinator pins on the wall
// and defends: one row, one fact.
//
// It promises that a closed week gives the same bytes for ever, that nothing
// the visibility or the smallness of a cell hides can be worked out from what
// is printed, that no cell is read as a formula by a spreadsheet, and that a
// log of a million ballots is written without being held. It has no clock and
// never sees a number of anybody.
//
// A week is bound into a book (book.go): what may be said of each consultation
// by civic.Publish, what was counted besides, hidden where it is small
// (flows.go). The book lays out tables (package table), and each format is a
// renderer over them, all named in formats.go. What hangs on a wall (package
// wall) is public, so it follows the public rule whoever has it printed.
//
// Codes. A spreadsheet that opens a CSV drops the zero a code begins with; in
// quotes it still does, and ="0101" would be a formula, which is refused. In
// the CSV for Excel official codes therefore stand behind "ML-", the form that
// place codes of Mali have in humanitarian data: a text to every spreadsheet,
// seen by everybody, and taken off by taking off three letters. There is one
// column a code: a second one with bare digits would be ruined by the first
// double click and then believed. The bare digits are in the CSV for programs,
// and in the workbook, whose cells are typed.
package export
