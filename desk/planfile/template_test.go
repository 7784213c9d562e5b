package planfile_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

// odd is a plan whose texts a spreadsheet could mistake for something else.
func odd(t testing.TB) civic.Plan {
	p := smallPlan(t)
	p.Fictional = true
	p.Places = []civic.Place{{Code: "01010199", Name: "Autre", Aliases: []string{"Un", "Deux"}}}
	p.Population = map[civic.Code]civic.Residents{"01010103": {Total: 12101, Over15: 6000, Source: "RGPH ; provisoire", Year: 2009}, "01010199": {Total: 5, Source: "enquête", Year: 2020}}
	p.Scope = []civic.Code{"01010103", "01010199"}
	p.Projects[0].Funders = []string{"Coopération A, B", "x;y", "C+D"}
	p.Projects[0].Commune = "01010199"
	p.Projects[1].Funders = []string{"A, B"}
	p.Projects[1].Due = today()
	p.Projects[1].History = []civic.StatusChange{{On: today(), Status: civic.Underway, Note: "note"}}
	p.Projects = append(p.Projects, civic.Project{
		Code: "007", Title: civic.Text{"fr": "<b> & +1", "bm": "="}, Sector: "-", Village: "@x", Cost: 1, Status: civic.Done,
	})
	return p
}

func TestTheTemplateOfAPlanChangesNothing(t *testing.T) {
	demo := planfile.Demo(today())
	for name, p := range map[string]civic.Plan{"small": smallPlan(t), "demo": demo, "odd": odd(t)} {
		data, err := planfile.TemplateOf(p)
		if err != nil {
			t.Fatal(err)
		}
		back, remarks, err := planfile.ReadAny("x.xlsx", data, planfile.Known{Plans: []civic.Plan{smallPlan(t), demo, p}[2:], Now: today()})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(back, p) || len(remarks) > 0 {
			t.Errorf("%s: got %+v, %v\nwant %+v", name, back, remarks, p)
		}
		if d := planfile.Preview(&p, back, today(), remarks); !d.Empty() || d.Refused != "" {
			t.Errorf("%s: got\n%s", name, strings.Join(d.Lines(), "\n"))
		}
		again, err := planfile.TemplateOf(p)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: made again, it is another file (%v)", name, err)
		}
	}
}

func TestTheTemplateMakesANewPlan(t *testing.T) {
	demo := planfile.Demo(today())
	data, err := planfile.TemplateOf(demo)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := planfile.ReadAny("x.xlsx", data, planfile.Known{})
	if err != nil {
		t.Fatal(err)
	}
	want := demo
	want.Consultations = nil // they are not in a spreadsheet
	if p.Code != want.Code || !reflect.DeepEqual(p.Scope, want.Scope) || !reflect.DeepEqual(p.Places, want.Places) || len(p.Projects) != len(want.Projects) {
		t.Errorf("got %+v\nwant %+v", p, want)
	}
	if d := planfile.Preview(nil, p, today(), nil); !d.New || d.Count(planfile.Added) != len(want.Projects) {
		t.Errorf("got\n%s", strings.Join(d.Lines(), "\n"))
	}
}

func TestTheEmptyTemplate(t *testing.T) {
	data, err := planfile.Template()
	if err != nil {
		t.Fatal(err)
	}
	p, remarks, err := planfile.ReadAny("x.xlsx", data, knownSmall(t))
	if err != nil || !reflect.DeepEqual(p, smallPlan(t)) || len(remarks) != 2 {
		t.Errorf("got %+v, %v, %v; want the plan as it is, its example skipped", p, remarks, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !reflect.DeepEqual(got, []string{"Projets", "Plan", "Aide"}) {
		t.Errorf("got sheets %v", got)
	}
	if v, err := f.GetDataValidations("Projets"); err != nil || len(v) != 1 || !strings.Contains(v[0].Formula1, "achevé") {
		t.Errorf("got %+v, %v, want the statuses offered", v, err)
	}
	if again, err := planfile.Template(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("made again, it is another file (%v)", err)
	}
}

func TestThePlanSheetSaysWhatIsWrong(t *testing.T) {
	good := [][]any{
		{"Champ", "Valeur"},
		{"Code du plan", "NEUF-1"},
		{"Titre (français)", "PDESC neuf"},
		{"Années", 2026, 2030},
		{"Périmètre", 1010103},
		{"Autorité", "Délégation spéciale"},
		{"Phase", "Exécution"},
	}
	list := [][]any{headingsRow(), {"A-1", "Puits", nil, "eau", "Kabaté", 9_000_000}}
	p, remarks, err := planfile.ReadAny("x.xlsx", book(t, map[string][][]any{"Projets": list, "Plan": good}, nil), planfile.Known{})
	if err != nil || p.Code != "NEUF-1" || p.Scope[0] != "01010103" || p.Phase != civic.Execution || p.Title["bm"] != "PDESC neuf" || len(remarks) == 0 {
		t.Fatalf("got %+v, %v, %v", p, remarks, err)
	}
	for name, row := range map[string]struct {
		at   int
		row  []any
		says string
	}{
		"no code":       {1, nil, "il manque « Code du plan »"},
		"bad code":      {1, []any{"Code", "A B"}, "Plan!B2 : « A B » n'est pas un code"},
		"long title":    {2, []any{"Titre", strings.Repeat("x", 61)}, "60 au plus"},
		"no title":      {2, nil, "il manque « Titre (français) », nécessaire à un plan nouveau"},
		"years turned":  {3, []any{"Années", "2030-2026"}, "Plan!B4 : écrivez la première et la dernière"},
		"commune":       {4, []any{"Périmètre", "09090909"}, "pas de commune de code « 09090909 »"},
		"commune twice": {4, []any{"Périmètre", "01010103", "01010103"}, "Plan!C5"},
		"authority":     {5, []any{"Autorité", "maire"}, "conseil_communal"},
		"phase":         {6, []any{"Phase", "vote"}, "information"},
		"twice":         {6, []any{"Titre", "autre"}, "deux fois"},
		"place":         {6, []any{"Lieu", "0101", ""}, "n'est pas"},
		"place without": {6, []any{"Lieu", "02010101", "Autre"}, "le lieu qui entoure"},
		"people":        {6, []any{"Population", "01010103", "beaucoup"}, "code, habitants"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := append([][]any{}, good...)
			rows[row.at] = row.row
			_, _, err := planfile.ReadAny("x.xlsx", book(t, map[string][][]any{"Projets": list, "Plan": rows}, nil), planfile.Known{})
			says(t, err, row.says)
		})
	}
}

// TestTheExamples: the spreadsheets of docs/ stay what this program makes and
// reads.
func TestTheExamples(t *testing.T) {
	yaml, err := os.ReadFile("../../docs/plan.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := planfile.Read(yaml)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		data, err := planfile.TemplateOf(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../docs/plan.example.xlsx", data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Read, not compared: another Go may compress to other bytes.
	data, err := os.ReadFile("../../docs/plan.example.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	back, remarks, err := planfile.ReadAny("plan.example.xlsx", data, planfile.Known{Plans: []civic.Plan{p}})
	if err != nil || !reflect.DeepEqual(back, p) || len(remarks) > 0 {
		t.Errorf("got %+v, %v, %v\nwant %+v", back, remarks, err, p)
	}
	csv, err := os.ReadFile("../../docs/plan.example.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := planfile.ReadAny("plan.example.csv", csv, planfile.Known{Plans: []civic.Plan{p}}); err != nil {
		t.Error(err)
	}
}
