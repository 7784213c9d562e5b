package planfile

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Diff is what an import would change, for a coordinator to read before it
// does.
type Diff struct {
	Plan          string        `json:"plan"`
	New           bool          `json:"new,omitempty"` // no such plan yet
	Fields        []FieldChange `json:"fields,omitempty"`
	Projects      []Entry       `json:"projects,omitempty"`
	Consultations []Entry       `json:"consultations,omitempty"`
	Unchanged     int           `json:"unchanged"`         // projects that stay as they are
	Remarks       []Remark      `json:"remarks,omitempty"` // what the file left to say
	Refused       string        `json:"refused,omitempty"` // why the import would be refused; "" when it would not
}

// Action is what happens to a project or a consultation.
type Action string

// The actions. A spreadsheet never removes.
const (
	Added   Action = "added"
	Changed Action = "changed"
	Removed Action = "removed"
)

// Entry is a project or a consultation that is added, changed or removed.
type Entry struct {
	Action Action        `json:"action"`
	Code   string        `json:"code"`
	Title  string        `json:"title"`
	Fields []FieldChange `json:"fields,omitempty"`
}

// FieldChange is one field before and after, as a coordinator reads it.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// Empty says whether nothing would change.
func (d Diff) Empty() bool {
	return !d.New && len(d.Fields) == 0 && len(d.Projects) == 0 && len(d.Consultations) == 0
}

// Count says how many projects an action concerns.
func (d Diff) Count(a Action) int {
	n := 0
	for _, e := range d.Projects {
		if e.Action == a {
			n++
		}
	}
	return n
}

// Preview compares a plan with the one that is recorded, nil for none, and
// asks civic.Freeze whether the import would be accepted.
func Preview(old *civic.Plan, plan civic.Plan, now time.Time, remarks []Remark) Diff {
	d := Diff{Plan: plan.Code, New: old == nil, Remarks: remarks}
	next, _, err := civic.Freeze(old, plan, now)
	if err != nil {
		d.Refused = err.Error()
		next = plan
	}
	was := old
	if was == nil {
		was = &civic.Plan{}
	}
	d.Fields = changed(planView(was), planView(&next))
	d.projects(was, &next)
	d.consultations(was, &next)
	return d
}

func (d *Diff) projects(old, plan *civic.Plan) {
	for i := range plan.Projects {
		p := &plan.Projects[i]
		was := old.Project(p.Code)
		e := Entry{Action: Changed, Code: p.Code, Title: p.Title.In("fr")}
		if was == nil {
			e.Action, was = Added, &civic.Project{}
		}
		if e.Fields = changed(projectView(was), projectView(p)); len(e.Fields) > 0 {
			d.Projects = append(d.Projects, e)
			continue
		}
		d.Unchanged++
	}
	for i := range old.Projects {
		if p := &old.Projects[i]; plan.Project(p.Code) == nil {
			d.Projects = append(d.Projects, Entry{Action: Removed, Code: p.Code, Title: p.Title.In("fr")})
		}
	}
}

func (d *Diff) consultations(old, plan *civic.Plan) {
	for i := range plan.Consultations {
		c := &plan.Consultations[i]
		was := old.Consultation(c.Code)
		e := Entry{Action: Changed, Code: c.Code, Title: c.Question.In("fr")}
		if was == nil {
			e.Action, was = Added, &civic.Consultation{}
		}
		if e.Fields = changed(consultationView(was), consultationView(c)); len(e.Fields) > 0 {
			d.Consultations = append(d.Consultations, e)
		}
	}
	for i := range old.Consultations {
		if c := &old.Consultations[i]; plan.Consultation(c.Code) == nil {
			d.Consultations = append(d.Consultations, Entry{Action: Removed, Code: c.Code, Title: c.Question.In("fr")})
		}
	}
}

// view is a record as a coordinator reads it: its fields in order.
type view []FieldChange

func (v *view) add(field, value string) { *v = append(*v, FieldChange{Field: field, New: value}) }

// changed pairs two views of the same record.
func changed(old, is view) []FieldChange {
	var list []FieldChange
	for i := range is {
		if old[i].New != is[i].New {
			list = append(list, FieldChange{is[i].Field, old[i].New, is[i].New})
		}
	}
	return list
}

func planView(p *civic.Plan) view {
	var v view
	v.add("titre (français)", p.Title["fr"])
	v.add("titre (bambara)", p.Title["bm"])
	years := ""
	if p.From != 0 {
		years = strconv.Itoa(p.From) + "-" + strconv.Itoa(p.To)
	}
	v.add("années", years)
	v.add("périmètre", strings.Join(codes(p.Scope), ", "))
	v.add("autorité", string(p.Authority))
	v.add("phase", string(p.Phase))
	v.add("fictif", map[bool]string{true: "oui"}[p.Fictional])
	v.add("lieux", placesText(p.Places))
	v.add("population", populationText(p))
	return v
}

func projectView(p *civic.Project) view {
	var v view
	for f := fieldTitle; f <= fieldDue; f++ {
		text := projectText(p, f)
		if f == fieldCost && p.Cost == 0 {
			text = ""
		}
		v.add(strings.ToLower(strings.TrimSuffix(f.name(), " (FCFA)")), text)
	}
	var lines []string
	for _, h := range p.History {
		lines = append(lines, strings.TrimSpace(dueText(h.On)+" "+label(h.Status)+" "+h.Note))
	}
	v.add("historique", strings.Join(lines, ", "))
	return v
}

func consultationView(c *civic.Consultation) view {
	var v view
	v.add("question (français)", c.Question["fr"])
	v.add("question (bambara)", c.Question["bm"])
	v.add("règle", string(c.Rule))
	var options []string
	for _, o := range c.Options {
		options = append(options, fmt.Sprintf("%d %s %s / %s (%s)", o.Number, o.Project, o.Label["fr"], o.Label["bm"], amount(o.Cost)))
	}
	v.add("options", strings.Join(options, ", "))
	v.add("périmètre", strings.Join(codes(c.Scope), ", "))
	v.add("ouverture", dueText(c.Opens))
	v.add("fermeture", closingText(c.Closes))
	v.add("visibilité", string(c.Visibility))
	v.add("annulation", reason(c))
	return v
}

// closingText is the last day, as a plan file writes it: a closing at midnight
// is the whole day before.
func closingText(t time.Time) string {
	if local := t.In(civic.Bamako); !t.IsZero() && local.Hour() == 0 && local.Minute() == 0 {
		t = t.AddDate(0, 0, -1)
	}
	return dueText(t)
}

func reason(c *civic.Consultation) string {
	if c.Annulled == nil {
		return ""
	}
	return c.Annulled.Reason.In("fr")
}
