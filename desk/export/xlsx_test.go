package export

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

func reopened(t *testing.T, src *Source, o Options) (*excelize.File, *book) {
	t.Helper()
	o.Formats = []string{"xlsx"}
	f, err := excelize.OpenReader(bytes.NewReader(like(t, made(t, src, o), "tableau", ".xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bind(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return f, b
}

// TestWorkbook reopens the file and holds every cell against the CSV.
func TestWorkbook(t *testing.T) {
	for _, profile := range []Profile{Public, Coordination} {
		f, b := reopened(t, nasty(t), Options{Week: week(t, "2026-W48"), Profile: profile})
		if got, want := strings.Join(f.GetSheetList(), " "), "Synthèse Communes Projets Retours Qualité Lexique"; got != want {
			t.Fatalf("sheets %s, want %s", got, want)
		}
		for sheet, name := range map[string]string{"Communes": "hebdo_commune", "Projets": "hebdo_projet", "Retours": "hebdo_retours", "Qualité": "hebdo_qualite"} {
			for _, one := range b.tables {
				if one.Name == name {
					compareSheet(t, f, sheet, one)
				}
			}
		}
		compareSheet(t, f, "Lexique", *b.lexicon())
	}
}

func compareSheet(t *testing.T, f *excelize.File, sheet string, one table.Table) {
	t.Helper()
	var csv bytes.Buffer
	if err := data(false).write(&csv, one); err != nil {
		t.Fatal(err)
	}
	want := readBack(t, data(false), csv.Bytes(), one.Columns)
	got, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, the CSV has %d", sheet, len(got), len(want))
	}
	for i := range want {
		for j := range want[i] {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			s := ""
			if j < len(got[i]) {
				s = got[i][j]
			}
			compareCell(t, f, sheet, cell, s, want[i][j], one.Columns[j], i == 0)
		}
	}
}

func compareCell(t *testing.T, f *excelize.File, sheet, cell, got, want string, c table.Column, header bool) {
	t.Helper()
	kind, err := f.GetCellType(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
		t.Errorf("%s %s is a formula: %s", sheet, cell, formula)
	}
	number := c.Type.Numeric() || c.Type == table.Date
	switch {
	case header || want == "" || want == table.HiddenMark || !number:
		if got != want || want != "" && kind != excelize.CellTypeInlineString {
			t.Errorf("%s %s (%s): %q as type %d, want the text %q", sheet, cell, c.Name, got, kind, want)
		}
	case c.Type == table.Date:
		days, err := strconv.ParseFloat(got, 64)
		if err != nil {
			t.Fatalf("%s %s: %v", sheet, cell, err)
		}
		day, err := excelize.ExcelDateToTime(days, false)
		if err != nil || day.Format(time.DateOnly) != want {
			t.Errorf("%s %s: %s, want %s", sheet, cell, day, want)
		}
	default:
		a, err := strconv.ParseFloat(got, 64)
		b, _ := strconv.ParseFloat(want, 64)
		if err != nil || a != b || kind == excelize.CellTypeInlineString {
			t.Errorf("%s %s (%s): %q as type %d, want the number %s", sheet, cell, c.Name, got, kind, want)
		}
	}
}

// TestWorkbookPrints: the header stays, filters are set, titles repeat, and
// pages say the week and their number.
func TestWorkbookPrints(t *testing.T) {
	f, _ := reopened(t, aSource(t, civic.Live, false), Options{Week: week(t, "2026-W48"), Profile: Public})
	for _, sheet := range []string{"Communes", "Projets", "Retours", "Qualité", "Lexique"} {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header does not stay: %+v %v", sheet, panes, err)
		}
		layout, err := f.GetPageLayout(sheet)
		if err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" || layout.FitToWidth == nil || *layout.FitToWidth < 1 {
			t.Errorf("%s: %+v %v", sheet, layout, err)
		}
		head, err := f.GetHeaderFooter(sheet)
		if err != nil || !strings.Contains(head.OddHeader, "2026-W48") || !strings.Contains(head.OddFooter, "&P/&N") {
			t.Errorf("%s: %+v %v", sheet, head, err)
		}
		titles, filters := false, false
		for _, n := range f.GetDefinedName() {
			titles = titles || n.Name == "_xlnm.Print_Titles" && n.Scope == sheet && strings.HasSuffix(n.RefersTo, "!$1:$1")
			filters = filters || n.Name == "_xlnm._FilterDatabase" && n.Scope == sheet
		}
		if !titles || !filters {
			t.Errorf("%s: print titles %v, filters %v", sheet, titles, filters)
		}
	}
}
