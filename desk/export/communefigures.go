package export

import (
	"cmp"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

func (b *book) callFields() []field {
	counted := func(name, means, hxl string, a act) field {
		f := column(name, table.Integer, means, func(s spot) table.Cell { return s.act(a) })
		f.Lacks, f.Unit, f.HXL = !b.src.Counted.Traffic, "appels", hxl
		return f
	}
	rate := column("taux_abouti", table.Percent, "sessions_abouties pour cent de sessions_ouvertes.", func(s spot) table.Cell {
		return share(s.act(completed), s.act(dials))
	})
	rate.Base, rate.Lacks = "sessions_ouvertes", !b.src.Counted.Traffic
	return []field{
		counted("sessions_ouvertes", "Appels commencés dans la semaine (des appels, pas des personnes).", "#meta+sessions+opened", dials),
		counted("sessions_abouties", "Appels allés jusqu'à leur fin.", "#meta+sessions+completed", completed),
		rate,
	}
}

// share is a part in hundredths of a base, when both may be seen.
func share(part, base table.Cell) table.Cell {
	return ratio(part, base, 100)
}

func ratio(part, base table.Cell, scale int64) table.Cell {
	if part.State == table.Hidden || base.State == table.Hidden {
		return table.Secret()
	}
	if part.State == table.Missing || base.State == table.Missing {
		return table.Cell{}
	}
	return table.Ratio(part.N, base.N, scale, 1)
}

func (b *book) numberFields() []field {
	numbers := column("numeros_distincts", table.Integer, "Numéros dont le vote compte, depuis l'ouverture ; un numéro n'est pas une personne.", spot.total)
	numbers.Unit, numbers.HXL = "numéros", "#reached+numbers"
	recent := column("nouveaux_numeros", table.Integer, "Numéros de plus depuis la publication d'avant, quand le chiffre est de cette semaine.", spot.change)
	recent.Unit, recent.HXL = "numéros", "#reached+numbers+new"
	ballots := column("bulletins_comptes", table.Integer, "Bulletins qui comptent depuis l'ouverture : le dernier de chaque numéro, donc autant que de numéros.", spot.total)
	ballots.Unit = "bulletins"
	changed := column("bulletins_remplaces", table.Integer, "Bulletins de la semaine qui ont pris la place d'un autre du même numéro.", func(s spot) table.Cell { return s.act(replaced) })
	changed.Unit, changed.Lacks = "bulletins", !b.src.Counted.Ballots
	return []field{numbers, recent, ballots, changed}
}

func (s spot) total() table.Cell {
	if s.p.sheet == nil {
		return table.Cell{}
	}
	f, _ := s.numbers()
	return counted(f)
}

// change is by how much the figure moved this week. A first figure has moved
// by itself; sums between a commune and the whole have no memory.
func (s spot) change() table.Cell {
	f, asOf := s.numbers()
	switch {
	case s.p.sheet == nil || s.level != levelCommune && s.level != levelAll:
		return table.Cell{}
	case f.Hidden || asOf != s.b.o.Week:
		return table.Secret()
	case !f.Moved:
		return table.Int(f.N)
	}
	return table.Int(f.Change)
}

func (b *book) opinionFields() []field {
	all := []field{
		column("retours_sms", table.Integer, "Avis, questions et plaintes reçus dans la semaine, par SMS ou par appel.", func(s spot) table.Cell { return s.act(opinions) }),
		column("retours_traites", table.Integer, "Avis auxquels on a répondu dans la semaine.", func(s spot) table.Cell { return s.act(replies) }),
		column("retours_en_attente", table.Integer, "Avis qui attendent une réponse à la fin de la semaine.", func(s spot) table.Cell { return s.act(waiting) }),
		column("delai_median_reponse_h", table.Integer, "Heures entre un avis et sa réponse : la moitié des réponses de la semaine sont venues plus vite.", func(s spot) table.Cell {
			return s.b.flows.median(s.own(), s.p.k)
		}),
	}
	for i := range all {
		all[i].Lacks, all[i].Unit = !b.src.Counted.Feedback, "avis"
	}
	all[3].Unit = "heures"
	return all
}

func (b *book) shareFields() []field {
	rate := column("taux_pour_1000_15plus", table.Number, "numeros_distincts pour 1 000 habitants de 15 ans et plus (population_15plus).", spot.rate)
	rate.Unit, rate.Lacks, rate.HXL = "numéros pour 1 000 habitants", !b.adults(), "#reached+rate"
	all := []field{rate}
	add := func(base, baseMeans, part, partMeans, unit string, of, in func(spot) table.Cell) {
		c := column(base, table.Integer, baseMeans, in)
		c.Unit = unit
		p := column(part, table.Percent, partMeans, func(s spot) table.Cell { return share(of(s), in(s)) })
		p.Base = base
		all = append(all, c, p)
	}
	cells := func(d civic.Dimension, modalities ...string) func(spot) table.Cell {
		return func(s spot) table.Cell { return s.cells(d, modalities...) }
	}
	add("numeros_sexe_declare", "Numéros qui ont dit femme ou homme.", "part_femmes_declarees", "Femmes, pour cent de numeros_sexe_declare.", "numéros",
		cells(civic.BySex, "femme"), cells(civic.BySex, "femme", "homme"))
	add("numeros_age_declare", "Numéros qui ont dit leur âge.", "part_15_35", "15 à 35 ans, pour cent de numeros_age_declare.", "numéros",
		cells(civic.ByAge, "15_35"), cells(civic.ByAge, "moins_15", "15_35", "36_59", "60_plus"))
	add("numeros_sexe_base", "Numéros de la même semaine que la ventilation par sexe, qu'ils aient répondu ou non.", "part_non_renseigne",
		"Numéros qui n'ont pas dit femme ou homme, pour cent de numeros_sexe_base.", "numéros", cells(civic.BySex, civic.NotGiven), spot.sexBase)
	return all
}

func (s spot) rate() table.Cell {
	r, ok := s.residents()
	if !ok || r.Over15 == 0 {
		return table.Cell{}
	}
	return ratio(s.total(), table.Int(int64(r.Over15)), 1000)
}

// cells adds up modalities of a breakdown; hidden when one is.
func (s spot) cells(d civic.Dimension, modalities ...string) table.Cell {
	f, ok := s.figures()
	if !ok {
		return table.Cell{}
	}
	t := f.By[d]
	if t.Cells == nil {
		return table.Secret()
	}
	sum := int64(0)
	for _, m := range modalities {
		c := t.Cells[m]
		if c.Hidden {
			return table.Secret()
		}
		sum += c.N
	}
	return table.Int(sum)
}

func (s spot) sexBase() table.Cell {
	f, ok := s.figures()
	if !ok {
		return table.Cell{}
	}
	if f.By[civic.BySex].Cells == nil {
		return table.Secret()
	}
	return table.Int(f.By[civic.BySex].Numbers)
}

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
