// Package msisdn judges phone numbers: which are numbers of Mali, and what is
// their one form.
//
// Providers, operators and people write the same number in many ways (spaces,
// 00223, no plus, Arabic-Indic digits). Only E.164 with `+` is ever hashed or
// sealed, so everything passes through Normalise first.
//
// It promises that an accepted number is `+223` and eight digits, that
// accepting it again gives it back, and that a letter never becomes a digit.
// It never keeps, logs or puts into an error the number it was given, and it
// doesn't say whose network a number is on: a prefix is a label there, not the
// truth.
package msisdn
