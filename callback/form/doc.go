// Package form reads the body of a callback: a small form
// (application/x-www-form-urlencoded), or the same fields as a JSON object.
//
// Citizens type `;` and `%`, networks send bytes that are not UTF-8, and both
// net/url and Echo then lose the text without an error, which a gateway would
// take for a new call. So this reader keeps what was typed: `;` is data, a `%`
// that escapes nothing is itself, and a value that is not UTF-8 is read as
// Windows-1252 (MTN Nigeria's and TruTeq's gateways send Latin-1).
//
// It promises that every key and value is valid UTF-8 without control
// characters other than newline and tab; that the same key never has two
// values; that time and memory are bounded by MaxBytes and MaxFields; and one
// allocation for a usual callback. The strings of one call share that
// allocation, so a caller that keeps one of them for long clones it.
//
// It never reads a query string in place of a body, never guesses between two
// values, and never puts what was sent into an error.
package form
