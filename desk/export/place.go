package export

import (
	"slices"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// The levels of a row, from the smallest.
const (
	levelCommune = "commune"
	levelAll     = "ensemble"
)

// spot is a place in a consultation, and what is known of it: a commune, a
// place that holds communes, or the whole scope.
type spot struct {
	b        *book
	p        *poll
	level    string
	code     civic.Code   // "" for the whole
	communes []civic.Code // in it, of the scope
}

// spots are the places of a consultation that have rows. A place around is
// one only when all its communes in the scope are in the file: a sum that
// does not add up to its rows would be worse than none.
func (b *book) spots(p *poll, around bool) []spot {
	var all []spot
	for _, c := range p.scope {
		all = append(all, spot{b, p, levelCommune, c, []civic.Code{c}})
	}
	if around {
		for _, level := range []civic.Level{civic.Arrondissement, civic.Cercle, civic.Region} {
			all = append(all, b.around(p, level)...)
		}
	}
	if p.whole {
		all = append(all, spot{b, p, levelAll, "", p.scope})
	}
	return all
}

func (b *book) around(p *poll, level civic.Level) []spot {
	var all []spot
	for _, c := range p.scope {
		place := c
		for place.Level() != level && place != "" {
			place = place.Parent()
		}
		in := under(place, p.scope)
		if place == "" || len(in) != len(under(place, p.allScope())) || slices.ContainsFunc(all, func(s spot) bool { return s.code == place }) {
			continue
		}
		all = append(all, spot{b, p, string(level), place, in})
	}
	return all
}

// numbers is the figure of a place and the week it is of.
func (s spot) numbers() (civic.Figure, civic.Week) {
	if s.p.sheet == nil {
		return civic.Figure{Hidden: true}, civic.Week{}
	}
	switch s.level {
	case levelCommune:
		f := s.p.now.Communes[s.code]
		return f.Numbers, f.AsOf
	case levelAll:
		return s.p.now.Pooled.Numbers, s.p.now.Pooled.AsOf
	}
	f := s.p.now.Rollups[s.code]
	return f, s.p.now.Communes[s.communes[0]].AsOf
}

// figures are those of a commune or the whole; places between have only
// numbers.
func (s spot) figures() (civic.Figures, bool) {
	if s.p.sheet == nil {
		return civic.Figures{}, false
	}
	switch s.level {
	case levelCommune:
		return s.p.now.Communes[s.code], true
	case levelAll:
		return s.p.now.Pooled, true
	}
	return civic.Figures{}, false
}

// up is the code of the place of a level around the spot; "" when the spot is
// wider.
func (s spot) up(level civic.Level) civic.Code {
	c := s.code
	for c != "" && c.Level() != level {
		c = c.Parent()
	}
	return c
}

func (s spot) codeAt(level civic.Level) table.Cell { return table.Text(string(s.up(level))) }

func (s spot) nameAt(level civic.Level) table.Cell {
	c := s.up(level)
	if c == "" {
		return table.Cell{}
	}
	return table.Text(s.b.placeName(c))
}

func (b *book) placeName(c civic.Code) string {
	if n := b.names[c]; n != "" {
		return n
	}
	return string(c)
}

// own says whether acts are written in this row: see share.
func (s spot) own() []civic.Code {
	var all []civic.Code
	for _, c := range s.communes {
		if slices.Contains(s.p.counts, c) {
			all = append(all, c)
		}
	}
	return all
}

// act is a count of acts of the place.
func (s spot) act(a act) table.Cell {
	own := s.own()
	if len(own) == 0 {
		return table.Cell{}
	}
	return s.b.flows.sum(own, a).cell()
}

// residents adds up the census, when every commune has one, of one source and
// year; a part that one commune lacks is lacking.
func (s spot) residents() (civic.Residents, bool) {
	var sum civic.Residents
	for i, c := range s.communes {
		r, ok := s.p.residents(c)
		if !ok || i > 0 && (r.Source != sum.Source || r.Year != sum.Year) {
			return civic.Residents{}, false
		}
		if i == 0 {
			sum = r
			continue
		}
		for _, part := range []struct {
			sum  *int
			more int
		}{{&sum.Total, r.Total}, {&sum.Over15, r.Over15}, {&sum.Women, r.Women}, {&sum.Young, r.Young}} {
			if *part.sum == 0 || part.more == 0 {
				*part.sum = 0
				continue
			}
			*part.sum += part.more
		}
	}
	return sum, len(s.communes) > 0
}

// counted is a figure as a cell.
func counted(f civic.Figure) table.Cell {
	if f.Hidden {
		return table.Secret()
	}
	return table.Int(f.N)
}
