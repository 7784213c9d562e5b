package wall

import (
	"sync"

	"github.com/jamakan/jamakan/locales"
)

// itemLines is how many lines a work or a question may take: a work's state is
// said last, and one line would cut it off.
const itemLines = 2

// limits are how much of what can be shortened is shown.
type limits struct {
	items int // works or questions in a panel
	note  int
	notes int // how many
	way   int // of how to check and whom to ask
}

// squeezes are tried in turn until the choices have room: what a page must not
// do is show fewer of them.
func squeezes() []limits {
	return []limits{
		{items: 4, note: 2, notes: 3, way: 3},
		{items: 3, note: 2, notes: 3, way: 3},
		{items: 3, note: 1, notes: 2, way: 2},
		{items: 2, note: 1, notes: 2, way: 2},
	}
}

// roomy is how high a choice should be, in millimetres.
const roomy = 7.8

// lay puts a poster into words that fit. Letters are measured in the widest
// typeface that the page may be shown in, so that what fits in it fits in all.
func lay(p *Poster, l *locales.Locale) page {
	g := say(p, l)
	r := takeRuler(p, l)
	defer rulers.Put(r)
	d := r.drawing
	for _, g.Limits = range squeezes() {
		g.Works.Items, g.Questions.Items = g.Works.Items[:min(len(g.Works.Items), g.Limits.items)], last(g.Questions.Items, g.Limits.items)
		g.Notes = last(g.Notes, g.Limits.notes)
		d.y = margin
		if d.choiceHigh(g) >= roomy {
			break
		}
	}
	return g
}

// ruler is a drawing that nobody sees: text is measured in it. Reading the
// typefaces costs more than all the rest of a page, so it serves for many.
type ruler struct {
	*drawing
	used int
}

// rulerFor is how many pages one ruler serves: what is measured in it is also
// drawn in it.
const rulerFor = 50

var rulers sync.Pool

func takeRuler(p *Poster, l *locales.Locale) *ruler {
	r, ok := rulers.Get().(*ruler)
	if !ok || r.used == rulerFor {
		r = &ruler{drawing: newDrawing(p, l)}
	}
	r.used++
	return r
}

// last keeps the end of a list: of questions, how many wait; of notes, what was
// corrected. That a page is fictive stands in its head too.
func last[T any](all []T, most int) []T { return all[max(0, len(all)-most):] }

// choiceHigh is how high a choice gets on a page.
func (d *drawing) choiceHigh(g page) float64 {
	d.head(g)
	d.turnout(g)
	low := d.panels(g, d.foot(g))
	d.title(g)
	if len(g.Rows) == 0 {
		return roomy
	}
	return (low - d.y) / float64(len(g.Rows))
}
