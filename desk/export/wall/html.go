package wall

import (
	_ "embed" // the page's template
	"html/template"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/jamakan/jamakan/locales"
)

//go:embed page.html
var pageHTML string

// HTML writes the poster in a language as one page to print.
func HTML(w io.Writer, p *Poster, l *locales.Locale) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"long":       func(s string, letters int) bool { return utf8.RuneCountInString(s) > letters },
		"hundredths": func(f float64) string { return strconv.FormatFloat(f*100, 'f', 1, 64) },
	}).Parse(pageHTML)
	if err != nil {
		return err
	}
	return t.Execute(w, lay(p, l))
}

// Panels are the two lists that stand side by side.
func (g page) Panels() []panel { return []panel{g.Works, g.Questions} }

// Long says whether a choice beside its bar is too long for large letters: all
// get the same size, so that none looks the more important.
func (g page) Long() bool {
	return slices.ContainsFunc(g.Rows, func(r row) bool { return !r.Hidden && utf8.RuneCountInString(r.Label) > 27 })
}

// Clamp is how many lines a kind of text may take.
func (g page) Clamp(kind string) int {
	switch kind {
	case "note":
		return g.Limits.note
	case "way":
		return g.Limits.way
	}
	return itemLines
}

// Open says whether there is something to dial for.
func (h how) Open() bool { return h.Until != "" }
