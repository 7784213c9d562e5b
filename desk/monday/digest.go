package monday

import (
	"context"
	"fmt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
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
	all, err := r.cfg.Book.Told(ctx, w)
	if err != nil {
		return d, err
	}
	told := newest(all, who)
	if told == nil {
		return d, nil
	}
	last := &told.Sheet
	var mine []civic.Code
	for _, commune := range last.Consultation.Scope {
		if who.Covers(commune) {
			mine = append(mine, commune)
			d.Places = append(d.Places, placeName(last, commune))
		}
	}
	d.take(told.Now[leastShown], mine, len(mine) == len(last.Consultation.Scope))
	return d, nil
}

// newest is what is told of the consultation of her territory that opened last.
func newest(all []store.Told, who *civic.Coordinator) (chosen *store.Told) {
	for i := range all {
		t := &all[i]
		if who.CoversSome(t.Sheet.Consultation.Scope) && (chosen == nil || t.Sheet.Consultation.Opens.After(chosen.Sheet.Consultation.Opens)) {
			chosen = t
		}
	}
	return chosen
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
