package civic

import (
	"encoding/json"
	"slices"
	"time"
)

// Text is one text in several languages, by language tag ("fr", "bm").
type Text map[string]string

// In returns the text in the first of the languages that has one, else in
// any (the first tag in alphabetical order), else "".
func (t Text) In(tags ...string) string {
	for _, tag := range tags {
		if s := t[tag]; s != "" {
			return s
		}
	}
	first := ""
	for tag, s := range t {
		if s != "" && (first == "" || tag < first) {
			first = tag
		}
	}
	return t[first]
}

// Authority is who governs the commune. Councils have been replaced in many
// communes since 2024, so no screen may say "your elected mayor".
type Authority string

// The authorities a plan may have.
const (
	Council    Authority = "conseil_communal"
	Delegation Authority = "delegation_speciale"
	Interim    Authority = "autorite_interimaire"
)

// Phase is where a plan stands in its cycle (PDESC guide, revised 2018). What
// citizens may do depends on it.
type Phase string

// The phases in the order of the cycle.
const (
	Information   Phase = "information"
	Propositions  Phase = "propositions"
	Priorisation  Phase = "priorisation"
	Programmation Phase = "programmation"
	Execution     Phase = "execution"
	Evaluation    Phase = "evaluation"
)

// Phases lists the phases in the order of the cycle.
func Phases() []Phase {
	return []Phase{Information, Propositions, Priorisation, Programmation, Execution, Evaluation}
}

// Allows says whether citizens may vote during the phase: only in
// Priorisation.
func (p Phase) Allows() bool { return p == Priorisation }

// FCFA is an amount in CFA francs, which have no cents.
type FCFA int64

// Status is how far a project is.
type Status string

// The statuses of a project (MALI.md glossary: proposé, retenu, programmé,
// financé, en cours, achevé, en panne, abandonné) plus two that citizens ask
// about: not started and late.
const (
	Proposed   Status = "propose"
	Retained   Status = "retenu"
	Programmed Status = "programme"
	Funded     Status = "finance"
	NotStarted Status = "pas_commence"
	Underway   Status = "en_cours"
	Late       Status = "en_retard"
	Done       Status = "acheve"
	Broken     Status = "en_panne"
	Abandoned  Status = "abandonne"
)

// Statuses lists every status, in the order of a project's life.
func Statuses() []Status {
	return []Status{Proposed, Retained, Programmed, Funded, NotStarted, Underway, Late, Done, Broken, Abandoned}
}

// StatusChange is one line of a project's history.
type StatusChange struct {
	On     time.Time `json:"on"`
	Status Status    `json:"status"`
	Note   string    `json:"note,omitempty"`
	Proof  string    `json:"proof,omitempty"` // where it can be checked: a minute, a photo, a delivery note
}

// Project is one work of a plan.
type Project struct {
	Code    string         `json:"code"`
	Title   Text           `json:"title"`
	Sector  string         `json:"sector"`
	Village string         `json:"village"`
	Commune Code           `json:"commune"`
	Cost    FCFA           `json:"cost"`
	Funders []string       `json:"funders,omitempty"`
	Status  Status         `json:"status"`
	Due     time.Time      `json:"due,omitzero"` // the date a late, running or done project's sentence names
	History []StatusChange `json:"history,omitempty"`
}

// Record adds a change of status to the history, in order of days; the status is
// that of the last day. One that is there already is not added again.
func (p *Project) Record(change StatusChange) {
	if !slices.Contains(p.History, change) {
		p.History = append(slices.Clone(p.History), change)
		slices.SortStableFunc(p.History, func(a, b StatusChange) int { return a.On.Compare(b.On) })
	}
	p.Status = p.History[len(p.History)-1].Status
}

// Plan is a commune's or an intercommunal group's PDESC.
type Plan struct {
	Code          string             `json:"code"`
	Title         Text               `json:"title"`
	From          int                `json:"from"` // first year
	To            int                `json:"to"`   // last year
	Scope         []Code             `json:"scope"`
	Authority     Authority          `json:"authority"`
	Phase         Phase              `json:"phase"`
	Fictional     bool               `json:"fictional,omitempty"` // screens carry the mark FICTIF
	Places        []Place            `json:"places,omitempty"`    // places the built-in territory lacks
	Population    map[Code]Residents `json:"population,omitempty"`
	Projects      []Project          `json:"projects"`
	Consultations []Consultation     `json:"consultations"`
}

// Residents is a denominator: how many people live in a commune, by whom and
// when counted. Absent, no rate is published.
type Residents struct {
	Total  int    `json:"total"`
	Over15 int    `json:"over15,omitempty"`
	Women  int    `json:"women,omitempty"` // of Total
	Young  int    `json:"young,omitempty"` // from 15 to 35 years
	Source string `json:"source"`
	Year   int    `json:"year"`
}

// Covers says whether the plan concerns the commune.
func (p *Plan) Covers(commune Code) bool { return slices.Contains(p.Scope, commune) }

// Project returns the project with that code, or nil.
func (p *Plan) Project(code string) *Project {
	for i := range p.Projects {
		if p.Projects[i].Code == code {
			return &p.Projects[i]
		}
	}
	return nil
}

// ProjectsIn returns the projects that concern a commune, in plan order: its
// own, and those that name no commune.
func (p *Plan) ProjectsIn(commune Code) []*Project {
	var in []*Project
	for i := range p.Projects {
		if c := p.Projects[i].Commune; c == "" || c == commune {
			in = append(in, &p.Projects[i])
		}
	}
	return in
}

// Consultation returns the consultation with that code, or nil.
func (p *Plan) Consultation(code string) *Consultation {
	for i := range p.Consultations {
		if p.Consultations[i].Code == code {
			return &p.Consultations[i]
		}
	}
	return nil
}

// Copy is a plan that can be changed without changing this one.
func (p *Plan) Copy() (Plan, error) {
	var c Plan
	encoded, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(encoded, &c)
	}
	for i := range c.Consultations {
		c.Consultations[i].MoveReason = p.Consultations[i].MoveReason
	}
	return c, err
}
