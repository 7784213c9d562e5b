package export

import (
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

type field = table.Field[spot]

func column(name string, t table.Type, means string, value func(spot) table.Cell) field {
	return field{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
}

func (b *book) communes() table.Table {
	var rows []spot
	for _, p := range b.polls {
		rows = append(rows, b.spots(p, true)...)
	}
	fields := slices.Concat(b.weekFields(), b.placeFields(), b.planFields(), b.censusFields(), b.callFields(), b.numberFields(),
		b.opinionFields(), b.shareFields(), b.movementFields(), b.secretFields())
	return table.New(table.Table{
		Name: "hebdo_commune", Title: "Communes", Key: []string{"semaine", "niveau", "code_lieu", "code_plan", "code_scrutin"},
		Means: "Une ligne par commune et par consultation, puis les sommes par arrondissement, cercle, région et pour l'ensemble du plan. " +
			"Appels, SMS et avis sont ceux de la commune : ils ne sont écrits qu'à sa première consultation, pour qu'une somme les compte une fois.",
	}, fields, table.Of(rows))
}

// weekFields begin every table.
func (b *book) weekFields() []field { return weekly(b, func(spot) bool { return true }) }

func weekly[R any](b *book, _ func(R) bool) []table.Field[R] {
	constant := func(name string, t table.Type, means, hxl string, c table.Cell) table.Field[R] {
		return table.Field[R]{Column: table.Column{Name: name, Type: t, Means: means, HXL: hxl}, Value: func(R) table.Cell { return c }}
	}
	state := constant("etat", table.Words, "provisoire tant que la semaine n'est pas finie, puis definitif pour toujours.", "#status+week", table.Text(b.state()))
	state.Among = []string{"provisoire", "definitif"}
	return []table.Field[R]{
		constant("semaine", table.Week, "Semaine ISO, du lundi au dimanche, heure de Bamako.", "#date+week", table.Text(b.o.Week.String())),
		constant("date_debut", table.Date, "Lundi de la semaine.", "#date+start", table.Day(b.o.Week.Start())),
		constant("date_fin", table.Date, "Dimanche de la semaine.", "#date+end", table.Day(b.o.Week.End().Add(-time.Second))),
		state,
	}
}

func (b *book) placeFields() []field {
	level := column("niveau", table.Words, "De quoi la ligne parle : commune, arrondissement, cercle, region, ou ensemble du plan.",
		func(s spot) table.Cell { return table.Text(s.level) })
	level.Among = []string{levelCommune, string(civic.Arrondissement), string(civic.Cercle), string(civic.Region), levelAll}
	fictive := column("fictif", table.Words, "FICTIF pour une démonstration, vide pour de vrai.", func(s spot) table.Cell {
		if s.p.fictional() {
			return table.Text(mention)
		}
		return table.Cell{}
	})
	fictive.Lacks = !b.fictional()
	all := []field{fictive, level, column("code_lieu", table.Code, "Code officiel du lieu de la ligne ; vide pour l'ensemble.", func(s spot) table.Cell { return table.Text(string(s.code)) })}
	for _, l := range []struct {
		level     civic.Level
		name, hxl string
	}{{civic.Region, "region", "#adm1"}, {civic.Cercle, "cercle", "#adm2"}, {civic.Arrondissement, "arrondissement", "#adm3"}, {civic.Commune, "commune", "#adm4"}} {
		code := column("code_"+l.name, table.Code, "Code officiel : "+l.name+" (loi du 13 mars 2023).", func(s spot) table.Cell { return s.codeAt(l.level) })
		name := column(l.name, table.Words, "Nom : "+l.name+".", func(s spot) table.Cell { return s.nameAt(l.level) })
		code.HXL, name.HXL = l.hxl+"+code", l.hxl+"+name"
		all = append(all, code, name)
	}
	return all
}

func (b *book) planFields() []field {
	group := column("intercommunalite", table.Words, "Intitulé du plan quand il couvre plusieurs communes.", func(s spot) table.Cell {
		if len(s.p.allScope()) > 1 {
			return table.Text(s.p.planTitle().In("fr"))
		}
		return table.Cell{}
	})
	group.Lacks = !slices.ContainsFunc(b.polls, func(p *poll) bool { return len(p.allScope()) > 1 })
	authority := column("autorite", table.Words, "Qui gouverne : conseil_communal, delegation_speciale ou autorite_interimaire.", func(s spot) table.Cell {
		if s.p.plan == nil {
			return table.Cell{}
		}
		return table.Text(string(s.p.plan.Authority))
	})
	authority.Lacks = len(b.plans) == 0
	of := func(f func(*civic.Sheet) string) func(spot) table.Cell {
		return func(s spot) table.Cell {
			if s.p.sheet == nil {
				return table.Cell{}
			}
			return table.Text(f(s.p.sheet))
		}
	}
	return []field{
		group, authority,
		column("phase", table.Words, "Phase du plan : information, propositions, priorisation, programmation, execution, evaluation.", func(s spot) table.Cell { return table.Text(string(s.p.phase())) }),
		column("code_plan", table.Words, "Code du plan (PDESC).", func(s spot) table.Cell { return table.Text(s.p.planCode()) }),
		column("code_scrutin", table.Words, "Code de la consultation ; vide : le plan n'en a pas cette semaine.", of(func(s *civic.Sheet) string { return s.Consultation.Code })),
		column("etat_scrutin", table.Words, "a_venir, ouverte, close ou annulee, à la fin de la semaine.", of(votingState)),
		column("visibilite", table.Words, "Qui voit les résultats quand : participation_seule, en_direct, apres_cloture ; figé à l'ouverture.", of(func(s *civic.Sheet) string { return visibility(s.Consultation.Visibility) })),
	}
}

func (b *book) censusFields() []field {
	value := func(f func(civic.Residents) table.Cell) func(spot) table.Cell {
		return func(s spot) table.Cell {
			if r, ok := s.residents(); ok {
				return f(r)
			}
			return table.Cell{}
		}
	}
	positive := func(n int) table.Cell {
		if n == 0 {
			return table.Cell{}
		}
		return table.Int(int64(n))
	}
	all := []field{
		column("population", table.Integer, "Habitants, par qui et quand comptés : voir source_population.", value(func(r civic.Residents) table.Cell { return positive(r.Total) })),
		column("population_15plus", table.Integer, "Habitants de 15 ans et plus.", value(func(r civic.Residents) table.Cell { return positive(r.Over15) })),
		column("population_femmes", table.Integer, "Femmes parmi les habitants.", value(func(r civic.Residents) table.Cell { return positive(r.Women) })),
		column("population_15_35", table.Integer, "Habitants de 15 à 35 ans.", value(func(r civic.Residents) table.Cell { return positive(r.Young) })),
		column("source_population", table.Words, "Qui a compté les habitants.", value(func(r civic.Residents) table.Cell { return table.Text(r.Source) })),
		column("annee_population", table.Year, "Année de ce compte.", value(func(r civic.Residents) table.Cell { return positive(r.Year) })),
	}
	for i, is := range []struct {
		hxl, unit string
		known     func(civic.Residents) bool
	}{
		{"#population", "habitants", func(r civic.Residents) bool { return r.Total > 0 }},
		{"#population+age_15plus", "habitants", func(r civic.Residents) bool { return r.Over15 > 0 }},
		{"#population+f", "habitants", func(r civic.Residents) bool { return r.Women > 0 }},
		{"#population+age_15_35", "habitants", func(r civic.Residents) bool { return r.Young > 0 }},
		{"#meta+source+population", "", anybody},
		{"#date+year+population", "", anybody},
	} {
		all[i].HXL, all[i].Unit, all[i].Lacks = is.hxl, is.unit, !b.census(is.known)
	}
	return all
}

func anybody(civic.Residents) bool { return true }

func (b *book) adults() bool { return b.census(func(r civic.Residents) bool { return r.Over15 > 0 }) }

// census says whether a denominator came with any plan.
func (b *book) census(has func(civic.Residents) bool) bool {
	return slices.ContainsFunc(b.polls, func(p *poll) bool {
		return slices.ContainsFunc(p.scope, func(c civic.Code) bool {
			r, ok := p.residents(c)
			return ok && has(r)
		})
	})
}
