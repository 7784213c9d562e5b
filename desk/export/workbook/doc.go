// Package workbook writes tables as one Excel file: codes as text, numbers as
// numbers, days as days, a header that stays, filters, and pages that print.
//
// It promises the same bytes for the same tables: the document's dates come
// from the caller, and the parts of the archive lie in the order of their
// names, without a time. It writes no formula.
package workbook
