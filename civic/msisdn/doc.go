// Package msisdn judges phone numbers: which are numbers of Mali, and what is
// their one form.
//
// Providers, operators and people write the same number in many ways (spaces,
// 00223, no plus, Arabic-Indic digits). Only E.164 with `+` is ever hashed or
// sealed, so everything passes through Normalise first. Operator names the
// network that a prefix was given to: a label for counts, not the truth.
//
// It promises that an accepted number is `+223` and eight digits, that
// accepting it again gives it back, and that a letter never becomes a digit.
// It never keeps, logs or puts into an error the number it was given.
package msisdn
