package export

import (
	"encoding/csv"
	"io"
	"time"

	"github.com/jamakan/jamakan/desk/export/table"
)

// bom lets Excel read UTF-8. "sep=" would switch that off again, and is never
// written.
const bom = "\ufeff"

// placeGuard stands before official codes in the file for Excel; see the
// package's comment.
const placeGuard = "ML-"

// dialect is how a CSV is written.
type dialect struct {
	comma  rune
	begin  string // before everything
	point  string // of decimals
	day    string
	code   func(string) string
	words  func(string) string
	hxlRow bool
}

// excel is what a French Excel opens by a double click.
func excel(hxl bool) dialect {
	return dialect{
		comma: ';', begin: bom, point: ",", day: "02/01/2006", hxlRow: hxl,
		code: func(s string) string { return placeGuard + s }, words: literal,
	}
}

// data is what programs read: RFC 4180, without BOM.
func data(hxl bool) dialect {
	return dialect{
		comma: ',', point: ".", day: time.DateOnly, hxlRow: hxl,
		code: func(s string) string { return s }, words: formula,
	}
}

// write writes a table row by row.
func (d dialect) write(w io.Writer, t table.Table) error {
	if _, err := io.WriteString(w, d.begin); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = d.comma, true
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = c.Name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	if d.hxlRow {
		for i, c := range t.Columns {
			line[i] = c.HXL
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	for cells, err := range t.Rows {
		if err != nil {
			return err
		}
		for i := range cells {
			line[i] = d.cell(cells[i], t.Columns[i].Type)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (d dialect) cell(c table.Cell, t table.Type) string {
	switch {
	case c.State == table.Missing:
		return ""
	case c.State == table.Hidden:
		return table.HiddenMark
	case t == table.Code:
		return d.code(c.Text)
	case t == table.Date:
		return c.Day.Format(d.day)
	case t.Numeric():
		return c.Point(d.point)
	}
	return d.words(c.Text)
}
