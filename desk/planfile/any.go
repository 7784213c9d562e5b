package planfile

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Known is what is recorded already: a bare list of projects updates one of
// its plans.
type Known struct {
	Plans []civic.Plan
	Code  string    // the plan that a bare list updates; needed when there are several
	Now   time.Time // dates the changes of status; zero: they leave no line of history
}

// WhichPlanError says that a list of projects does not say whose it is.
type WhichPlanError struct{ Codes []string }

// Error says how to name the plan.
func (e *WhichPlanError) Error() string {
	if len(e.Codes) == 0 {
		return "ce tableau ne dit pas de quel plan il est, et aucun plan n'est enregistré ; ajoutez-lui la feuille « Plan » du modèle (jamakan plan template)"
	}
	return "ce tableau ne dit pas de quel plan il est ; nommez-le avec --plan (" + strings.Join(e.Codes, ", ") + "), ou ajoutez la feuille « Plan » du modèle"
}

// ReadAny reads a plan from a plan file (YAML), or brings a spreadsheet (XLSX
// or CSV) into the plan it belongs to. What the file is, its content says; the
// name only settles what a text is. Its errors are Errors or *WhichPlanError.
func ReadAny(name string, data []byte, known Known) (civic.Plan, []Remark, error) {
	if len(data) > maxFile {
		return civic.Plan{}, nil, wholeFile("ce fichier dépasse 8 Mio : ce n'est pas la liste des projets d'un plan")
	}
	tables, err := readTables(name, data)
	if err != nil {
		return civic.Plan{}, nil, err
	}
	if tables == nil {
		p, err := Read(data)
		return p, nil, err
	}
	return readSheets(tables, known)
}

// readTables reads the sheets of a spreadsheet; none when the file is YAML.
func readTables(name string, data []byte) ([]table, error) {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, wholeFile("c'est un ancien classeur Excel (.xls), ou un classeur fermé par un mot de passe ; dans Excel ou LibreOffice : Fichier, Enregistrer sous, « Classeur Excel (.xlsx) », sans mot de passe")
	case bytes.HasPrefix(data, []byte("%PDF")):
		return nil, wholeFile("c'est un PDF ; demandez le tableau d'origine, ou recopiez-le dans le modèle (jamakan plan template)")
	case ext == ".yaml" || ext == ".yml":
		return nil, nil
	}
	text, err := decoded(data)
	if err != nil {
		return nil, err
	}
	separator := sniffCSV(text)
	if separator == 0 && ext != ".csv" && ext != ".tsv" {
		return nil, nil
	}
	if separator == 0 {
		separator = ';'
	}
	t, err := readCSV(text, separator)
	return []table{t}, err
}

// readSheets brings the sheets of a file into a plan.
func readSheets(tables []table, known Known) (civic.Plan, []Remark, error) {
	all := sheetErrors{}
	projects, fields := all.choose(tables)
	if projects == nil {
		return civic.Plan{}, nil, all.errors
	}
	s := &importing{sheetErrors: all, t: projects, known: known, codes: map[string]int{}, matched: map[string]int{}, keys: map[string]string{}}
	s.h, _ = findHeader(projects)
	if err := s.begin(fields); err != nil {
		return civic.Plan{}, nil, err
	}
	s.headerRemarks()
	if len(s.errors) == 0 || s.plan.Code != "" {
		s.merge()
	}
	if len(s.errors) == 0 {
		s.checkWhole()
	}
	if len(s.errors) > 0 {
		return civic.Plan{}, s.remarks, s.errors
	}
	return s.plan, s.remarks, nil
}

// begin finds the plan that the list belongs to and applies the Plan sheet.
func (s *importing) begin(fields *table) error {
	var sheet planSheet
	code := s.known.Code
	if fields != nil && !slices.ContainsFunc(fields.rows, func(r row) bool { return plain(r.at(1).shown) != "champ" && len(values(r)) > 0 }) {
		fields = nil // the template's, left empty
	}
	if fields != nil {
		sheet = s.readPlanSheet(fields)
		if code != "" && sheet.code != "" && code != sheet.code {
			return wholeFile("la feuille « Plan » est celle du plan " + sheet.code + ", et --plan nomme " + code)
		}
		code = sheet.code
		if code == "" && len(s.errors) > 0 {
			return s.errors
		}
	}
	if code == "" && len(s.known.Plans) == 1 {
		code = s.known.Plans[0].Code
	}
	i := slices.IndexFunc(s.known.Plans, func(p civic.Plan) bool { return p.Code == code && code != "" })
	switch {
	case i >= 0:
		s.plan = clone(s.known.Plans[i])
	case fields != nil:
		s.plan = civic.Plan{Code: code, Population: map[civic.Code]civic.Residents{}}
	default:
		return s.whichPlan(code)
	}
	if fields != nil {
		s.apply(fields, sheet, i < 0)
	}
	return s.settle()
}

func (s *importing) whichPlan(code string) error {
	var codes []string
	for _, p := range s.known.Plans {
		codes = append(codes, p.Code)
	}
	if code != "" && len(codes) > 0 {
		return wholeFile("pas de plan de code « " + cut(code) + " » ; les plans enregistrés : " + strings.Join(codes, ", "))
	}
	return &WhichPlanError{codes}
}

// settle knows the places and the projects of the plan.
func (s *importing) settle() error {
	t, err := civic.Kayes().With(s.plan.Places)
	if err != nil {
		return wholeFile("lieux : " + placeFault(err))
	}
	s.territory = t
	for _, p := range s.plan.Projects {
		s.keys[p.Code] = key(p.Title["fr"], p.Village)
	}
	return nil
}

// clone copies what an import may change, so that the caller's plan stays.
func clone(p civic.Plan) civic.Plan {
	p.Title, p.Population = maps.Clone(p.Title), maps.Clone(p.Population)
	p.Projects, p.Places, p.Scope = slices.Clone(p.Projects), slices.Clone(p.Places), slices.Clone(p.Scope)
	p.Consultations = slices.Clone(p.Consultations)
	for i := range p.Consultations {
		p.Consultations[i].Options = slices.Clone(p.Consultations[i].Options)
	}
	return p
}

// headerRemarks says which columns were not read, and refuses two that may be
// the same field and can't be told apart.
func (s *importing) headerRemarks() {
	r, _ := s.t.rowAt(s.h.row)
	for _, two := range s.h.twice {
		read, left := tidy(r.at(two.read).shown), tidy(r.at(two.left).shown)
		if two.sure {
			s.remark(s.t, two.left, s.h.row, "« %s » n'est pas lu : « %s » l'est pour %s", cut(left), cut(read), two.field.name())
			continue
		}
		s.wrong(s.t, two.left, s.h.row, "deux colonnes « %s » et « %s » ; changez l'en-tête de celle qui ne compte pas", cut(read), cut(left))
	}
	if len(s.h.ignored) > 0 {
		var list []string
		for _, col := range slices.Sorted(maps.Keys(s.h.ignored)) {
			list = append(list, "« "+cut(s.h.ignored[col])+" »")
		}
		s.remark(s.t, slices.Min(slices.Collect(maps.Keys(s.h.ignored))), s.h.row, "colonnes non lues : %s", strings.Join(list, ", "))
	}
}

// checkWhole reads the plan as a plan file: whatever no cell's check refused
// and a plan file would be refused for is refused too.
func (s *importing) checkWhole() {
	written, err := Write(s.plan)
	if err == nil {
		_, err = Read(written)
	}
	var all Errors
	if errors.As(err, &all) {
		for _, one := range all {
			s.errors = append(s.errors, Error{Message: one.Message})
		}
	} else if err != nil {
		s.errors = wholeFile(err.Error())
	}
}
