package planfile

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/jamakan/jamakan/civic"
)

// plan reads the whole file.
func (r *reading) plan(n *yaml.Node) civic.Plan {
	p := civic.Plan{Population: map[civic.Code]civic.Residents{}}
	r.places(&p, n) // first: the rest names them
	var years []int64
	consultations := map[string]*yaml.Node{}
	r.fields(n, "plan", map[string]func(*yaml.Node){
		"code":       r.code(&p.Code, "code"),
		"titre":      r.both(&p.Title, "titre", maxPlanTitle),
		"annees":     r.each("annees", func(n *yaml.Node) { var y int64; r.number(&y, "annees")(n); years = append(years, y) }),
		"perimetre":  r.each("perimetre", func(n *yaml.Node) { var c civic.Code; r.commune(&c, "perimetre")(n); p.Scope = append(p.Scope, c) }),
		"autorite":   word(r, &p.Authority, "autorite", []civic.Authority{civic.Council, civic.Delegation, civic.Interim}),
		"phase":      word(r, &p.Phase, "phase", civic.Phases()),
		"fictif":     func(n *yaml.Node) { p.Fictional = r.yes(n, "fictif") },
		"lieux":      func(*yaml.Node) {},
		"population": r.each("population", func(n *yaml.Node) { r.residents(&p, n) }),
		"projets":    r.each("projets", func(n *yaml.Node) { r.project(&p, n) }),
		"consultations": r.each("consultations", func(n *yaml.Node) {
			if c := r.consultation(&p, n); c.Code != "" {
				if consultations[c.Code] != nil {
					r.wrong(n, "consultation %s : deux ont ce code", c.Code)
				}
				consultations[c.Code] = n
				p.Consultations = append(p.Consultations, c)
			}
		}),
	}, "code", "titre", "annees", "perimetre", "autorite", "phase", "projets")
	if len(years) == 2 && years[0] <= years[1] {
		p.From, p.To = int(years[0]), int(years[1])
	} else {
		r.wrong(n, "annees : écrivez la première et la dernière, comme [2026, 2030]")
	}
	r.scoped(&p, n)
	for _, c := range p.Consultations {
		r.linked(&p, c, consultations[c.Code])
	}
	return p
}

// scoped checks that the plan concerns communes, each once, and its projects
// only those.
func (r *reading) scoped(p *civic.Plan, n *yaml.Node) {
	if len(p.Scope) == 0 {
		r.wrong(n, "perimetre : écrivez le code d'au moins une commune")
	}
	for i, c := range p.Scope {
		if c != "" && slices.Contains(p.Scope[:i], c) {
			r.wrong(n, "perimetre : la commune %s est écrite deux fois ; gardez-en une", c)
		}
	}
	for _, project := range p.Projects {
		if project.Commune != "" && !p.Covers(project.Commune) {
			r.wrong(n, "projet %s : la commune %s n'est pas dans le périmètre du plan", project.Code, project.Commune)
		}
	}
}

func (r *reading) yes(n *yaml.Node, what string) bool {
	switch n.Value {
	case "oui", "true":
		return true
	case "non", "false":
		return false
	}
	r.wrong(n, "%s : écrivez oui ou non", what)
	return false
}

// places reads the places that the built-in territory lacks, before the rest.
func (r *reading) places(p *civic.Plan, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "lieux" {
			continue
		}
		list := n.Content[i+1]
		r.each("lieux", func(n *yaml.Node) {
			var code, name string
			var aliases []string
			r.fields(n, "lieu", map[string]func(*yaml.Node){
				"code": r.code(&code, "code"),
				"nom":  r.text(&name, "nom", maxPlace),
				"autres_noms": r.each("autres_noms", func(n *yaml.Node) {
					var s string
					r.text(&s, "autres_noms", maxPlace)(n)
					aliases = append(aliases, s)
				}),
			}, "code", "nom")
			if name != "" {
				p.Places = append(p.Places, civic.Place{Code: civic.Code(code), Name: name, Aliases: aliases})
			}
		})(list)
		t, err := r.territory.With(p.Places)
		if err != nil {
			r.wrong(list, "lieux : %s", placeFault(err))
			continue
		}
		r.territory = t
	}
}

// placeFault says in French what NewTerritory refuses; its code stands first.
func placeFault(err error) string {
	code, _, _ := strings.Cut(err.Error(), ":")
	switch {
	case errors.Is(err, civic.ErrPlaceTwice):
		return "le code " + code + " est déjà celui d'un autre lieu ; donnez-en un autre"
	case errors.Is(err, civic.ErrPlaceParent):
		return "le lieu qui entoure " + code + " n'existe pas ; ajoutez-le sous « lieux », son code a deux chiffres de moins"
	default:
		return "un code a 2, 4, 6, 8 ou 11 chiffres, entre guillemets"
	}
}

func (r *reading) residents(p *civic.Plan, n *yaml.Node) {
	var c civic.Code
	var total, over, women, young, year int64
	var source string
	r.fields(n, "population", map[string]func(*yaml.Node){
		"commune": r.commune(&c, "commune"), "habitants": r.positive(&total, "habitants"), "plus_de_15": r.number(&over, "plus_de_15"),
		"femmes": r.number(&women, "femmes"), "jeunes_15_35": r.number(&young, "jeunes_15_35"),
		"source": r.text(&source, "source", 0), "annee": r.number(&year, "annee"),
	}, "commune", "habitants", "source", "annee")
	if most := max(over, women, young); most > total && total > 0 {
		r.wrong(n, "population de %s : une part (%d) est plus grande que le total (%d)", c, most, total)
	}
	if c != "" {
		p.Population[c] = civic.Residents{Total: int(total), Over15: int(over), Women: int(women), Young: int(young), Source: source, Year: int(year)}
	}
}

func (r *reading) project(p *civic.Plan, n *yaml.Node) {
	pr := civic.Project{Status: civic.Proposed}
	var cost int64
	r.fields(n, "projet", map[string]func(*yaml.Node){
		"code": r.code(&pr.Code, "code"), "titre": r.both(&pr.Title, "titre", maxTitle), "secteur": r.text(&pr.Sector, "secteur", 40),
		"village": r.text(&pr.Village, "village", maxPlace), "commune": r.commune(&pr.Commune, "commune"), "cout": r.positive(&cost, "cout"),
		"financement": r.each("financement", func(n *yaml.Node) {
			var s string
			r.text(&s, "financement", 0)(n)
			pr.Funders = append(pr.Funders, s)
		}),
		"statut": word(r, &pr.Status, "statut", civic.Statuses()), "echeance": r.date(&pr.Due, "echeance", false),
		"historique": r.each("historique", func(n *yaml.Node) {
			var h civic.StatusChange
			r.fields(n, "historique", map[string]func(*yaml.Node){
				"date": r.date(&h.On, "date", false), "statut": word(r, &h.Status, "statut", civic.Statuses()), "note": r.text(&h.Note, "note", 0), "preuve": r.text(&h.Proof, "preuve", 0),
			}, "date", "statut")
			pr.History = append(pr.History, h)
		}),
	}, "code", "titre", "secteur", "village", "cout")
	pr.Cost = civic.FCFA(cost)
	if pr.Code != "" && p.Project(pr.Code) != nil {
		r.wrong(n, "projet %s : deux projets ont ce code", pr.Code)
		return
	}
	p.Projects = append(p.Projects, pr)
}

func (r *reading) consultation(p *civic.Plan, n *yaml.Node) civic.Consultation {
	c := civic.Consultation{Plan: p.Code, Rule: civic.Choose, Visibility: civic.ParticipationOnly}
	r.fields(n, "consultation", map[string]func(*yaml.Node){
		"code": r.code(&c.Code, "code"), "question": r.both(&c.Question, "question", 60), "regle": word(r, &c.Rule, "regle", civic.Rules()),
		"options": r.each("options", func(n *yaml.Node) {
			var o civic.Option
			r.code(&o.Project, "options")(n)
			c.Options = append(c.Options, o)
		}),
		"perimetre": r.each("perimetre", func(n *yaml.Node) {
			var code civic.Code
			r.commune(&code, "perimetre")(n)
			c.Scope = append(c.Scope, code)
		}),
		"ouvre": r.date(&c.Opens, "ouvre", false), "ferme": r.date(&c.Closes, "ferme", true),
		"visibilite": word(r, &c.Visibility, "visibilite", []civic.Visibility{civic.ParticipationOnly, civic.Live, civic.AfterClose}),
		"annulation": func(n *yaml.Node) {
			c.Annulled = &civic.Annulment{}
			r.fields(n, "annulation", map[string]func(*yaml.Node){"raison": r.both(&c.Annulled.Reason, "raison", maxReason)}, "raison")
		},
		"motif_report": r.text(&c.MoveReason, "motif_report", maxReason),
		"brouillon":    func(n *yaml.Node) { c.Draft = r.yes(n, "brouillon") },
	}, "code", "options", "ouvre", "ferme")
	return c
}

// linked checks what a consultation says of the rest of the plan, and numbers
// its options in the order of the file.
func (r *reading) linked(p *civic.Plan, c civic.Consultation, n *yaml.Node) {
	if c.Rule != civic.Choose {
		r.wrong(n, "consultation %s : la règle « %s » n'est pas encore offerte sur les téléphones ; écrivez regle: choose", c.Code, c.Rule)
	}
	if len(c.Options) < 2 || len(c.Options) > maxOptions {
		r.wrong(n, "consultation %s : %d options ; il en faut de 2 à %d", c.Code, len(c.Options), maxOptions)
		return
	}
	if !c.Opens.IsZero() && !c.Closes.IsZero() && !c.Opens.Before(c.Closes) {
		r.wrong(n, "consultation %s : elle ferme avant d'ouvrir", c.Code)
	}
	own := p.Consultation(c.Code)
	if len(own.Scope) == 0 {
		own.Scope = slices.Clone(p.Scope)
	}
	for _, commune := range own.Scope {
		if commune != "" && !p.Covers(commune) {
			r.wrong(n, "consultation %s : la commune %s n'est pas dans le périmètre du plan", c.Code, commune)
		}
	}
	own.Plan = p.Code
	numbers := civic.OptionNumbers(len(c.Options))
	seen := map[string]bool{}
	for i := range own.Options {
		o := &own.Options[i]
		project := p.Project(o.Project)
		switch {
		case o.Project == "":
		case project == nil:
			r.wrong(n, "consultation %s : pas de projet de code « %s »", c.Code, o.Project)
		case seen[o.Project]:
			r.wrong(n, "consultation %s : le projet %s est deux fois dans les options", c.Code, o.Project)
		default:
			o.Label, o.Cost = project.Title, project.Cost
		}
		seen[o.Project] = true
		o.Number = numbers[i]
	}
}
