package export

import (
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
		counted("sessions_abouties", "Appels allés jusqu'à leur fin, ou dont le vote ou l'avis était noté.", "#meta+sessions+completed", completed),
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
