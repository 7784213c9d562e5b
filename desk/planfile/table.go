package planfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What a plan's spreadsheet may hold. A plan is read on phones, eight lines a
// screen: five hundred projects are already more than anybody leafs through.
const (
	maxProjects = 500
	maxRows     = 2_000 // filled rows kept of one sheet: projects, titles, totals
	maxColumns  = 200   // columns looked at
)

// Remark is what a coordinator should know of an import that is not refused
// for it.
type Remark struct {
	Cell    string `json:"cell,omitempty"` // Projets!D7; "" for the whole file
	Message string `json:"message"`        // in French
}

// String is the remark as the coordinator reads it.
func (r Remark) String() string {
	if r.Cell == "" {
		return r.Message
	}
	return r.Cell + " : " + r.Message
}

// table is one sheet as its cells show it.
type table struct {
	name     string // "" where there is one sheet only
	rows     []row  // those that hold something
	merged   []area
	date1904 bool // serial days count from 1904 (old Macintosh workbooks)
}

// row is one row and its number in the sheet, from 1.
type row struct {
	n     int
	cells []cell
}

// cell is one cell: its value as stored, and as the sheet shows it.
type cell struct {
	raw, shown string
	number     bool // stored as a number, not typed as a text
	formula    bool
}

func (c cell) empty() bool { return tidy(c.raw) == "" }

// area is a merged area, from 1, both ends in it.
type area struct{ left, top, right, bottom int }

func (a area) holds(col, n int) bool {
	return col >= a.left && col <= a.right && n >= a.top && n <= a.bottom
}

// at returns a cell by column from 1; columns past the end are empty.
func (r row) at(col int) cell {
	if col < 1 || col > len(r.cells) {
		return cell{}
	}
	return r.cells[col-1]
}

// filled lists the columns that hold something.
func (r row) filled() []int {
	var cols []int
	for i, c := range r.cells {
		if !c.empty() {
			cols = append(cols, i+1)
		}
	}
	return cols
}

// where names a cell as the sheet shows it.
func (t *table) where(col, n int) string {
	name, err := excelize.CoordinatesToCellName(max(col, 1), max(n, 1))
	if err != nil {
		name = fmt.Sprintf("ligne %d", n)
	}
	switch {
	case t.name == "":
		return name
	case strings.ContainsAny(t.name, " '-"):
		return "'" + t.name + "'!" + name
	default:
		return t.name + "!" + name
	}
}

// mergeAt returns the merged area that a cell is in.
func (t *table) mergeAt(col, n int) (area, bool) {
	i := slices.IndexFunc(t.merged, func(a area) bool { return a.holds(col, n) })
	if i < 0 {
		return area{}, false
	}
	return t.merged[i], true
}

// rowAt returns the row of a number.
func (t *table) rowAt(n int) (row, bool) {
	i, found := slices.BinarySearchFunc(t.rows, n, func(r row, n int) int { return r.n - n })
	if !found {
		return row{}, false
	}
	return t.rows[i], true
}

// value returns a cell, or, where it is merged with cells above,
// what the merged cell shows for all of them.
func (t *table) value(r row, col int) cell {
	c := r.at(col)
	if !c.empty() {
		return c
	}
	if a, ok := t.mergeAt(col, r.n); ok {
		if top, ok := t.rowAt(a.top); ok {
			return top.at(a.left)
		}
	}
	return c
}
