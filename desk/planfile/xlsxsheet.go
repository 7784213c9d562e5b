package planfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readSheet reads the filled rows of one sheet. A sheet formatted to its last
// row is walked and its empty rows forgotten; one filled beyond what a plan
// can be is given up at once.
func readSheet(book *excelize.File, name string) (table, error) {
	t := table{name: name}
	raw, err := book.Rows(name)
	if err != nil {
		return t, ignoreCharts(book, name, err)
	}
	shown, err := book.Rows(name)
	if err != nil {
		return t, err
	}
	scanned := 0
	for n := 1; raw.Next() && shown.Next(); n++ {
		values, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return t, err
		}
		texts, err := shown.Columns(excelize.Options{RawCellValue: false})
		if err != nil {
			return t, err
		}
		if scanned += 1 + len(values); scanned > maxScanned {
			return t, errManyCells
		}
		r := row{n: n, cells: cells(values, texts)}
		if len(r.filled()) == 0 {
			continue
		}
		if len(t.rows) == maxRows {
			return t, errManyRows
		}
		t.rows = append(t.rows, r)
	}
	if raw.Error() != nil {
		return t, raw.Error()
	}
	return t, t.learn(part(book, name))
}

// ignoreCharts: a sheet that is a chart has no rows, and that is no fault.
func ignoreCharts(book *excelize.File, name string, err error) error {
	if data := part(book, name); data == nil || bytes.Contains(data, []byte("chartsheet")) {
		return nil
	}
	return err
}

func cells(values, texts []string) []cell {
	values = values[:min(len(values), maxColumns)]
	list := make([]cell, len(values))
	for i, v := range values {
		list[i] = cell{raw: v, shown: v}
		if i < len(texts) && texts[i] != "" {
			list[i].shown = texts[i]
		}
	}
	return list
}

// part is the stored XML of a sheet, or nil.
func part(book *excelize.File, sheet string) []byte {
	id := ""
	for _, s := range book.WorkBook.Sheets.Sheet {
		if s.Name == sheet {
			id = s.ID
		}
	}
	data, ok := book.Pkg.Load("xl/_rels/workbook.xml.rels")
	if !ok {
		return nil
	}
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	text, ok := data.([]byte)
	if !ok || xml.Unmarshal(text, &rels) != nil {
		return nil
	}
	for _, r := range rels.Relationship {
		if r.ID != id {
			continue
		}
		name := path.Join("xl", r.Target)
		if strings.HasPrefix(r.Target, "/") {
			name = strings.TrimPrefix(r.Target, "/")
		}
		if data, ok := book.Pkg.Load(name); ok {
			text, _ := data.([]byte)
			return text
		}
	}
	return nil
}

// learn reads what the library's streaming rows don't tell: which cells are
// merged, which are numbers, which are formulas, and whether the sheet is
// whole. (Its other calls hold the sheet in memory several times over.)
func (t *table) learn(data []byte) error {
	n, col := 0, 0
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errDamaged
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "row":
			n, col = n+1, 0
			if r := attribute(start, "r"); r != "" {
				if _, at, err := excelize.CellNameToCoordinates("A" + r); err == nil {
					n = at
				}
			}
		case "c":
			col++
			if c, at, err := excelize.CellNameToCoordinates(attribute(start, "r")); err == nil && at == n {
				col = c
			}
			kind := attribute(start, "t")
			t.mark(n, col, func(c *cell) { c.number = kind == "" || kind == "n" })
		case "f":
			t.mark(n, col, func(c *cell) { c.formula = true })
		case "mergeCell":
			t.merge(attribute(start, "ref"))
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (t *table) mark(n, col int, set func(*cell)) {
	if r, ok := t.rowAt(n); ok && col <= len(r.cells) {
		set(&r.cells[col-1])
	}
}

// merge keeps a merged area. A sheet with more of them than rows it may hold
// is no list of projects; the rest would only cost time.
func (t *table) merge(ref string) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok || len(t.merged) == maxRows {
		return
	}
	left, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return
	}
	if right, bottom, err := excelize.CellNameToCoordinates(to); err == nil {
		t.merged = append(t.merged, area{left, top, right, bottom})
	}
}
