package export

import (
	"cmp"
	"slices"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/wall"
)

// vote is what the page of a commune says of the consultation: only what
// everybody may see, whoever has it printed.
func (p *poll) vote(commune civic.Code) wall.Vote {
	c, f := &p.sheet.Consultation, p.wall.Communes[commune]
	v := wall.Vote{Asked: true, State: p.sheet.State, Opens: c.Opens, Closes: c.Closes, AsOf: f.AsOf, Numbers: count1(f.Numbers)}
	if c.Annulled != nil {
		v.Annul = c.Annulled.Reason
	}
	v.Women = declared(f.By[civic.BySex], "femme", "femme", "homme")
	v.Youth = declared(f.By[civic.ByAge], "15_35", "moins_15", "15_35", "36_59", "60_plus")
	v.Votes = wall.Votes{Base: f.Votes.Numbers, Shown: f.Votes.Cells != nil, Why: f.Votes.Why}
	for i := range c.Options {
		o := &c.Options[i]
		choice := wall.Choice{Number: o.Number, Label: o.Label}
		if v.Votes.Shown {
			choice.Votes = count1(f.Votes.Cells[uint16(o.Number)])
		}
		v.Choices = append(v.Choices, choice)
	}
	if v.Votes.Shown && !hides(f.Votes) { // an order by votes would tell of hidden ones
		slices.SortStableFunc(v.Choices, func(a, b wall.Choice) int { return cmp.Compare(b.Votes.N, a.Votes.N) })
	}
	if more := len(v.Choices) - mostChoices; more > 0 {
		v.Choices, v.More = v.Choices[:mostChoices], more
	}
	return v
}

func count1(f civic.Figure) wall.Count {
	if f.Hidden {
		return wall.Count{Why: f.Why}
	}
	return wall.Count{N: f.N, Shown: true}
}

// declared is a group among those who said which they are of.
func declared(t civic.Table[string], group string, said ...string) wall.Share {
	if t.Cells == nil {
		return wall.Share{}
	}
	s := wall.Share{N: t.Cells[group].N, Shown: true}
	for _, m := range said {
		if t.Cells[m].Hidden {
			return wall.Share{}
		}
		s.Base += t.Cells[m].N
	}
	return s
}
