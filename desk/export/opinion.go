package export

import (
	"cmp"
	"slices"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// said is a text of a citizen, as far as it is told.
type said = *civic.FeedbackRow

func saidColumn(name string, t table.Type, means string, value func(said) table.Cell) table.Field[said] {
	return table.Field[said]{Column: table.Column{Name: name, Type: t, Means: means}, Value: value}
}

// opinionRows are the texts that the file may list: for the public only those
// a coordinator summed up for it, since a list of all would count what the
// other files hide.
func (b *book) opinionRows(of func(said) bool) []said {
	var rows []said
	if b.src.Report == nil {
		return nil
	}
	all := b.src.Report.Feedback
	for i := range all {
		r := &all[i]
		if r.Commune != "" && !b.o.covers(r.Commune) || r.Commune == "" && b.o.Commune != "" {
			continue
		}
		if b.o.Profile == Public && (r.Summary == "" || r.Status == civic.ErasedOnAsk) || !of(r) {
			continue
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b said) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Reference, b.Reference)) })
	return rows
}

func (b *book) opinions() table.Table {
	fields := slices.Concat(weekly(b, func(said) bool { return true }), b.opinionPlace(), []table.Field[said]{
		saidColumn("secteur", table.Words, "Sujet choisi par la personne, ou donné par la commune.", func(r said) table.Cell { return table.Text(r.Topic) }),
		saidColumn("code_projet", table.Words, "Projet dont il est question.", func(r said) table.Cell { return table.Text(r.Project) }),
		kind(),
		b.teamOnly(saidColumn("langue", table.Words, "Langue de l'avis.", func(r said) table.Cell { return table.Text(r.Lang) })),
		b.teamOnly(saidColumn("canal", table.Words, "ussd ou sms.", func(r said) table.Cell { return table.Text(channel(r.Channel)) })),
		saidColumn("statut", table.Words, "recu, lu, repondu, clos (sans réponse, avec une raison) ou efface (à la demande de la personne).", func(r said) table.Cell { return table.Text(string(r.Status)) }),
		delay(),
		saidColumn("resume_modere", table.Words, "Résumé écrit par la commune ; le texte de la personne n'est dans aucun fichier.", summary),
	})
	return table.New(table.Table{
		Name: "hebdo_retours", Title: "Retours", Key: []string{"semaine", "ref"},
		Means: "Une ligne par avis reçu, répondu ou en attente dans la semaine. Dans le profil public, seulement ceux qui ont un résumé : la liste n'est donc pas un décompte.",
	}, fields, table.Of(b.opinionRows(func(said) bool { return true })))
}

func summary(r said) table.Cell {
	if r.Status == civic.ErasedOnAsk {
		return table.Cell{}
	}
	return table.Text(r.Summary)
}

func kind() table.Field[said] {
	f := saidColumn("type", table.Words, "Ce que c'est, d'après la commune : avis, proposition, plainte, question, rumeur, merci ou interpellation.", func(r said) table.Cell { return table.Text(string(r.Kind)) })
	for _, k := range civic.FeedbackKinds() {
		f.Among = append(f.Among, string(k))
	}
	return f
}

func delay() table.Field[said] {
	f := saidColumn("delai_h", table.Integer, "Heures entre l'avis et la réponse ; vide tant qu'il n'y en a pas.", func(r said) table.Cell {
		if r.Answered.IsZero() {
			return table.Cell{}
		}
		return table.Int(hours(r))
	})
	f.Unit = "heures"
	return f
}

// teamOnly is a column that the public doesn't get: with a place and a week it
// could tell who wrote.
func (b *book) teamOnly(f table.Field[said]) table.Field[said] {
	f.Lacks = b.o.Profile == Public
	return f
}

func (b *book) opinionPlace() []table.Field[said] {
	code := saidColumn("code_commune", table.Code, "Code officiel de la commune ; vide : pas connue.", func(r said) table.Cell { return table.Text(string(r.Commune)) })
	code.HXL = "#adm4+code"
	return []table.Field[said]{
		saidColumn("ref", table.Words, "Référence que la personne a reçue ; elle ne mène pas à son numéro.", func(r said) table.Cell { return table.Text(r.Reference) }),
		code,
		saidColumn("commune", table.Words, "Nom de la commune.", func(r said) table.Cell {
			if r.Commune == "" {
				return table.Cell{}
			}
			return table.Text(b.placeName(r.Commune))
		}),
	}
}

// questions are the formal ones: someone asks the council or the delegation to
// account for something.
func (b *book) questions() table.Table {
	fields := slices.Concat(weekly(b, func(said) bool { return true }), []table.Field[said]{
		saidColumn("id", table.Words, "Référence de l'interpellation.", func(r said) table.Cell { return table.Text(r.Reference) }),
		saidColumn("parent", table.Words, "Projet dont elle parle.", func(r said) table.Cell { return table.Text(r.Project) }),
		saidColumn("titre", table.Words, "Résumé écrit par la commune.", summary),
		saidColumn("code_commune", table.Code, "Code officiel de la commune ; vide : pas connue.", func(r said) table.Cell { return table.Text(string(r.Commune)) }),
		saidColumn("debut", table.Date, "Jour où elle est arrivée.", func(r said) table.Cell { return table.Day(bamako(r.At)) }),
		saidColumn("fin", table.Date, "Jour de la réponse ; vide tant qu'il n'y en a pas.", func(r said) table.Cell { return table.Day(bamako(r.Answered)) }),
		saidColumn("statut", table.Words, "recu, lu, repondu, clos ou efface.", func(r said) table.Cell { return table.Text(string(r.Status)) }),
		delay(),
	})
	return table.New(table.Table{
		Name: "interpellations", Title: "Interpellations", Key: []string{"semaine", "id"},
		Means: "Une ligne par interpellation : quelqu'un demande des comptes au conseil ou à la délégation.",
	}, fields, table.Of(b.opinionRows(func(r said) bool { return r.Kind == civic.Interpellated })))
}
