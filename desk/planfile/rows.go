package planfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
)

// importing is a list of projects on its way into a plan.
type importing struct {
	sheetErrors
	t         *table
	h         header
	plan      civic.Plan // what the plan becomes
	known     Known
	territory *civic.Territory
	codes     map[string]int    // the codes of the sheet and their rows
	keys      map[string]string // what the projects of the plan are known by without a code
	matched   map[string]int    // the projects already met, by code, and their rows
	french    []string          // cells whose Bambara title is the French one
	numbered  bool              // the N° column only counts the lines
	noted     bool              // an observation was left out
}

// sheetErrors collects what is wrong and what is remarkable, by cell.
type sheetErrors struct {
	errors  Errors
	remarks []Remark
}

func (s *sheetErrors) wrong(t *table, col, n int, format string, args ...any) {
	if len(s.errors) < maxErrors {
		s.errors = append(s.errors, Error{Line: n, Column: max(col, 1), Cell: t.where(col, n), Message: fmt.Sprintf(format, args...)})
	}
}

func (s *sheetErrors) remark(t *table, col, n int, format string, args ...any) {
	switch {
	case len(s.remarks) < maxErrors:
		s.remarks = append(s.remarks, Remark{t.where(col, n), fmt.Sprintf(format, args...)})
	case len(s.remarks) == maxErrors:
		s.remarks = append(s.remarks, Remark{Message: "d'autres remarques ne sont pas montrées ; mendez d'abord celles-ci"})
	}
}

// kind is what a row of the sheet is.
type kind int

const (
	projectRow kind = iota
	totalRow
	exampleRow
	titleRow
	headerAgain
)

// exampleMark is what the template's example row says of itself.
const exampleMark = "exemple, à effacer"

// kindOf tells projects from what surrounds them in a printed table.
func (s *importing) kindOf(r row) kind {
	filled := r.filled()
	first := plain(r.at(filled[0]).shown)
	title := plain(r.at(s.h.columns[fieldTitle]).shown)
	for _, col := range filled {
		if strings.Contains(plain(r.at(col).shown), plain(exampleMark)) {
			return exampleRow
		}
	}
	if isTotal(first) || isTotal(title) {
		return totalRow
	}
	if again := readHeader(r, headings()); again.enough() && len(again.columns) == len(s.h.columns) {
		return headerAgain
	}
	if a, ok := s.t.mergeAt(filled[0], r.n); len(filled) == 1 && (ok && a.right > a.left || s.nameless(filled[0])) {
		return titleRow
	}
	return projectRow
}

func isTotal(text string) bool {
	for _, start := range []string{"total", "totau", "sou total", "soustotal", "montant total", "cout total"} {
		if text == start || strings.HasPrefix(text, start+" ") {
			return true
		}
	}
	return false
}

// nameless: a column that can't stand alone for a project.
func (s *importing) nameless(col int) bool {
	return col != s.h.columns[fieldTitle] && col != s.h.columns[fieldCode] && col != s.h.columns[fieldCost]
}

// column returns where a field stands, 0 for nowhere.
func (s *importing) column(f field) int { return s.h.columns[f] }

// cell returns a field of a row. A cell merged downwards counts for every row
// of the merge, except where each project has its own.
func (s *importing) cell(r row, f field) cell {
	switch f {
	case fieldCode, fieldTitle, fieldBambara, fieldCost, fieldOrder:
		return r.at(s.column(f))
	default:
		return s.t.value(r, s.column(f))
	}
}

// text reads a short text that fits a phone and can't harm where it is shown.
func (s *importing) text(r row, f field, most int) (string, bool) {
	col, text := s.column(f), tidy(s.cell(r, f).shown)
	if why := harmful(text); why != "" {
		s.wrong(s.t, col, r.n, "« %s » %s", cut(text), why)
		return "", false
	}
	if n := utf8.RuneCountInString(text); most > 0 && n > most {
		hint := "raccourcissez"
		if f == fieldTitle {
			hint = "raccourcissez, ou ajoutez une colonne « Titre court »"
		}
		s.wrong(s.t, col, r.n, "« %s » a %d lettres, %d au plus pour tenir sur un téléphone ; %s", cut(text), n, most, hint)
		return "", false
	}
	return text, true
}

// harmful says why a text is refused; "" when it is not. A cell that begins
// like a formula would run in the next spreadsheet it is exported to.
func harmful(text string) string {
	switch {
	case strings.ContainsFunc(text, unprintable):
		return "contient un caractère invisible ; retapez-le"
	case strings.ContainsAny(text, "<>"):
		return "contient < ou > ; écrivez-le sans"
	case text != "" && strings.ContainsAny(text[:1], "=+-@|"):
		return "commence comme une formule ; écrivez d'abord une lettre"
	case isFault(text):
		return "est une erreur de formule ; corrigez la formule ou tapez la valeur"
	}
	return ""
}

// isFault tells the error values of spreadsheets, in English and in French.
func isFault(text string) bool {
	switch strings.ToUpper(text) {
	case "#REF!", "#N/A", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NAME?", "#NOM?", "#NULL!", "#NUL!", "#NUM!", "#NOMBRE!", "#####":
		return true
	}
	return strings.HasPrefix(text, "#REF") || strings.HasPrefix(text, "Err:")
}

// readCode reads a project's code as the sheet shows it: a leading zero is
// part of it.
func (s *importing) readCode(r row) (string, bool) {
	f := s.codeField()
	text := s.typed(r, f)
	if text == "" {
		return "", true
	}
	if why := harmful(text); why != "" {
		s.wrong(s.t, s.column(f), r.n, "« %s » %s", cut(text), why)
		return "", false
	}
	if len(text) > 32 || strings.ContainsAny(text, "/ ;") {
		s.wrong(s.t, s.column(f), r.n, "« %s » n'est pas un code ; 32 caractères au plus, sans espace ni barre, comme EAU-01", cut(text))
		return "", false
	}
	return text, true
}

// codeField is the column that codes are in: without one, the N° that does
// more than count.
func (s *importing) codeField() field {
	if s.column(fieldCode) == 0 && !s.numbered {
		return fieldOrder
	}
	return fieldCode
}

// countsLines says whether the N° column only counts the lines: 1, 2, 3 and on,
// and no project of the plan has such a code.
func (s *importing) countsLines(rows []row) bool {
	col := s.column(fieldOrder)
	if col == 0 {
		return false
	}
	last := 0
	for _, r := range rows {
		text := tidy(r.at(col).shown)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n != last+1 && n != 1 || s.plan.Project(text) != nil {
			return false
		}
		last = n
	}
	return true
}
