package workbook

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/desk/export/table"
)

// Book is one Excel file.
type Book struct {
	Title   string
	Header  string // on top of each printed page
	Legend  string // at the foot of each printed page
	Created time.Time
	Sheets  []Sheet
}

// Sheet is one sheet: lines for people, or a table.
type Sheet struct {
	Name  string
	Lines []Line
	Table *table.Table
	// Strong says of a row of the table whether it is a sum.
	Strong func([]table.Cell) bool
}

// Line is one line of a sheet for people.
type Line struct {
	Style LineStyle
	Cells []any // string, int64 or float64
}

// LineStyle is how a line looks.
type LineStyle uint8

// The styles of lines.
const (
	Plain LineStyle = iota
	Title
	Heading
	Warning
)

// Write writes the book.
func (b Book) Write(w io.Writer) error {
	f := excelize.NewFile()
	f.SetZipWriter(newOrderly)
	err := b.fill(f)
	if err == nil {
		err = f.Write(w)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func (b Book) fill(f *excelize.File) error {
	s, err := newStyles(f)
	if err != nil {
		return err
	}
	created := b.Created.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Title: b.Title, Creator: "Jamakan", LastModifiedBy: "Jamakan", Created: created, Modified: created, Language: "fr-FR"}); err != nil {
		return err
	}
	for i, sheet := range b.Sheets {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), sheet.Name)
		} else {
			_, err = f.NewSheet(sheet.Name)
		}
		if err != nil {
			return err
		}
		if err := b.sheet(f, s, sheet); err != nil {
			return fmt.Errorf("%s: %w", sheet.Name, err)
		}
	}
	return nil // the first sheet is the one that shows: to say so would read every row again
}

func (b Book) sheet(f *excelize.File, s *styles, sheet Sheet) error {
	if sheet.Table == nil {
		return b.lines(f, s, sheet)
	}
	return b.table(f, s, sheet)
}

// page sets how a sheet prints: landscape, its columns on a whole number of
// pages, the week on top and the page's number below.
func (b Book) page(f *excelize.File, name, orientation string, wide int) error {
	yes, a4, tall := true, 9, 0
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	margin, edge := 0.4, 0.75
	if err := f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &edge, Bottom: &edge}); err != nil {
		return err
	}
	return f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&\"-,Bold\"" + escape(b.Header) + "&R&A",
		OddFooter: "&L" + escape(b.Legend) + "&R&P/&N",
	})
}

// escape keeps a text from being read as a code of a header.
func escape(s string) string {
	out := ""
	for _, r := range s {
		if out += string(r); r == '&' {
			out += "&"
		}
	}
	return out
}

// lines is a sheet for people: it reads like a page.
func (b Book) lines(f *excelize.File, s *styles, sheet Sheet) error {
	if err := b.page(f, sheet.Name, "landscape", 1); err != nil {
		return err
	}
	no := false
	if err := f.SetSheetView(sheet.Name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet.Name)
	if err != nil {
		return err
	}
	for col, width := range []float64{44, 16, 16, 16, 60} {
		if err := w.SetColWidth(col+1, col+1, width); err != nil {
			return err
		}
	}
	for i, line := range sheet.Lines {
		row := make([]any, len(line.Cells))
		for j, v := range line.Cells {
			row[j] = excelize.Cell{StyleID: s.line(line.Style, v), Value: v}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row, excelize.RowOpts{Height: line.Style.height()}); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (s LineStyle) height() float64 {
	switch s {
	case Title:
		return 30
	case Heading:
		return 24
	}
	return 17
}
