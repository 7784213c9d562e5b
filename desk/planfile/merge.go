package planfile

import (
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
)

// merge brings a list of projects into a plan: projects are added and changed
// by code, or by title and village where they have none; nothing is taken out,
// and everything else of the plan stays.
func (s *importing) merge() {
	rows := s.projectRows()
	s.numbered = s.countsLines(rows)
	if s.numbered && s.column(fieldCode) == 0 {
		s.remark(s.t, s.column(fieldOrder), s.h.row, "cette colonne numérote les lignes ; les projets sont reconnus à leur intitulé et leur village")
	}
	if len(rows) == 0 {
		s.remark(s.t, 1, s.h.row, "aucun projet sous ces en-têtes")
	}
	if len(rows) > maxProjects {
		s.errors = append(s.errors, Error{Cell: s.t.name, Message: tooMany(len(rows))})
		return
	}
	for _, r := range rows {
		if code, ok := s.readCode(r); ok && code != "" && s.codes[code] == 0 {
			s.codes[code] = r.n
		}
	}
	if !s.complete(rows) {
		return
	}
	for _, r := range rows {
		s.project(r)
	}
	if len(s.plan.Projects) > maxProjects {
		s.errors = append(s.errors, Error{Cell: s.t.name, Message: tooMany(len(s.plan.Projects))})
	}
	s.sayFrench()
}

func tooMany(n int) string {
	return grouped(int64(n)) + " projets ; un plan en a 500 au plus : gardez ceux de ce plan, ou faites un plan par commune"
}

// projectRows tells the projects from the rest of the sheet, and says what was
// skipped.
func (s *importing) projectRows() []row {
	var rows []row
	for _, r := range s.t.rows {
		if r.n <= s.h.last {
			continue
		}
		first := r.filled()[0]
		switch shown := cut(tidy(r.at(first).shown)); s.kindOf(r) {
		case projectRow:
			rows = append(rows, r)
		case totalRow:
			s.remark(s.t, first, r.n, "ligne de total sautée (« %s »)", shown)
		case exampleRow:
			s.remark(s.t, first, r.n, "ligne d'exemple sautée")
		case titleRow:
			s.remark(s.t, first, r.n, "ligne de titre sautée (« %s »)", shown)
		case headerAgain:
			s.remark(s.t, first, r.n, "en-têtes répétés sautés")
		}
	}
	return rows
}

// complete checks that the sheet has the columns that its new projects need.
func (s *importing) complete(rows []row) bool {
	fresh := slices.ContainsFunc(rows, s.fresh)
	var missing []string
	for _, f := range []field{fieldTitle, fieldSector, fieldVillage, fieldCost} {
		if s.column(f) == 0 && (fresh || f == fieldTitle && s.column(fieldCode) == 0 && s.numbered) {
			missing = append(missing, "« "+f.name()+" »")
		}
	}
	if len(missing) == 0 {
		return true
	}
	s.wrong(s.t, 1, s.h.row, "il manque la colonne %s ; en-têtes trouvés : %s", strings.Join(missing, ", "), s.found())
	return false
}

// fresh says whether a row is a project that the plan lacks; mistakes are said
// when the row is read.
func (s *importing) fresh(r row) bool {
	before := len(s.errors)
	defer func() { s.errors = s.errors[:before] }()
	code, ok := s.readCode(r)
	if !ok {
		return false
	}
	was, ok := s.match(r, code)
	return ok && was == nil
}

// found lists the headings of the header row as they are written.
func (s *importing) found() string {
	r, _ := s.t.rowAt(s.h.row)
	var list []string
	for _, col := range r.filled() {
		list = append(list, "« "+cut(tidy(r.at(col).shown))+" »")
	}
	return strings.Join(list, ", ")
}

// project reads one row into the plan.
func (s *importing) project(r row) {
	code, ok := s.readCode(r)
	if !ok {
		return
	}
	was, ok := s.match(r, code)
	if !ok {
		s.fill(r, &civic.Project{}, s.plan.Project(code)) // its other mistakes are said too
		return
	}
	before := len(s.errors)
	p := civic.Project{Code: code, Status: civic.Proposed}
	if was != nil {
		p = *was
	}
	s.fill(r, &p, was)
	if was != nil {
		s.lost(r, was, &p)
	}
	switch {
	case len(s.errors) > before:
	case was != nil:
		s.matched[p.Code] = r.n
		s.relabel(was, &p)
		*was = p
		s.keys[p.Code] = key(p.Title["fr"], p.Village)
	default:
		s.add(r, p)
	}
}

// match finds the plan's project that a row speaks of: nil for a new one,
// false when the row can't be told from another.
func (s *importing) match(r row, code string) (*civic.Project, bool) {
	if code != "" {
		if first := s.codes[code]; first != 0 && first != r.n {
			s.wrong(s.t, s.codeColumn(), r.n, "le code « %s » est déjà celui de la ligne %d ; gardez une ligne, ou donnez un autre code", code, first)
			return nil, false
		}
		return s.plan.Project(code), true
	}
	want := key(s.typed(r, fieldTitle), s.typed(r, fieldVillage))
	var found *civic.Project
	for i := range s.plan.Projects {
		p := &s.plan.Projects[i]
		if s.keys[p.Code] != want {
			continue
		}
		if n := max(s.matched[p.Code], s.codes[p.Code]); n != 0 {
			s.wrong(s.t, s.column(fieldTitle), r.n, "le même projet est déjà à la ligne %d ; gardez une ligne, ou donnez un code à chacune", n)
			return nil, false
		}
		if found != nil {
			s.wrong(s.t, s.column(fieldTitle), r.n, "les projets %s et %s ont cet intitulé et ce village ; écrivez le code", found.Code, p.Code)
			return nil, false
		}
		found = p
	}
	return found, true
}

// key is what two spellings of one project share.
func key(title, village string) string { return plain(title) + "\n" + plain(village) }

func (s *importing) codeColumn() int {
	if col := s.column(fieldCode); col != 0 {
		return col
	}
	return s.column(fieldOrder)
}

// add puts a new project at the end, with a code if it has none.
func (s *importing) add(r row, p civic.Project) {
	own := key(p.Title["fr"], p.Village)
	for i := range s.plan.Projects {
		if o := &s.plan.Projects[i]; p.Code != "" && s.matched[o.Code] == 0 && s.keys[o.Code] == own {
			s.remark(s.t, s.column(fieldTitle), r.n, "le projet %s du plan a le même intitulé et le même village ; si c'est lui, écrivez son code", o.Code)
		}
	}
	if p.Code == "" {
		p.Code = s.nextCode(p.Sector)
		s.remark(s.t, max(s.codeColumn(), s.column(fieldTitle)), r.n, "sans code : il prend %s", p.Code)
	}
	s.matched[p.Code], s.keys[p.Code] = r.n, own
	s.plan.Projects = append(s.plan.Projects, p)
}

// relabel carries a project's new title and cost to the consultations that
// list it. One that is open keeps what citizens see, and the freeze then says
// by the project's name why the change is refused.
func (s *importing) relabel(was, is *civic.Project) {
	for i := range s.plan.Consultations {
		c := &s.plan.Consultations[i]
		if !s.known.Now.IsZero() && !s.known.Now.Before(c.Opens) {
			continue
		}
		for j := range c.Options {
			if o := &c.Options[j]; o.Project == was.Code {
				o.Label, o.Cost = is.Title, is.Cost
			}
		}
	}
}

// lost refuses a text that differs from the recorded one only in question
// marks where letters of Bambara stood: a CSV saved without UTF-8 loses them,
// and nobody corrects a title so.
func (s *importing) lost(r row, was, is *civic.Project) {
	for text, old := range map[string]string{is.Title["fr"]: was.Title["fr"], is.Title["bm"]: was.Title["bm"], is.Village: was.Village, is.Sector: was.Sector} {
		if lostLetters(old, text) {
			s.wrong(s.t, 1, r.n, "« %s » a perdu ses lettres ɛ ɔ ɲ ŋ (« %s ») ; enregistrez le fichier en XLSX, ou en « CSV UTF-8 »", cut(old), cut(text))
			return
		}
	}
}

func lostLetters(old, text string) bool {
	a, b := []rune(old), []rune(text)
	if len(a) != len(b) || old == text {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (b[i] != '?' || a[i] < 0x100) {
			return false
		}
	}
	return true
}
