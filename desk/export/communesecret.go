package export

import (
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// secretFields end a row: from which week its numbers are, whether something
// in it is hidden, and why.
func (b *book) secretFields() []field {
	asOf := column("arrete_semaine", table.Week, "Semaine dont sont les numéros, quand ce n'est pas celle du fichier : trop peu de changements depuis.", func(s spot) table.Cell {
		f, w := s.numbers()
		if f.Hidden || w == b.o.Week || w == (civic.Week{}) {
			return table.Cell{}
		}
		return table.Text(w.String())
	})
	hidden := column("supprime", table.Bool, "1 : des chiffres de la ligne sont cachés (s).", func(s spot) table.Cell { return table.Flag(len(s.motives()) > 0) })
	motive := column("motif", table.Words, "Pourquoi des chiffres sont cachés ou arrêtés.", func(s spot) table.Cell { return table.Text(strings.Join(s.motives(), " ; ")) })
	return []field{asOf, hidden, motive}
}

// motives are the reasons for what a row hides, each once.
func (s spot) motives() []string {
	var said []string
	say := func(text string) {
		if text != "" && !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if s.p.sheet != nil {
		f, asOf := s.numbers()
		if f.Hidden {
			say("numéros : " + why(f.Why))
		} else {
			say(standing(asOf, s.b.o.Week))
		}
		s.breakdowns(say)
	}
	s.acts(say)
	return said
}

func (s spot) breakdowns(say func(string)) {
	all, ok := s.figures()
	if !ok || all.Numbers.Hidden {
		return
	}
	for _, d := range []civic.Dimension{civic.BySex, civic.ByAge} {
		if t := all.By[d]; t.Cells == nil {
			say(string(d) + " : " + why(t.Why))
		} else if hides(t) {
			say(string(d) + " : " + why(civic.Secret))
		}
	}
}

func hides[K comparable](t civic.Table[K]) bool {
	for _, f := range t.Cells {
		if f.Hidden {
			return true
		}
	}
	return false
}

func (s spot) acts(say func(string)) {
	own, has := s.own(), s.b.src.Counted
	for _, a := range []struct {
		act     act
		counted bool
	}{{dials, has.Traffic}, {completed, has.Traffic}, {replaced, has.Ballots}, {opinions, has.Feedback}, {replies, has.Feedback}, {waiting, has.Feedback}} {
		switch {
		case !a.counted || !s.b.flows.sum(own, a.act).hidden:
		case s.level == levelCommune:
			say("appels, bulletins changés ou avis : " + whyFewActs)
		default:
			say("appels, bulletins changés ou avis : " + whyPart)
		}
	}
}
