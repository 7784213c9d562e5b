package export

import (
	"cmp"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

func (b *book) movementFields() []field {
	base := column("bulletins_publication_avant", table.Integer, "Bulletins comptés à la publication d'avant : la base de var_pct_sem.", spot.previous)
	base.Unit = "bulletins"
	diff := column("var_bulletins_sem", table.Integer, "Bulletins de plus ou de moins depuis la publication d'avant.", func(s spot) table.Cell {
		if s.previous().State == table.Missing {
			return table.Cell{}
		}
		return s.change()
	})
	diff.Unit = "bulletins"
	pct := column("var_pct_sem", table.Percent, "var_bulletins_sem pour cent de bulletins_publication_avant ; rien sous le plus petit nombre montré.", func(s spot) table.Cell {
		was := s.previous()
		if was.State == table.Shown && was.N < s.p.k {
			return table.Cell{}
		}
		return share(s.change(), was)
	})
	pct.Base = "bulletins_publication_avant"
	rank := column("rang_cercle", table.Integer, "Rang de la commune dans son cercle, par taux_pour_1000_15plus, parmi communes_classees.", func(s spot) table.Cell { r, _ := s.rank(); return r })
	ranked := column("communes_classees", table.Integer, "Communes du cercle, de cette consultation, que le rang compare.", func(s spot) table.Cell { _, n := s.rank(); return n })
	rank.Lacks, ranked.Lacks = !b.adults(), !b.adults()
	alarm := column("alerte", table.Words, "Ce qu'il faut regarder, d'après les chiffres montrés : silence (aucun nouveau numéro), appels_coupes (moins d'un sur deux aboutit), sans_reponse (des avis attendent).", spot.alarm)
	return []field{base, diff, pct, rank, ranked, alarm}
}

// previous is the figure before the one of this week.
func (s spot) previous() table.Cell {
	now, change := s.total(), s.change()
	f, _ := s.numbers()
	if change.State != table.Shown {
		return change
	}
	if !f.Moved {
		return table.Cell{}
	}
	return table.Int(now.N - change.N)
}

// rank compares the communes of a cercle, when all may be compared.
func (s spot) rank() (rank, among table.Cell) {
	if s.level != levelCommune {
		return table.Cell{}, table.Cell{}
	}
	mine, above, n := s.rate(), int64(1), int64(0)
	for _, c := range under(s.up(civic.Cercle), s.p.allScope()) {
		other := spot{s.b, s.p, levelCommune, c, []civic.Code{c}}.rate()
		if other.State != table.Shown {
			return other, other
		}
		n++
		if cmp.Compare(other.N, mine.N) > 0 {
			above++
		}
	}
	return table.Int(above), table.Int(n)
}

func (s spot) alarm() table.Cell {
	var said []string
	if c := s.change(); c.State == table.Shown && c.N == 0 && s.p.sheet.State == civic.Open {
		said = append(said, "silence")
	}
	if c := share(s.act(completed), s.act(dials)); s.b.src.Counted.Traffic && c.State == table.Shown && c.N < 500 {
		said = append(said, "appels_coupes")
	}
	if c := s.act(waiting); s.b.src.Counted.Feedback && c.State == table.Shown && c.N > 0 {
		said = append(said, "sans_reponse")
	}
	return table.Text(strings.Join(said, " "))
}
