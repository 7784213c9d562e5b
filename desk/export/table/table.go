package table

import (
	"fmt"
	"iter"
)

// Type is what a column's cells are.
type Type string

// The types.
const (
	Code    Type = "code"    // of a place: digits whose leading zero matters
	Words   Type = "text"    // words, and codes that hold a letter
	Integer Type = "integer" // a count
	Year    Type = "year"    // a whole number that nobody writes 2 026
	Number  Type = "number"  // a decimal
	Percent Type = "percent" // a decimal, in hundredths of the base that stands beside it
	Date    Type = "date"
	Week    Type = "week" // 2026-W48
	Bool    Type = "bool" // 1 or 0
)

// Numeric says whether a spreadsheet may add the column.
func (t Type) Numeric() bool {
	return t == Integer || t == Year || t == Number || t == Percent || t == Bool
}

// Column is a column and what it means.
type Column struct {
	Name  string
	Means string // a French sentence for who reads the table
	Type  Type
	Unit  string // "" or what one is: numéros, FCFA, heures
	Base  string // of a percent: the column it is a part of
	HXL   string // humanitarian exchange language tag, like #adm3+code
	Among []string
}

// Table is one table.
type Table struct {
	Name    string // of the file: hebdo_commune
	Title   string // in French, for people
	Means   string // a French sentence: what one row is
	Columns []Column
	Key     []string // columns that name a row
	// Rows are the cells in column order. A slice is good until the next.
	Rows iter.Seq2[[]Cell, error]
}

// Field is a column and where its value comes from in a row of R.
type Field[R any] struct {
	Column
	Value func(R) Cell
	Lacks bool // no data source feeds it: the column is left out
}

// New makes a table from fields and rows.
func New[R any](t Table, fields []Field[R], rows iter.Seq2[R, error]) Table {
	var kept []Field[R]
	for _, f := range fields {
		if !f.Lacks {
			kept = append(kept, f)
			t.Columns = append(t.Columns, f.Column)
		}
	}
	t.Rows = func(yield func([]Cell, error) bool) {
		cells := make([]Cell, len(kept))
		for r, err := range rows {
			if err != nil {
				yield(nil, fmt.Errorf("%s: %w", t.Name, err))
				return
			}
			for i, f := range kept {
				cells[i] = f.Value(r)
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
	return t
}

// Of are rows held in memory.
func Of[R any](rows []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Index is the place of a column, -1 for none.
func (t *Table) Index(name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
