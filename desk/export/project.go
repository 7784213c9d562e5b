package export

import (
	"cmp"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// choice is one option of a consultation in a place.
type choice struct {
	spot    spot
	option  *civic.Option
	project *civic.Project // nil: the option is none, or the plan is not known
}

func (b *book) projects() table.Table {
	var rows []choice
	for _, p := range b.polls {
		if p.sheet == nil {
			continue
		}
		for _, s := range b.spots(p, false) {
			for i := range p.sheet.Consultation.Options {
				o := &p.sheet.Consultation.Options[i]
				c := choice{spot: s, option: o}
				if p.plan != nil {
					c.project = p.plan.Project(o.Project)
				}
				rows = append(rows, c)
			}
		}
	}
	fields := slices.Concat(weekly(b, func(choice) bool { return true }), locate(b, func(c choice) spot { return c.spot }), b.choiceFields(), b.voteFields())
	return table.New(table.Table{
		Name: "hebdo_projet", Title: "Projets", Key: []string{"semaine", "niveau", "code_commune", "code_scrutin", "option"},
		Means: "Une ligne par option d'une consultation, dans chaque commune et pour l'ensemble. Les voix n'y sont que quand la visibilité du scrutin le permet.",
	}, fields, table.Of(rows))
}

func choiceColumn(name string, t table.Type, means string, value func(choice) table.Cell) table.Field[choice] {
	return table.Field[choice]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
}

func (b *book) choiceFields() []table.Field[choice] {
	of := func(f func(*civic.Project) table.Cell) func(choice) table.Cell {
		return func(c choice) table.Cell {
			if c.project == nil {
				return table.Cell{}
			}
			return f(c.project)
		}
	}
	all := []table.Field[choice]{
		choiceColumn("question", table.Words, "La question posée, en français.", func(c choice) table.Cell { return table.Text(c.spot.p.sheet.Consultation.Question.In("fr")) }),
		choiceColumn("regle", table.Words, "Comment on répond : choose (une option), approve, rank, budget, yesno ou scale.", func(c choice) table.Cell { return table.Text(string(c.spot.p.sheet.Consultation.Rule)) }),
		choiceColumn("option", table.Integer, "Numéro de l'option sur le téléphone et l'affiche.", func(c choice) table.Cell { return table.Int(int64(c.option.Number)) }),
		choiceColumn("code_projet", table.Words, "Code du projet dans le plan.", func(c choice) table.Cell { return table.Text(c.option.Project) }),
		choiceColumn("intitule_fr", table.Words, "Intitulé en français.", func(c choice) table.Cell { return table.Text(c.option.Label["fr"]) }),
		choiceColumn("intitule_bm", table.Words, "Intitulé en bambara.", func(c choice) table.Cell { return table.Text(c.option.Label["bm"]) }),
	}
	project := []table.Field[choice]{
		choiceColumn("secteur", table.Words, "Secteur du projet.", of(func(p *civic.Project) table.Cell { return table.Text(p.Sector) })),
		choiceColumn("vfq", table.Words, "Village, fraction ou quartier du projet.", of(func(p *civic.Project) table.Cell { return table.Text(p.Village) })),
		choiceColumn("cout_fcfa", table.Integer, "Coût estimé, en francs CFA.", of(func(p *civic.Project) table.Cell { return amount(p.Cost) })),
		choiceColumn("financement", table.Words, "Qui paie, séparés par des barres.", of(func(p *civic.Project) table.Cell { return table.Text(strings.Join(p.Funders, " / ")) })),
		choiceColumn("avancement_declare", table.Words, "Où en est le projet, d'après la commune.", of(func(p *civic.Project) table.Cell { return table.Text(string(p.Status)) })),
	}
	for i := range project {
		project[i].Lacks = len(b.plans) == 0
	}
	project[2].Unit = "FCFA"
	return append(all, project...)
}

func amount(f civic.FCFA) table.Cell {
	if f == 0 {
		return table.Cell{}
	}
	return table.Int(int64(f))
}

func (b *book) voteFields() []table.Field[choice] {
	votes := choiceColumn("voix", table.Integer, "Voix de l'option depuis l'ouverture.", func(c choice) table.Cell { return counted(c.vote(c.spot.p.now)) })
	votes.Unit, votes.HXL = "voix", "#indicator+votes+num"
	base := choiceColumn("base", table.Integer, "Numéros dont le vote compte, de la même semaine que les voix.", choice.base)
	base.Unit = "numéros"
	pct := choiceColumn("part", table.Percent, "voix pour cent de base.", func(c choice) table.Cell { return share(counted(c.vote(c.spot.p.now)), c.base()) })
	pct.Base = "base"
	change := choiceColumn("var_voix_sem", table.Integer, "Voix de plus ou de moins depuis la publication d'avant, quand elles sont de cette semaine ; un vote changé compte -1 et +1.", choice.change)
	change.Unit = "voix"
	return []table.Field[choice]{
		votes, base, pct, change,
		choiceColumn("rang", table.Integer, "Rang par voix ; à égalité, le même. Absent quand des voix sont cachées.", func(c choice) table.Cell { return c.rank(c.spot.p.now) }),
		choiceColumn("rang_sem_prec", table.Integer, "Rang publié la semaine d'avant.", func(c choice) table.Cell { return c.rank(c.spot.p.before) }),
		choiceColumn("visibilite", table.Words, "Qui voit les résultats quand : participation_seule, en_direct, apres_cloture.", func(c choice) table.Cell { return table.Text(visibility(c.spot.p.sheet.Consultation.Visibility)) }),
		choiceColumn("statut", table.Words, "a_venir, ouverte, close ou annulee.", func(c choice) table.Cell { return table.Text(votingState(c.spot.p.sheet)) }),
		choiceColumn("supprime", table.Bool, "1 : les voix sont cachées (s).", func(c choice) table.Cell { return table.Flag(c.vote(c.spot.p.now).Hidden) }),
		choiceColumn("motif", table.Words, "Pourquoi c'est caché, ou de quelle semaine c'est.", choice.motive),
	}
}

func (c choice) table(p civic.Published) civic.Table[uint16] {
	if c.spot.level == levelAll {
		return p.Pooled.Votes
	}
	return p.Communes[c.spot.code].Votes
}

// vote is the option's figure; an option without one in a published table got
// none.
func (c choice) vote(p civic.Published) civic.Figure {
	t := c.table(p)
	if t.Cells == nil {
		return civic.Figure{Hidden: true, Why: t.Why}
	}
	return t.Cells[uint16(c.option.Number)]
}

func (c choice) base() table.Cell {
	if t := c.table(c.spot.p.now); t.Cells != nil {
		return table.Int(t.Numbers)
	}
	return table.Secret()
}

func (c choice) change() table.Cell {
	f, t := c.vote(c.spot.p.now), c.table(c.spot.p.now)
	switch {
	case f.Hidden || t.AsOf != c.spot.b.o.Week:
		return table.Secret()
	case !f.Moved:
		return table.Cell{}
	}
	return table.Int(f.Change)
}

// rank is the option's place by votes, when all votes may be compared.
func (c choice) rank(p civic.Published) table.Cell {
	t := c.table(p)
	if t.Cells == nil || hides(t) {
		return table.Secret()
	}
	above := int64(1)
	for _, f := range t.Cells {
		if cmp.Compare(f.N, t.Cells[uint16(c.option.Number)].N) > 0 {
			above++
		}
	}
	return table.Int(above)
}

func (c choice) motive() table.Cell {
	if f := c.vote(c.spot.p.now); f.Hidden {
		return table.Text(why(f.Why))
	}
	return table.Text(standing(c.table(c.spot.p.now).AsOf, c.spot.b.o.Week))
}
