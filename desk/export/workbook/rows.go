package workbook

import (
	"fmt"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/desk/export/table"
)

// Widths of columns, in letters.
const (
	narrow   = 9
	widest   = 44
	pageWide = 190 // letters that still read on a landscape A4
)

func (b Book) table(f *excelize.File, s *styles, sheet Sheet) error {
	t := sheet.Table
	widths, rows, err := measure(t)
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(t.Columns), rows+1)
	if err != nil {
		return err
	}
	sum := 0.0
	for _, w := range widths {
		sum += w
	}
	if err := b.page(f, sheet.Name, "landscape", max(1, int(sum/pageWide+0.5))); err != nil {
		return err
	}
	if err := f.AutoFilter(sheet.Name, "A1:"+last, nil); err != nil {
		return err
	}
	if err := f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet.Name + "'!$1:$1", Scope: sheet.Name}); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet.Name)
	if err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := header(w, s, t); err != nil {
		return err
	}
	if err := body(w, s, sheet); err != nil {
		return err
	}
	return w.Flush()
}

func header(w *excelize.StreamWriter, s *styles, t *table.Table) error {
	row := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		row[i] = excelize.Cell{StyleID: s.header, Value: c.Name}
	}
	return w.SetRow("A1", row, excelize.RowOpts{Height: 30})
}

func body(w *excelize.StreamWriter, s *styles, sheet Sheet) error {
	row, n := make([]any, len(sheet.Table.Columns)), 1
	for cells, err := range sheet.Table.Rows {
		if err != nil {
			return err
		}
		n++
		strong := sheet.Strong != nil && sheet.Strong(cells)
		for i, c := range cells {
			t := sheet.Table.Columns[i].Type
			row[i] = excelize.Cell{StyleID: s.kinds[kind{t, c.State == table.Hidden, strong}], Value: value(c, t)}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n), row); err != nil {
			return err
		}
	}
	return nil
}

// value is a cell as Excel keeps it.
func value(c table.Cell, t table.Type) any {
	switch {
	case c.State == table.Missing:
		return nil
	case c.State == table.Hidden:
		return table.HiddenMark
	case t == table.Date:
		return c.Day
	case t == table.Number || t == table.Percent:
		return c.Float()
	case t.Numeric():
		return c.N
	}
	return c.Text
}

// measure finds how wide each column must be, and how many rows there are.
func measure(t *table.Table) ([]float64, int, error) {
	widths, rows := make([]float64, len(t.Columns)), 0
	for i, c := range t.Columns {
		widths[i] = max(narrow, float64(utf8.RuneCountInString(c.Name))*1.15+1) // bold, and never broken in a word
		if c.Type == table.Date {
			widths[i] = max(widths[i], 12)
		}
	}
	for cells, err := range t.Rows {
		if err != nil {
			return nil, 0, err
		}
		rows++
		for i, c := range cells {
			if c.State == table.Shown && !t.Columns[i].Type.Numeric() {
				widths[i] = max(widths[i], float64(utf8.RuneCountInString(c.Text)+2))
			}
		}
	}
	for i := range widths {
		widths[i] = min(widths[i], widest)
	}
	return widths, rows, nil
}
