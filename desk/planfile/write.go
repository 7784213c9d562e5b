package planfile

import (
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/jamakan/jamakan/civic"
)

// The file's fields in the order in which they are written.
type (
	file struct {
		Code          string             `yaml:"code"`
		Title         civic.Text         `yaml:"titre"`
		Years         []int              `yaml:"annees,flow"`
		Authority     civic.Authority    `yaml:"autorite"`
		Phase         civic.Phase        `yaml:"phase"`
		Fictional     string             `yaml:"fictif,omitempty"`
		Places        []filePlace        `yaml:"lieux,omitempty"`
		Population    []fileResidents    `yaml:"population,omitempty"`
		Scope         []string           `yaml:"perimetre,flow"`
		Projects      []fileProject      `yaml:"projets"`
		Consultations []fileConsultation `yaml:"consultations,omitempty"`
	}
	filePlace struct {
		Code    string   `yaml:"code"`
		Name    string   `yaml:"nom"`
		Aliases []string `yaml:"autres_noms,flow,omitempty"`
	}
	fileResidents struct {
		Commune string `yaml:"commune"`
		Total   int    `yaml:"habitants"`
		Over15  int    `yaml:"plus_de_15,omitempty"`
		Women   int    `yaml:"femmes,omitempty"`
		Young   int    `yaml:"jeunes_15_35,omitempty"`
		Source  string `yaml:"source"`
		Year    int    `yaml:"annee"`
	}
	fileProject struct {
		Code    string       `yaml:"code"`
		Title   civic.Text   `yaml:"titre"`
		Sector  string       `yaml:"secteur"`
		Village string       `yaml:"village"`
		Commune string       `yaml:"commune,omitempty"`
		Cost    int64        `yaml:"cout"`
		Funders []string     `yaml:"financement,flow,omitempty"`
		Status  civic.Status `yaml:"statut"`
		Due     string       `yaml:"echeance,omitempty"`
		History []fileChange `yaml:"historique,omitempty"`
	}
	fileChange struct {
		On     string       `yaml:"date"`
		Status civic.Status `yaml:"statut"`
		Note   string       `yaml:"note,omitempty"`
		Proof  string       `yaml:"preuve,omitempty"`
	}
	fileConsultation struct {
		Code       string           `yaml:"code"`
		Question   civic.Text       `yaml:"question,omitempty"`
		Rule       civic.Rule       `yaml:"regle"`
		Options    []string         `yaml:"options,flow"`
		Scope      []string         `yaml:"perimetre,flow"`
		Opens      string           `yaml:"ouvre"`
		Closes     string           `yaml:"ferme"`
		Visibility civic.Visibility `yaml:"visibilite"`
		Annulled   *fileAnnulment   `yaml:"annulation,omitempty"`
		MoveReason string           `yaml:"motif_report,omitempty"`
		Draft      string           `yaml:"brouillon,omitempty"`
	}
	fileAnnulment struct {
		Reason civic.Text `yaml:"raison"`
	}
)

// Write makes the file that Read reads the same plan from. What the program
// decides by itself (option numbers, dates of moves and of an annulment) is
// not in a file.
func Write(p civic.Plan) ([]byte, error) {
	f := file{
		Code: p.Code, Title: p.Title, Years: []int{p.From, p.To}, Authority: p.Authority, Phase: p.Phase,
		Scope: codes(p.Scope), Projects: []fileProject{},
	}
	if p.Fictional {
		f.Fictional = "oui"
	}
	for _, place := range p.Places {
		f.Places = append(f.Places, filePlace{string(place.Code), place.Name, place.Aliases})
	}
	for _, c := range slices.Sorted(maps.Keys(p.Population)) {
		r := p.Population[c]
		f.Population = append(f.Population, fileResidents{string(c), r.Total, r.Over15, r.Women, r.Young, r.Source, r.Year})
	}
	for i := range p.Projects {
		f.Projects = append(f.Projects, projectLine(&p.Projects[i]))
	}
	for i := range p.Consultations {
		f.Consultations = append(f.Consultations, consultationLine(&p.Consultations[i]))
	}
	return yaml.Marshal(f)
}

func projectLine(p *civic.Project) fileProject {
	line := fileProject{
		Code: p.Code, Title: p.Title, Sector: p.Sector, Village: p.Village, Commune: string(p.Commune),
		Cost: int64(p.Cost), Funders: p.Funders, Status: p.Status, Due: day(p.Due, false),
	}
	for _, h := range p.History {
		line.History = append(line.History, fileChange{day(h.On, false), h.Status, h.Note, h.Proof})
	}
	return line
}

func consultationLine(c *civic.Consultation) fileConsultation {
	line := fileConsultation{
		Code: c.Code, Question: c.Question, Rule: c.Rule, Scope: codes(c.Scope), Opens: day(c.Opens, false),
		Closes: day(c.Closes, true), Visibility: c.Visibility, MoveReason: c.MoveReason,
	}
	for _, o := range c.Options {
		line.Options = append(line.Options, o.Project)
	}
	if c.Draft {
		line.Draft = "oui"
	}
	if c.Annulled != nil {
		line.Annulled = &fileAnnulment{c.Annulled.Reason}
	}
	return line
}

func codes(list []civic.Code) []string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = string(c)
	}
	return texts
}

// day writes a date the way Read understands it: a closing at midnight is the
// whole day before.
func day(t time.Time, closing bool) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(civic.Bamako)
	if t.Hour() != 0 || t.Minute() != 0 {
		return t.Format("2006-01-02 15:04")
	}
	if closing {
		t = t.AddDate(0, 0, -1)
	}
	return t.Format(time.DateOnly)
}
