package monday

import (
	"context"
	"fmt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
)

// Digest is a week in one SMS: what it says, before it is words.
type Digest struct {
	Week    civic.Week
	Places  []string // communes of her territory that are asked something
	Numbers civic.Figure
	Women   share
	Young   share
	Waiting int // texts without an answer
}

// share is a part of those who told, never without its base.
type share struct {
	part, base int64
	known      bool
}

// leastShown is the fewest numbers that coordinators are told.
const leastShown = 5

// Digest is what a coordinator is told of a week: of the consultation of her
// territory that opened last.
func (r *Runner) Digest(ctx context.Context, w civic.Week, who *civic.Coordinator) (Digest, error) {
	d := Digest{Week: w, Numbers: civic.Figure{Hidden: true}}
	var err error
	if r.cfg.Waiting != nil {
		if d.Waiting, err = r.cfg.Waiting(ctx, who); err != nil {
			return d, err
		}
	}
	series, err := r.cfg.Book.Series(ctx, w)
	if err != nil {
		return d, err
	}
	sheets := newest(series, w, who)
	if len(sheets) == 0 {
		return d, nil
	}
	last := sheets[len(sheets)-1]
	var mine []civic.Code
	for _, commune := range last.Consultation.Scope {
		if who.Covers(commune) {
			mine = append(mine, commune)
			d.Places = append(d.Places, placeName(last, commune))
		}
	}
	d.take(civic.Publish(sheets, leastShown), mine, len(mine) == len(last.Consultation.Scope))
	return d, nil
}

// newest are the sheets of the consultation of her territory that opened last,
// up to a week.
func newest(series []civic.Sheet, w civic.Week, who *civic.Coordinator) []*civic.Sheet {
	var chosen *civic.Sheet
	for i := range series {
		if s := &series[i]; s.Week == w && who.CoversSome(s.Consultation.Scope) && (chosen == nil || s.Consultation.Opens.After(chosen.Consultation.Opens)) {
			chosen = s
		}
	}
	if chosen == nil {
		return nil
	}
	var sheets []*civic.Sheet
	for i := range series {
		if s := &series[i]; s.Consultation.Code == chosen.Consultation.Code && !w.Before(s.Week) {
			sheets = append(sheets, s)
		}
	}
	return sheets
}

func placeName(s *civic.Sheet, commune civic.Code) string {
	for _, p := range s.Places {
		if p.Code == commune {
			return p.Name
		}
	}
	return string(commune)
}

// take reads the figures of her communes: one's own, or the pooled ones where
// all are hers. Of a part of several, only the numbers are summed.
func (d *Digest) take(p civic.Published, mine []civic.Code, all bool) {
	f := p.Pooled
	if len(mine) == 1 {
		f = p.Communes[mine[0]]
	} else if !all || f.Numbers.Hidden {
		f = civic.Figures{Numbers: sum(p, mine)}
	}
	d.Numbers = f.Numbers
	d.Women = part(f.By[civic.BySex], "femme", "homme")
	d.Young = part(f.By[civic.ByAge], "15_35", "moins_15", "36_59", "60_plus")
}

func sum(p civic.Published, mine []civic.Code) civic.Figure {
	total := civic.Figure{Moved: true}
	for _, commune := range mine {
		f := p.Communes[commune].Numbers
		if f.Hidden {
			return civic.Figure{Hidden: true}
		}
		total.N += f.N
		total.Change += f.Change
		total.Moved = total.Moved && f.Moved
	}
	return total
}

// part is one answer among those who gave one.
func part(t civic.Table[string], of string, others ...string) share {
	first, ok := t.Cells[of]
	if !ok || first.Hidden {
		return share{}
	}
	s := share{part: first.N, base: first.N, known: true}
	for _, other := range others {
		f, listed := t.Cells[other]
		if listed && f.Hidden {
			return share{}
		}
		s.base += f.N
	}
	s.known = s.base > 0
	return s
}

// Texts are the digest in a language, from the fullest to the shortest.
func (d Digest) Texts(l *locales.Locale) []string {
	place := ""
	switch len(d.Places) {
	case 0:
		place = l.Text("monday.nowhere")
	case 1:
		place = d.Places[0]
	default:
		place = fmt.Sprintf("%s +%d", d.Places[0], len(d.Places)-1)
	}
	numbers := l.Text("monday.few")
	if !d.Numbers.Hidden {
		numbers = l.Number(d.Numbers.N)
		if d.Numbers.Moved {
			numbers += fmt.Sprintf(" (%+d)", d.Numbers.Change)
		}
	}
	head := l.Text("monday.digest", locales.Arg{Name: "Week", Value: fmt.Sprint(d.Week.Number)}, locales.Arg{Name: "Place", Value: place}, locales.Arg{Name: "People", Value: numbers})
	waiting := " " + l.Plural("monday.waiting", d.Waiting)
	groups := ""
	if d.Women.known {
		groups += " " + l.Text("monday.women", d.Women.args(l)...)
	}
	if d.Young.known {
		groups += " " + l.Text("monday.young", d.Young.args(l)...)
	}
	return []string{head + groups + waiting, head + waiting, head}
}

func (s share) args(l *locales.Locale) []locales.Arg {
	return []locales.Arg{{Name: "Pct", Value: fmt.Sprint((s.part*200 + s.base) / (2 * s.base))}, {Name: "N", Value: l.Number(s.base)}}
}
