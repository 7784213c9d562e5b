package export

import (
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// told is how many numbers said which group they are of; hidden when a group
// is.
func told(d civic.Dimension, t civic.Table[string]) table.Cell {
	if d != civic.BySex && d != civic.ByAge {
		return table.Cell{}
	}
	sum := int64(0)
	for m, f := range t.Cells {
		if m == civic.NotGiven {
			continue
		}
		if f.Hidden {
			return table.Secret()
		}
		sum += f.N
	}
	return table.Int(sum)
}

// compared are the columns that hold a group against the residents. What is
// compared is those who told: of the others nobody knows the group.
func (b *book) compared() []table.Field[part] {
	col := func(name string, t table.Type, means string, value func(part) table.Cell) table.Field[part] {
		f := table.Field[part]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
		f.Lacks = !b.census(func(r civic.Residents) bool { return r.Women > 0 || r.Young > 0 })
		return f
	}
	base := col("base_declaree", table.Integer, "Numéros qui ont dit leur groupe.", func(r part) table.Cell { return r.mine(r.declared) })
	base.Unit = "numéros"
	mine := col("part_declaree", table.Percent, "effectif pour cent de base_declaree.", func(r part) table.Cell { return r.mine(share(r.n, r.declared)) })
	mine.Base = "base_declaree"
	people := col("base_population", table.Integer, "Habitants auxquels on compare : tous pour le sexe, ceux de 15 ans et plus pour l'âge.", func(r part) table.Cell { _, all := r.residents(); return all })
	people.Unit = "habitants"
	theirs := col("part_population", table.Percent, "Le même groupe, pour cent de base_population.", func(r part) table.Cell { return share(r.residents()) })
	theirs.Base = "base_population"
	gap := col("ecart_points", table.Number, "part_declaree moins part_population.", func(r part) table.Cell {
		a, b := share(r.n, r.declared), share(r.residents())
		switch {
		case b.State != table.Shown:
			return b
		case a.State != table.Shown:
			return a
		}
		return table.Decimal(a.N-b.N, 1)
	})
	gap.Unit = "points de pourcentage"
	return []table.Field[part]{base, mine, people, theirs, gap}
}

// mine is a cell of those who told; who did not is no part of them.
func (r part) mine(c table.Cell) table.Cell {
	if r.declared.State == table.Missing || r.modality == civic.NotGiven {
		return table.Cell{}
	}
	return c
}

// residents are the group in the census and what it is a part of.
func (r part) residents() (group, all table.Cell) {
	p, ok := r.spot.residents()
	known := func(n, of int) (table.Cell, table.Cell) {
		if n == 0 || of == 0 {
			return table.Cell{}, table.Cell{}
		}
		return table.Int(int64(n)), table.Int(int64(of))
	}
	switch {
	case !ok || r.declared.State == table.Missing:
	case r.modality == "femme":
		return known(p.Women, p.Total)
	case r.modality == "homme":
		if p.Women > 0 {
			return known(p.Total-p.Women, p.Total)
		}
	case r.modality == "15_35":
		return known(p.Young, p.Over15)
	}
	return table.Cell{}, table.Cell{}
}
