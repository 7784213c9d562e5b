package civic_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

var (
	before = time.Date(2026, 11, 10, 12, 0, 0, 0, civic.Bamako)
	opens  = time.Date(2026, 11, 16, 0, 0, 0, 0, civic.Bamako)
	during = time.Date(2026, 11, 24, 12, 0, 0, 0, civic.Bamako)
	closes = time.Date(2026, 12, 21, 0, 0, 0, 0, civic.Bamako)
	after  = time.Date(2026, 12, 22, 12, 0, 0, 0, civic.Bamako)
)

func samplePlan() civic.Plan {
	title := func(fr string) civic.Text { return civic.Text{"fr": fr, "bm": fr} }
	return civic.Plan{
		Code: "JAM", Title: title("Plan"), From: 2026, To: 2030, Scope: []civic.Code{"01010103"},
		Authority: civic.Council, Phase: civic.Priorisation,
		Projects: []civic.Project{
			{Code: "EAU", Title: title("Forage"), Sector: "eau", Village: "A", Cost: 12_000_000, Status: civic.Proposed},
			{Code: "EDU", Title: title("École"), Sector: "éducation", Village: "B", Cost: 28_000_000, Status: civic.Proposed},
			{Code: "OLD", Title: title("Pont"), Sector: "pistes", Village: "C", Cost: 9_000_000, Status: civic.Underway},
		},
		Consultations: []civic.Consultation{{
			Code: "JAM-1", Plan: "JAM", Rule: civic.Choose, Visibility: civic.ParticipationOnly, Scope: []civic.Code{"01010103"},
			Question: title("Lequel ?"), Opens: opens, Closes: closes,
			Options: []civic.Option{
				{Number: 1, Project: "EAU", Label: title("Forage"), Cost: 12_000_000},
				{Number: 2, Project: "EDU", Label: title("École"), Cost: 28_000_000},
			},
		}},
	}
}

func TestFreezeRefusesWhatCitizensAlreadySee(t *testing.T) {
	for name, change := range map[string]func(*civic.Plan){
		"option added": func(p *civic.Plan) {
			p.Consultations[0].Options = append(p.Consultations[0].Options, civic.Option{Number: 3, Project: "OLD"})
		},
		"option removed":       func(p *civic.Plan) { p.Consultations[0].Options = p.Consultations[0].Options[:1] },
		"options swapped":      func(p *civic.Plan) { slices.Reverse(p.Consultations[0].Options) },
		"option number":        func(p *civic.Plan) { p.Consultations[0].Options[1].Number = 3 },
		"option label":         func(p *civic.Plan) { p.Consultations[0].Options[0].Label = civic.Text{"fr": "Puits", "bm": "Puits"} },
		"rule":                 func(p *civic.Plan) { p.Consultations[0].Rule = civic.Approve },
		"max":                  func(p *civic.Plan) { p.Consultations[0].Max = 2 },
		"budget":               func(p *civic.Plan) { p.Consultations[0].Budget = 1 },
		"visibility":           func(p *civic.Plan) { p.Consultations[0].Visibility = civic.Live },
		"scope":                func(p *civic.Plan) { p.Consultations[0].Scope = []civic.Code{"01010104"} },
		"question":             func(p *civic.Plan) { p.Consultations[0].Question = civic.Text{"fr": "Quoi ?"} },
		"opening":              func(p *civic.Plan) { p.Consultations[0].Opens = before },
		"earlier closing":      func(p *civic.Plan) { p.Consultations[0].Closes = closes.Add(-time.Hour) },
		"later, no reason":     func(p *civic.Plan) { p.Consultations[0].Closes = closes.AddDate(0, 0, 7) },
		"consultation removed": func(p *civic.Plan) { p.Consultations = nil },
		"project removed":      func(p *civic.Plan) { p.Projects = p.Projects[1:] },
		"project title":        func(p *civic.Plan) { p.Projects[0].Title = civic.Text{"fr": "Puits", "bm": "Puits"} },
		"project code":         func(p *civic.Plan) { p.Projects[0].Code = "EAU-2" },
		"project cost":         func(p *civic.Plan) { p.Projects[0].Cost++ },
		"fictional":            func(p *civic.Plan) { p.Fictional = true },
		"commune leaves":       func(p *civic.Plan) { p.Scope = []civic.Code{"01010104"} },
	} {
		t.Run(name, func(t *testing.T) {
			old, plan := samplePlan(), samplePlan()
			change(&plan)
			_, _, err := civic.Freeze(&old, plan, during)
			var frozen *civic.FrozenError
			if !errors.As(err, &frozen) || frozen.Where == "" || frozen.What == "" {
				t.Errorf("while open: got error %v, want a FrozenError", err)
			}
			if name == "fictional" {
				return
			}
			if _, changes, err := civic.Freeze(&old, plan, before); err != nil || len(changes) == 0 {
				t.Errorf("before opening: got %v, %v, want it changed", changes, err)
			}
		})
	}
}

func TestFreezeLetsWorkGoOn(t *testing.T) {
	for name, change := range map[string]func(*civic.Plan){
		"status of a followed work": func(p *civic.Plan) { p.Projects[2].Status = civic.Done },
		"status of a voted work":    func(p *civic.Plan) { p.Projects[0].Status = civic.Funded },
		"due":                       func(p *civic.Plan) { p.Projects[2].Due = closes },
		"history": func(p *civic.Plan) {
			p.Projects[2].History = []civic.StatusChange{{On: before, Status: civic.Underway}}
		},
		"cost of a followed work": func(p *civic.Plan) { p.Projects[2].Cost = 1 },
		"phase":                   func(p *civic.Plan) { p.Phase = civic.Programmation },
		"new project":             func(p *civic.Plan) { p.Projects = append(p.Projects, civic.Project{Code: "NEW"}) },
		"followed work removed":   func(p *civic.Plan) { p.Projects = p.Projects[:2] },
		"commune joins":           func(p *civic.Plan) { p.Scope = append(p.Scope, "01010104") },
		"new consultation": func(p *civic.Plan) {
			p.Consultations = append(p.Consultations, civic.Consultation{Code: "JAM-2", Plan: "JAM", Opens: after, Closes: after.AddDate(0, 1, 0)})
		},
		"later with a reason": func(p *civic.Plan) {
			p.Consultations[0].Closes, p.Consultations[0].MoveReason = closes.AddDate(0, 0, 7), "pluies"
		},
		"annulled": func(p *civic.Plan) {
			p.Consultations[0].Annulled = &civic.Annulment{Reason: civic.Text{"fr": "erreur"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			old, plan := samplePlan(), samplePlan()
			change(&plan)
			next, changes, err := civic.Freeze(&old, plan, during)
			if err != nil || len(changes) == 0 {
				t.Fatalf("got %v, %v, want changes", changes, err)
			}
			again, changes, err := civic.Freeze(&next, plan, during.Add(time.Hour))
			if err != nil || len(changes) != 0 {
				t.Errorf("the same plan again: got %v, %v, want nothing", changes, err)
			}
			if got, want := jsonOf(t, again), jsonOf(t, next); got != want {
				t.Errorf("the same plan again: got %s, want %s", got, want)
			}
		})
	}
}

func TestFreezeRecordsTheMoveAndTheAnnulment(t *testing.T) {
	old, plan := samplePlan(), samplePlan()
	later := closes.AddDate(0, 0, 7)
	plan.Consultations[0].Closes, plan.Consultations[0].MoveReason = later, "pluies"
	next, _, err := civic.Freeze(&old, plan, during)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := next.Consultations[0].Moves, []civic.Move{{At: during, From: closes, To: later, Reason: "pluies"}}; !slices.Equal(got, want) {
		t.Errorf("got moves %v, want %v", got, want)
	}
	if len(plan.Consultations[0].Moves) != 0 {
		t.Error("the caller's plan was changed")
	}
	annul := plan
	annul.Consultations = slices.Clone(plan.Consultations)
	annul.Consultations[0].Annulled = &civic.Annulment{Reason: civic.Text{"fr": "erreur"}}
	ended, _, err := civic.Freeze(&next, annul, during)
	if err != nil {
		t.Fatal(err)
	}
	if got := ended.Consultations[0].Annulled; got == nil || !got.At.Equal(during) {
		t.Errorf("got annulment %v, want one dated %v", got, during)
	}
	if _, _, err := civic.Freeze(&ended, plan, during); err == nil {
		t.Error("an annulled consultation came back")
	}
	if _, _, err := civic.Freeze(&old, plan, after); err == nil {
		t.Error("a closed consultation was opened again")
	}
	first, changes, err := civic.Freeze(nil, annul, during)
	if err != nil || len(changes) != 1 || first.Consultations[0].Annulled.At.IsZero() {
		t.Errorf("a plan not seen before: got %v, %v, annulment %v", changes, err, first.Consultations[0].Annulled)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
