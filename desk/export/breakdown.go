package export

import (
	"maps"
	"slices"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// part is one modality of one breakdown.
type part struct {
	spot      spot
	indicator string // numeros or appels
	dimension string
	modality  string
	n, base   table.Cell
	why       string
	declared  table.Cell // of sex and age: numbers that told
}

func (b *book) breakdowns() table.Table {
	var rows []part
	for _, p := range b.polls {
		for _, s := range b.spots(p, false) {
			rows = append(rows, s.parts()...)
			if b.src.Counted.Traffic && s.level == levelCommune && slices.Contains(p.counts, s.code) {
				rows = append(rows, s.calls()...)
			}
		}
	}
	col := func(name string, t table.Type, means string, value func(part) table.Cell) table.Field[part] {
		return table.Field[part]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
	}
	indicator := col("indicateur", table.Words, "Ce qui est compté : numeros (dont le vote compte, depuis l'ouverture) ou appels (commencés dans la semaine).", func(r part) table.Cell { return table.Text(r.indicator) })
	indicator.Among = []string{"numeros", "appels"}
	pct := col("part", table.Percent, "effectif pour cent de base.", func(r part) table.Cell { return share(r.n, r.base) })
	pct.Base = "base"
	fields := slices.Concat(weekly(b, func(part) bool { return true }), locate(b, func(r part) spot { return r.spot }), []table.Field[part]{
		indicator,
		col("dimension", table.Words, "Par quoi c'est réparti : sexe, age, canal, langue, ou operateur_prefixe (les premiers chiffres du numéro : une étiquette, pas une certitude).", func(r part) table.Cell { return table.Text(r.dimension) }),
		col("modalite", table.Words, "Valeur de la dimension ; non_renseigne est une valeur.", func(r part) table.Cell { return table.Text(r.modality) }),
		col("effectif", table.Integer, "Combien.", func(r part) table.Cell { return r.n }),
		col("base", table.Integer, "Le total dont c'est une part, de la même semaine.", func(r part) table.Cell { return r.base }),
		pct,
	}, b.compared(), []table.Field[part]{
		col("supprime", table.Bool, "1 : le chiffre est caché (s).", func(r part) table.Cell { return table.Flag(r.n.State == table.Hidden) }),
		col("motif", table.Words, "Pourquoi c'est caché, ou de quelle semaine c'est.", func(r part) table.Cell { return table.Text(r.why) }),
	})
	return table.New(table.Table{
		Name: "hebdo_ventilation", Title: "Ventilation", Key: []string{"semaine", "niveau", "code_commune", "code_plan", "code_scrutin", "indicateur", "dimension", "modalite"},
		Means: "Une ligne par modalité : qui a voté, et comment. Les groupes sont ce que les gens ont dit d'eux-mêmes, après le vote et s'ils le voulaient.",
	}, fields, table.Of(rows))
}

// locate says of which place and consultation a row is.
func locate[R any](b *book, at func(R) spot) []table.Field[R] {
	col := func(name string, t table.Type, means, hxl string, value func(spot) table.Cell) table.Field[R] {
		return table.Field[R]{Column: table.Column{Name: name, Type: t, Means: means, HXL: hxl}, Value: func(r R) table.Cell { return value(at(r)) }}
	}
	fictive := col("fictif", table.Words, "FICTIF pour une démonstration, vide pour de vrai.", "", func(s spot) table.Cell {
		if s.p.fictional() {
			return table.Text(mention)
		}
		return table.Cell{}
	})
	fictive.Lacks = !b.fictional()
	level := col("niveau", table.Words, "commune, ou ensemble du plan.", "", func(s spot) table.Cell { return table.Text(s.level) })
	level.Among = []string{levelCommune, levelAll}
	return []table.Field[R]{
		fictive, level,
		col("code_commune", table.Code, "Code officiel de la commune ; vide pour l'ensemble.", "#adm4+code", func(s spot) table.Cell { return s.codeAt(civic.Commune) }),
		col("commune", table.Words, "Nom de la commune.", "#adm4+name", func(s spot) table.Cell { return s.nameAt(civic.Commune) }),
		col("code_plan", table.Words, "Code du plan (PDESC).", "", func(s spot) table.Cell { return table.Text(s.p.planCode()) }),
		col("code_scrutin", table.Words, "Code de la consultation.", "", func(s spot) table.Cell {
			if s.p.sheet == nil {
				return table.Cell{}
			}
			return table.Text(s.p.sheet.Consultation.Code)
		}),
	}
}

// order is the order of the modalities that we know; others come between, in
// their own.
func order() []string {
	return []string{"ussd", "sms", "femme", "homme", "moins_15", "15_35", "36_59", "60_plus"}
}

func byModality(a, b string) int {
	rank := func(m string) int {
		if i := slices.Index(order(), m); i >= 0 {
			return i
		}
		if m == civic.NotGiven {
			return len(order()) + 1
		}
		return len(order())
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	if a < b {
		return -1
	}
	return 1
}

// parts are the breakdowns of numbers.
func (s spot) parts() []part {
	f, ok := s.figures()
	if !ok {
		return nil
	}
	var rows []part
	for _, d := range []civic.Dimension{civic.BySex, civic.ByAge, civic.ByChannel, civic.ByLang} {
		t := f.By[d]
		if t.Cells == nil {
			rows = append(rows, part{spot: s, indicator: "numeros", dimension: string(d), modality: "toutes", n: table.Secret(), base: table.Secret(), why: why(t.Why)})
			continue
		}
		for _, m := range slices.SortedFunc(maps.Keys(t.Cells), byModality) {
			c := t.Cells[m]
			reason := standing(t.AsOf, s.b.o.Week)
			if c.Hidden {
				reason = why(c.Why)
			}
			rows = append(rows, part{spot: s, indicator: "numeros", dimension: string(d), modality: m, n: counted(c), base: table.Int(t.Numbers), why: reason, declared: told(d, t)})
		}
	}
	return rows
}

// calls are the breakdowns of calls, all shown or all hidden: their total
// stands in hebdo_commune.
func (s spot) calls() []part {
	var rows []part
	for _, d := range []struct {
		name string
		of   func(civic.TrafficCell) string
	}{
		{"operateur_prefixe", func(c civic.TrafficCell) string { return c.Operator }},
		{"langue", func(c civic.TrafficCell) string { return c.Lang }},
	} {
		sums, total := map[string]int64{}, int64(0)
		for _, r := range s.b.src.Report.Traffic {
			if r.Measure != civic.Dials || r.Commune != s.code {
				continue
			}
			m := d.of(r.TrafficCell)
			if m == "" {
				m = civic.NotGiven
			}
			sums[m] += r.N
			total += r.N
		}
		hidden := false
		for _, n := range sums {
			hidden = hidden || small(n, s.p.k)
		}
		for _, m := range slices.SortedFunc(maps.Keys(sums), byModality) {
			one := part{spot: s, indicator: "appels", dimension: d.name, modality: m, n: table.Int(sums[m]), base: table.Int(total)}
			if hidden {
				one.n, one.base, one.why = table.Secret(), table.Secret(), whyFewActs+" dans cette répartition"
			}
			rows = append(rows, one)
		}
	}
	return rows
}
