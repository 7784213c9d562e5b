package planfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/civic"
)

// Template makes the spreadsheet that a mairie fills: its headings, one example
// line that is never imported, the plan's own fields, and a page of help. The
// same program makes the same bytes.
func Template() ([]byte, error) {
	return workbook(civic.Plan{Projects: []civic.Project{{
		Code: "EAU-01", Title: civic.Text{"fr": "Forage de Misali", "bm": "Misali pɔnpekɔlɔn"}, Sector: "hydraulique", Village: "Misali",
		Cost: 12_500_000, Funders: []string{"commune", "État"}, Status: civic.Proposed,
	}}}, true)
}

// TemplateOf makes the same spreadsheet filled with a plan. Read back, it
// changes nothing.
func TemplateOf(p civic.Plan) ([]byte, error) { return workbook(p, false) }

// madeAt dates every template: a file that is made again is the same file.
const madeAt = "2026-01-01T00:00:00Z"

// filling is a workbook being written; its first error stays.
type filling struct {
	book *excelize.File
	err  error
}

func (w *filling) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func workbook(p civic.Plan, example bool) ([]byte, error) {
	w := &filling{book: excelize.NewFile()}
	defer w.book.Close()
	w.do(w.book.SetDocProps(&excelize.DocProperties{Creator: "Jamakan", LastModifiedBy: "Jamakan", Created: madeAt, Modified: madeAt, Title: "Projets du plan"}))
	w.do(w.book.SetSheetName("Sheet1", "Projets"))
	for _, name := range []string{"Plan", "Aide"} {
		_, err := w.book.NewSheet(name)
		w.do(err)
	}
	w.projects(p, example)
	w.plan(p, example)
	w.lines("Aide", helpLines(), 110)
	if w.err != nil {
		return nil, w.err
	}
	data, err := w.book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

func (w *filling) style(s *excelize.Style) int {
	id, err := w.book.NewStyle(s)
	w.do(err)
	return id
}

func (w *filling) heading() int {
	return w.style(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
	})
}

// textFormat is the format "text" (ECMA-376, numFmtId 49): codes keep their
// zero in it.
const textFormat = 49

func (w *filling) projects(p civic.Plan, example bool) {
	const sheet = "Projets"
	text := w.style(&excelize.Style{NumFmt: textFormat})
	money := "# ##0"
	cost := w.style(&excelize.Style{CustomNumFmt: &money})
	widths := [fieldOrder]float64{12, 32, 32, 18, 20, 12, 16, 28, 14, 14, 40}
	for f := range fieldOrder {
		name, err := excelize.ColumnNumberToName(int(f) + 1)
		w.do(err)
		w.do(w.book.SetColWidth(sheet, name, name, widths[f]))
		if f == fieldCost {
			w.do(w.book.SetColStyle(sheet, name, cost))
		} else {
			w.do(w.book.SetColStyle(sheet, name, text))
		}
		w.set(sheet, int(f)+1, 1, f.name())
	}
	w.do(w.book.SetRowStyle(sheet, 1, 1, w.heading()))
	last, err := excelize.CoordinatesToCellName(int(fieldOrder), 1)
	w.do(err)
	w.do(w.book.SetCellStyle(sheet, "A1", last, w.heading()))
	w.do(w.book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	for i := range p.Projects {
		w.project(sheet, i+2, &p.Projects[i], text, cost)
	}
	if example {
		w.set(sheet, int(fieldNote)+1, 2, exampleMark)
	}
	w.statuses(sheet)
}

func (w *filling) project(sheet string, n int, p *civic.Project, text, cost int) {
	for f := range fieldNote {
		name, err := excelize.CoordinatesToCellName(int(f)+1, n)
		w.do(err)
		if f == fieldCost {
			w.do(w.book.SetCellInt(sheet, name, int64(p.Cost)))
			w.do(w.book.SetCellStyle(sheet, name, name, cost))
			continue
		}
		w.set(sheet, int(f)+1, n, projectText(p, f))
		w.do(w.book.SetCellStyle(sheet, name, name, text))
	}
}

// set writes a text; an empty one leaves the cell empty.
func (w *filling) set(sheet string, col, n int, text string) {
	if text == "" {
		return
	}
	name, err := excelize.CoordinatesToCellName(col, n)
	w.do(err)
	w.do(w.book.SetCellStr(sheet, name, text))
}

// statuses offers the statuses as a list in their column.
func (w *filling) statuses(sheet string) {
	column, err := excelize.ColumnNumberToName(int(fieldStatus) + 1)
	w.do(err)
	list := excelize.NewDataValidation(true)
	list.SetSqref(column + "2:" + column + strconv.Itoa(maxProjects+1))
	w.do(list.SetDropList(labels()))
	w.do(w.book.AddDataValidation(sheet, list))
}

// plan writes the plan's own fields, one a row.
func (w *filling) plan(p civic.Plan, example bool) {
	rows := [][]string{{"Champ", "Valeur", "(suite : une cellule par valeur)"}}
	years := []string{planYears}
	if p.From != 0 {
		years = append(years, strconv.Itoa(p.From), strconv.Itoa(p.To))
	}
	rows = append(rows, []string{planCode, p.Code}, []string{planTitle, p.Title["fr"]}, []string{planBambara, p.Title["bm"]},
		years, append([]string{planScope}, codes(p.Scope)...), []string{planAuthority, string(p.Authority)}, []string{planPhase, string(p.Phase)},
		[]string{planFictional, map[bool]string{true: "oui", false: "non"}[p.Fictional]})
	if example {
		rows[len(rows)-1] = []string{planFictional} // left empty, the sheet says nothing
	}
	for _, place := range p.Places {
		rows = append(rows, append([]string{planPlace, string(place.Code), place.Name}, place.Aliases...))
	}
	for _, c := range slices.Sorted(maps.Keys(p.Population)) {
		r := p.Population[c]
		over := ""
		if r.Over15 != 0 {
			over = strconv.Itoa(r.Over15)
		}
		rows = append(rows, []string{planPopulation, string(c), strconv.Itoa(r.Total), over, r.Source, strconv.Itoa(r.Year)})
	}
	if example {
		rows = append(rows, []string{planPlace}, []string{planPopulation})
	}
	w.lines("Plan", rows, 34)
}

// lines writes rows of texts under one heading.
func (w *filling) lines(sheet string, rows [][]string, width float64) {
	text := w.style(&excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	w.do(w.book.SetColWidth(sheet, "A", "A", width))
	w.do(w.book.SetColWidth(sheet, "B", "H", 24))
	w.do(w.book.SetColStyle(sheet, "A:H", text))
	for i, values := range rows {
		for j, v := range values {
			w.set(sheet, j+1, i+1, v)
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			w.do(err)
			w.do(w.book.SetCellStyle(sheet, name, name, text))
		}
	}
	last, err := excelize.CoordinatesToCellName(max(len(rows[0]), 1), 1)
	w.do(err)
	w.do(w.book.SetCellStyle(sheet, "A1", last, w.heading()))
	w.do(w.book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

// helpLines is the page of help, in plain words.
func helpLines() [][]string {
	lines := [][]string{{"Comment remplir ce classeur"}}
	for line := range strings.SplitSeq(strings.TrimSpace(help), "\n") {
		lines = append(lines, []string{line})
	}
	return lines
}
