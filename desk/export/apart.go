package export

import (
	"fmt"
	"slices"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
	"github.com/jamakan/jamakan/store"
)

// The replies that are counted apart are told once, in the week in which their
// consultation closed, in a table of their own: no column of it is a part of
// another table's, and there is no sum.

// apart are the figures that may be told in this file.
func (b *book) apart() []civic.ApartFigure {
	if b.src.Report == nil || b.provisional() {
		return nil
	}
	var all []civic.ApartFigure
	for _, r := range b.src.Report.Apart {
		if f, told := civic.TellApart(r); told && b.consultationOf(r.ApartAt) != nil {
			all = append(all, f)
		}
	}
	return all
}

// consultationOf is the consultation of a figure, where the file covers its commune.
func (b *book) consultationOf(at civic.ApartAt) *poll {
	for _, p := range b.polls {
		if p.sheet != nil && p.sheet.Consultation.Code == at.Consultation && slices.Contains(p.scope, at.Commune) {
			return p
		}
	}
	return nil
}

func (b *book) counted() table.Table {
	col := func(name string, t table.Type, means string, value func(civic.ApartFigure) table.Cell) table.Field[civic.ApartFigure] {
		return table.Field[civic.ApartFigure]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
	}
	question := col("question", table.Words, "pvh : du mal à voir, entendre ou marcher ; pdi : a fui son village à cause du conflit.", func(f civic.ApartFigure) table.Cell { return table.Text(string(f.Question)) })
	question.Among = []string{string(civic.AboutDisability), string(civic.AboutDisplacement)}
	pct := col("part_oui", table.Percent, "oui pour cent de base.", func(f civic.ApartFigure) table.Cell { return share(table.Int(f.Yes), table.Int(f.Yes+f.No)) })
	pct.Base = "base"
	fields := slices.Concat(weekly(b, func(civic.ApartFigure) bool { return true }), locate(b, func(f civic.ApartFigure) spot {
		return spot{b: b, p: b.consultationOf(f.ApartAt), level: levelCommune, code: f.Commune}
	}), []table.Field[civic.ApartFigure]{
		question,
		col("oui", table.Integer, "Numéros qui ont dit oui.", func(f civic.ApartFigure) table.Cell { return table.Int(f.Yes) }),
		col("non", table.Integer, "Numéros qui ont dit non.", func(f civic.ApartFigure) table.Cell { return table.Int(f.No) }),
		col("base", table.Integer, "oui et non ensemble.", func(f civic.ApartFigure) table.Cell { return table.Int(f.Yes + f.No) }),
		pct,
		col("passe", table.Integer, fmt.Sprintf("Numéros qui ont passé la question ; %s : moins de %d.", table.HiddenMark, civic.LeastApart), func(f civic.ApartFigure) table.Cell {
			if f.Passed < 0 {
				return table.Secret()
			}
			return table.Int(f.Passed)
		}),
		col("peut_manquer", table.Integer, "Réponses qui peuvent manquer pour chaque arrêt de la passerelle : elles attendent en mémoire, pour ne trahir personne.", func(civic.ApartFigure) table.Cell { return table.Int(store.ApartWaits) }),
	})
	return table.New(table.Table{
		Name: "reponses_a_part", Title: "Réponses à part", Key: []string{"semaine", "code_commune", "code_scrutin", "question"},
		Means: fmt.Sprintf("Une ligne par commune et question, la semaine de la clôture : ce qu'ont dit les numéros interrogés, une seule fois, après leur premier vote. "+
			"Rien si oui ou non est dit par moins de %d numéros, dans tous les profils. Ces réponses ne sont liées à aucun vote.", civic.LeastApart),
	}, fields, table.Of(b.apart()))
}
