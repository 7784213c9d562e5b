package export

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/desk/export/workbook"
)

// summary is the first sheet: what to know on Monday morning.
func (b *book) summary() []workbook.Line {
	lines := []workbook.Line{{Style: workbook.Title, Cells: []any{"Semaine " + b.o.Week.String() + b.marked()}}}
	for i, text := range b.cover() {
		style := workbook.Plain
		if i > 0 && (len(b.corrections()) > 0 || b.fictional()) {
			style = workbook.Warning
		}
		lines = append(lines, workbook.Line{Style: style, Cells: []any{text}})
	}
	for _, p := range b.polls {
		lines = append(lines, workbook.Line{}, workbook.Line{Style: workbook.Heading, Cells: []any{b.headline(p)}})
		lines = append(lines, b.pollLines(p)...)
	}
	lines = append(lines, workbook.Line{}, workbook.Line{Style: workbook.Heading, Cells: []any{"À savoir avant de citer un chiffre"}})
	for _, text := range b.cautions() {
		lines = append(lines, workbook.Line{Cells: []any{text}})
	}
	return lines
}

func (b *book) headline(p *poll) string {
	head := table.Clean(p.planTitle().In("fr"))
	if p.sheet != nil {
		head += " : " + table.Clean(p.sheet.Consultation.Question.In("fr"))
	}
	return head
}

// pollLines are the figures of a plan's communes together, or of the one asked
// for.
func (b *book) pollLines(p *poll) []workbook.Line {
	spots := b.spots(p, false)
	s := spots[len(spots)-1]
	line := func(label string, n table.Cell, unit string, base table.Cell, remark string) workbook.Line {
		return workbook.Line{Cells: []any{label, shown(n), unit, shown(base), remark}}
	}
	none := table.Cell{}
	var all []workbook.Line
	if p.sheet != nil {
		f, asOf := s.numbers()
		remark := standing(asOf, b.o.Week)
		if f.Hidden {
			remark = why(f.Why)
		}
		women, declared := s.cells(civic.BySex, "femme"), s.cells(civic.BySex, "femme", "homme")
		young, aged := s.cells(civic.ByAge, "15_35"), s.cells(civic.ByAge, "moins_15", "15_35", "36_59", "60_plus")
		all = append(all,
			line("Numéros dont le vote compte", s.total(), "numéros", none, remark),
			line("De plus depuis la publication d'avant", s.change(), "numéros", none, ""),
			line("Femmes, parmi ceux qui l'ont dit", women, "sur", declared, ""),
			line("15 à 35 ans, parmi ceux qui l'ont dit", young, "sur", aged, ""))
		all = append(all, b.leaders(s)...)
	}
	if b.src.Counted.Traffic {
		all = append(all, line("Appels allés jusqu'à leur fin", s.act(completed), "sur", s.act(dials), ""))
	}
	if b.src.Counted.Feedback {
		all = append(all,
			line("Avis reçus", s.act(opinions), "avis", none, ""),
			line("Avis qui attendent une réponse", s.act(waiting), "avis", none, ""))
	}
	return all
}

// shown is a cell as a line of the summary holds it.
func shown(c table.Cell) any {
	switch c.State {
	case table.Shown:
		return c.N
	case table.Hidden:
		return table.HiddenMark
	}
	return ""
}

// leaders are the three options with most votes, or why there are none.
func (b *book) leaders(s spot) []workbook.Line {
	var all []choice
	for i := range s.p.sheet.Consultation.Options {
		all = append(all, choice{spot: s, option: &s.p.sheet.Consultation.Options[i]})
	}
	t := all[0].table(s.p.now)
	if t.Cells == nil {
		return []workbook.Line{{Cells: []any{"Résultats par option", table.HiddenMark, "", "", why(t.Why)}}}
	}
	if hides(t) {
		return []workbook.Line{{Cells: []any{"Résultats par option", table.HiddenMark, "", "", "voir la feuille Projets : des petits nombres y sont cachés"}}}
	}
	slices.SortStableFunc(all, func(x, y choice) int { return cmp.Compare(y.vote(s.p.now).N, x.vote(s.p.now).N) })
	var lines []workbook.Line
	for _, c := range all[:min(3, len(all))] {
		lines = append(lines, workbook.Line{Cells: []any{
			fmt.Sprintf("%d. %s", c.rank(s.p.now).N, table.Clean(c.option.Label.In("fr"))), c.vote(s.p.now).N, "voix sur", t.Numbers, standing(t.AsOf, b.o.Week),
		}})
	}
	return lines
}
