package planfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// clearMark in a cell empties an optional field; an empty cell changes nothing.
const clearMark = "-"

// fill reads a row's cells into a project; was is what the plan has, or nil.
func (s *importing) fill(r row, p, was *civic.Project) {
	s.required(r, was, fieldSector, 40, &p.Sector)
	s.required(r, was, fieldVillage, maxPlace, &p.Village)
	s.titles(r, p, was)
	s.cost(r, p, was)
	if s.given(r, fieldCommune, was) {
		if text := s.typed(r, fieldCommune); text == clearMark {
			p.Commune = ""
		} else if c, ok := s.commune(r, text); ok {
			p.Commune = c
		}
	}
	if s.given(r, fieldFunders, was) {
		s.funders(r, p)
	}
	if s.given(r, fieldDue, was) {
		s.due(r, p)
	}
	if s.given(r, fieldStatus, was) {
		s.status(r, p, was)
	} else if note := s.typed(r, fieldNote); note != "" && !s.noted && !saysAlready(p, note) {
		s.noted = true
		s.remark(s.t, s.column(fieldNote), r.n, "une observation n'est gardée qu'avec un changement de statut ; les autres ne sont pas lues")
	}
}

// saysAlready: the observation is that of an import before.
func saysAlready(p *civic.Project, note string) bool {
	return slices.ContainsFunc(p.History, func(h civic.StatusChange) bool { return h.Note == note })
}

// typed is a cell's text on one line.
func (s *importing) typed(r row, f field) string { return tidy(s.cell(r, f).shown) }

// given says whether a cell says something that the plan doesn't say already.
// Where a project was recognised at its title and village, those two are the
// plan's in another spelling; and a sector with a capital is the same sector.
func (s *importing) given(r row, f field, was *civic.Project) bool {
	if s.column(f) == 0 {
		return false
	}
	text := s.typed(r, f)
	switch {
	case text == "":
		return false
	case was == nil:
		return true
	case (f == fieldTitle || f == fieldVillage) && s.nameOnly(r):
		return false
	case f == fieldSector:
		return !strings.EqualFold(text, was.Sector)
	}
	return text != tidy(projectText(was, f))
}

// nameOnly: the row has no code of its own.
func (s *importing) nameOnly(r row) bool {
	return s.typed(r, s.codeField()) == ""
}

// required reads a text that a project can't be without.
func (s *importing) required(r row, was *civic.Project, f field, most int, into *string) bool {
	if s.given(r, f, was) {
		if text, ok := s.text(r, f, most); ok {
			*into = text
		}
		return true
	}
	if was == nil {
		s.missing(r, f)
	}
	return false
}

func (s *importing) missing(r row, f field) {
	col := s.column(f)
	hint := ""
	if s.cell(r, f).formula {
		hint = " ; la formule n'a pas de valeur : ouvrez le fichier dans un tableur et enregistrez-le"
	} else if _, merged := s.t.mergeAt(col, r.n); merged {
		hint = " ; la cellule est fusionnée : donnez la sienne à chaque ligne"
	}
	s.wrong(s.t, col, r.n, "il manque « %s »%s", f.name(), hint)
}

// titles reads both titles. Few communes write a Bambara one: the French title
// then stands for it, and the coordinator is told.
func (s *importing) titles(r row, p, was *civic.Project) {
	p.Title = maps.Clone(p.Title)
	if p.Title == nil {
		p.Title = civic.Text{}
	}
	french := p.Title["fr"]
	follows := was == nil || p.Title["bm"] == french
	s.required(r, was, fieldTitle, maxTitle, &french)
	if french == "" {
		return
	}
	changed := french != p.Title["fr"]
	p.Title["fr"] = french
	switch {
	case s.given(r, fieldBambara, was) && s.typed(r, fieldBambara) == "=":
		p.Title["bm"] = french
	case s.given(r, fieldBambara, was):
		if text, ok := s.text(r, fieldBambara, maxTitle); ok {
			p.Title["bm"] = text
		}
	case follows && changed:
		p.Title["bm"] = french
		s.french = append(s.french, s.t.where(max(s.column(fieldBambara), s.column(fieldTitle)), r.n))
	case changed:
		s.remark(s.t, s.column(fieldTitle), r.n, "l'intitulé français change, celui en bambara reste « %s » ; vérifiez qu'il dit la même chose", p.Title["bm"])
	}
}

// sayFrench says which titles are not in Bambara.
func (s *importing) sayFrench() {
	if len(s.french) == 0 {
		return
	}
	cells := strings.Join(s.french[:min(len(s.french), 20)], ", ")
	if more := len(s.french) - 20; more > 0 {
		cells += fmt.Sprintf(" et %d autres", more)
	}
	s.remarks = append(s.remarks, Remark{Message: fmt.Sprintf(
		"projets sans intitulé bambara : %d ; les téléphones en bambara montreront l'intitulé français (%s) ; ajoutez une colonne « %s », ou écrivez = pour garder le français",
		len(s.french), cells, fieldBambara.name())})
}

func (s *importing) cost(r row, p, was *civic.Project) {
	c := s.cell(r, fieldCost)
	if s.column(fieldCost) == 0 || c.empty() {
		if was == nil {
			s.missing(r, fieldCost)
		}
		return
	}
	if was != nil && tidy(c.shown) == amount(was.Cost) {
		return
	}
	if isFault(tidy(c.raw)) {
		s.wrong(s.t, s.column(fieldCost), r.n, "« %s » est une erreur de formule ; corrigez la formule ou tapez le coût", cut(tidy(c.raw)))
		return
	}
	cost, why := parseCost(c, s.h.scale)
	if why != "" {
		s.wrong(s.t, s.column(fieldCost), r.n, "%s", why)
		return
	}
	if cost < 50_000 && (was == nil || was.Cost != cost) {
		s.remark(s.t, s.column(fieldCost), r.n, "%s pour un projet, c'est peu ; si la colonne est en milliers, écrivez « Coût (en milliers) » en tête", amount(cost))
	}
	p.Cost = cost
}

func (s *importing) funders(r row, p *civic.Project) {
	text := s.cell(r, fieldFunders).shown
	if tidy(text) == clearMark {
		p.Funders = nil
		return
	}
	if _, ok := s.text(r, fieldFunders, 0); ok {
		p.Funders = fundersOf(text)
	}
}

func (s *importing) due(r row, p *civic.Project) {
	if s.typed(r, fieldDue) == clearMark {
		p.Due = time.Time{}
		return
	}
	due, why := parseDue(s.cell(r, fieldDue), s.t.date1904)
	if why != "" {
		s.wrong(s.t, s.column(fieldDue), r.n, "%s", why)
		return
	}
	p.Due = due
}

// status reads a status; a change of one is a line of the project's history,
// dated the day of the import, with the observation.
func (s *importing) status(r row, p, was *civic.Project) {
	text := s.typed(r, fieldStatus)
	is, ok := statusOf(text)
	if !ok {
		s.wrong(s.t, s.column(fieldStatus), r.n, "le statut « %s » n'existe pas ; écrivez l'un de : %s", cut(text), strings.Join(labels(), ", "))
		return
	}
	p.Status = is
	if was == nil || was.Status == is || s.known.Now.IsZero() {
		return
	}
	note, ok := s.text(r, fieldNote, 0)
	if !ok {
		return
	}
	now := s.known.Now.In(civic.Bamako)
	day := inBamako(now.Year(), int(now.Month()), now.Day()).UTC()
	p.History = append(slices.Clone(p.History), civic.StatusChange{On: day, Status: is, Note: note})
}

// commune reads a commune's name or code. A code that a spreadsheet took for
// a number has lost its zero.
func (s *importing) commune(r row, text string) (civic.Code, bool) {
	col := s.column(fieldCommune)
	if plainDigits.MatchString(text) {
		code := civic.Code(text)
		if len(text) == 7 {
			code = civic.Code("0" + text)
			s.remark(s.t, col, r.n, "le code %s a perdu son zéro : lu %s", text, code)
		}
		if !s.plan.Covers(code) {
			s.wrong(s.t, col, r.n, "la commune %s n'est pas dans le périmètre du plan (%s)", code, s.scope())
			return "", false
		}
		return code, true
	}
	found := s.territory.Search(text, s.plan.Scope)
	if found.Unique == "" {
		s.wrong(s.t, col, r.n, "pas de commune « %s » dans le périmètre du plan (%s) ; écrivez son nom ou son code", cut(text), s.scope())
		return "", false
	}
	return found.Unique, true
}

func (s *importing) scope() string {
	var list []string
	for _, c := range s.plan.Scope {
		list = append(list, s.territory.Name(c)+" "+string(c))
	}
	return strings.Join(list, ", ")
}
