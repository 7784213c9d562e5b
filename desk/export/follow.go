package export

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

func bamako(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(civic.Bamako)
}

// work is a project of a plan.
type work struct {
	plan    *civic.Plan
	project *civic.Project
}

// works are the projects that concern the communes asked for.
func (b *book) works() []work {
	var rows []work
	if b.src.Report == nil {
		return nil
	}
	for i := range b.src.Report.Plans {
		plan := &b.src.Report.Plans[i]
		if !slices.ContainsFunc(plan.Scope, b.o.covers) {
			continue
		}
		for j := range plan.Projects {
			if p := &plan.Projects[j]; p.Commune == "" || b.o.covers(p.Commune) {
				rows = append(rows, work{plan, p})
			}
		}
	}
	return rows
}

func (b *book) followed() table.Table {
	col := func(name string, t table.Type, means string, value func(work) table.Cell) table.Field[work] {
		return table.Field[work]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
	}
	state := col("statut", table.Words, "Où en est le projet, d'après la commune.", func(w work) table.Cell { return table.Text(string(w.project.Status)) })
	for _, s := range civic.Statuses() {
		state.Among = append(state.Among, string(s))
	}
	cost := col("cout_fcfa", table.Integer, "Coût estimé, en francs CFA.", func(w work) table.Cell { return amount(w.project.Cost) })
	cost.Unit = "FCFA"
	fields := slices.Concat(weekly(b, func(work) bool { return true }), []table.Field[work]{
		lacking(col("fictif", table.Words, "FICTIF pour une démonstration, vide pour de vrai.", func(w work) table.Cell {
			if w.plan.Fictional {
				return table.Text(mention)
			}
			return table.Cell{}
		}), !b.fictional()),
		col("id", table.Words, "Code du projet dans le plan.", func(w work) table.Cell { return table.Text(w.project.Code) }),
		col("parent", table.Words, "Code du plan (PDESC).", func(w work) table.Cell { return table.Text(w.plan.Code) }),
		col("titre", table.Words, "Intitulé en français.", func(w work) table.Cell { return table.Text(w.project.Title.In("fr")) }),
		col("titre_bm", table.Words, "Intitulé en bambara.", func(w work) table.Cell { return table.Text(w.project.Title["bm"]) }),
		col("secteur", table.Words, "Secteur du projet.", func(w work) table.Cell { return table.Text(w.project.Sector) }),
		col("vfq", table.Words, "Village, fraction ou quartier.", func(w work) table.Cell { return table.Text(w.project.Village) }),
		col("code_commune", table.Code, "Commune du projet ; vide : toutes celles du plan.", func(w work) table.Cell { return table.Text(string(w.project.Commune)) }),
		cost,
		col("financement", table.Words, "Qui paie, séparés par des barres.", func(w work) table.Cell { return table.Text(strings.Join(w.project.Funders, " / ")) }),
		col("debut", table.Date, "Premier jour où le projet a été dit en cours.", func(w work) table.Cell { return table.Day(bamako(begun(w.project))) }),
		col("fin", table.Date, "Échéance, ou jour de la fin.", func(w work) table.Cell { return table.Day(bamako(w.project.Due)) }),
		state,
		col("maj", table.Date, "Jour du dernier changement de statut.", func(w work) table.Cell { return table.Day(bamako(latest(w.project).On)) }),
		col("preuve", table.Words, "Où le dernier statut se vérifie.", func(w work) table.Cell { return table.Text(latest(w.project).Proof) }),
		col("lien_scrutin", table.Words, "Consultations où le projet est ou était une option.", func(w work) table.Cell { return table.Text(asked(w)) }),
	})
	return table.New(table.Table{
		Name: "projets_suivi", Title: "Suivi des projets", Key: []string{"semaine", "id", "parent"},
		Means: "Une ligne par projet des plans, tel qu'il était à la fin de la semaine.",
	}, fields, table.Of(b.works()))
}

func begun(p *civic.Project) time.Time {
	var first time.Time
	for _, h := range p.History {
		if h.Status == civic.Underway && (first.IsZero() || h.On.Before(first)) {
			first = h.On
		}
	}
	return first
}

func latest(p *civic.Project) civic.StatusChange {
	var last civic.StatusChange
	for _, h := range p.History {
		if !h.On.Before(last.On) {
			last = h
		}
	}
	return last
}

func asked(w work) string {
	var all []string
	for i := range w.plan.Consultations {
		c := &w.plan.Consultations[i]
		if slices.ContainsFunc(c.Options, func(o civic.Option) bool { return o.Project == w.project.Code }) {
			all = append(all, c.Code)
		}
	}
	return strings.Join(all, " ")
}

// corrections of the week that concern the communes asked for, the oldest
// first.
func (b *book) corrections() []civic.Correction {
	var all []civic.Correction
	for _, c := range b.src.Corrections {
		if c.Week == b.o.Week && (c.Commune == "" || b.o.covers(c.Commune)) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b civic.Correction) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Text, b.Text)) })
	return all
}

func (b *book) corrected() table.Table {
	type line = civic.Correction
	col := func(name string, t table.Type, means string, value func(line) table.Cell) table.Field[line] {
		return table.Field[line]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
	}
	fields := slices.Concat(weekly(b, func(line) bool { return true }), []table.Field[line]{
		col("date_rectificatif", table.Date, "Jour où le rectificatif a été écrit.", func(c line) table.Cell { return table.Day(bamako(c.At)) }),
		col("code_commune", table.Code, "Commune concernée ; vide : toutes.", func(c line) table.Cell { return table.Text(string(c.Commune)) }),
		col("rectificatif", table.Words, "Ce qui était faux dans les chiffres de la semaine, qui restent tels quels.", func(c line) table.Cell { return table.Text(c.Text) }),
		lacking(col("par", table.Words, "Qui l'a écrit.", func(c line) table.Cell { return table.Text(c.By) }), b.o.Profile == Public),
	})
	return table.New(table.Table{
		Name: "rectificatifs", Title: "Rectificatifs", Key: []string{"semaine", "date_rectificatif", "code_commune", "rectificatif"},
		Means: "Une ligne par rectificatif. Les chiffres d'une semaine finie ne changent jamais : ce qui y était faux est dit ici.",
	}, fields, table.Of(b.corrections()))
}
