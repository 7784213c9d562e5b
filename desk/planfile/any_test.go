package planfile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

// today is before the consultation of small opens.
func today() time.Time { return time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC) }

func smallPlan(t testing.TB) civic.Plan {
	t.Helper()
	p, err := planfile.Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func knownSmall(t testing.TB) planfile.Known {
	return planfile.Known{Plans: []civic.Plan{smallPlan(t)}, Now: today()}
}

// book makes a workbook of sheets, each a list of rows from A1.
func book(t testing.TB, sheets map[string][][]any, more func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := sheets["Sheet1"]; !ok {
		if err := f.DeleteSheet("Sheet1"); err != nil {
			t.Fatal(err)
		}
	}
	if more != nil {
		more(f)
	}
	data, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

func headingsRow() []any {
	return []any{"Code", "Intitulé", "Bambara", "Secteur", "Village", "Coût", "Financement", "Statut", "Échéance"}
}

// says fails unless the error is Errors with one that says the text.
func says(t *testing.T, err error, text string) {
	t.Helper()
	var all planfile.Errors
	if !errors.As(err, &all) || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v\nwant Errors saying %q", err, text)
	}
}

func TestReadAnyKeepsYAML(t *testing.T) {
	for _, name := range []string{"plan.yaml", "-", "plan.txt"} {
		p, remarks, err := planfile.ReadAny(name, []byte(small), planfile.Known{})
		if err != nil || len(remarks) > 0 || !reflect.DeepEqual(p, smallPlan(t)) {
			t.Errorf("%s: got %+v, %v, %v", name, p, remarks, err)
		}
	}
}

func TestASpreadsheetUpdatesThePlan(t *testing.T) {
	data := book(t, map[string][][]any{"Projets": {
		headingsRow(),
		{"EAU", "Forage", nil, "eau", "Kabaté", 15_000_000, "commune ; État", "en cours", "31/12/2026"},
		{nil, "Puits neuf", nil, "eau", "Kabaté", "6 500 000 FCFA", nil, nil, 2027},
	}}, nil)
	known := knownSmall(t)
	p, remarks, err := planfile.ReadAny("x.xlsx", data, known)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(known.Plans[0], smallPlan(t)) {
		t.Error("the caller's plan was changed")
	}
	eau := p.Project("EAU")
	if eau.Cost != 15_000_000 || eau.Status != civic.Underway || eau.Title["bm"] != "Pɔnpekɔlɔn" || len(eau.Funders) != 2 || len(eau.History) != 1 {
		t.Errorf("got %+v", eau)
	}
	added := p.Project("EAU-01")
	if added == nil || added.Title["bm"] != "Puits neuf" || added.Cost != 6_500_000 || added.Due.In(civic.Bamako).Format(time.DateOnly) != "2027-12-31" {
		t.Fatalf("got %+v in %+v", added, p.Projects)
	}
	if c := p.Consultation("COL-1"); c == nil || c.Options[0].Cost != 15_000_000 || len(p.Projects) != 3 {
		t.Errorf("got %+v, want the consultation kept, with the new cost", c)
	}
	var said []string
	for _, r := range remarks {
		said = append(said, r.String())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"il prend EAU-01", "projets sans intitulé bambara : 1", "Projets!C3"} {
		if !strings.Contains(all, want) {
			t.Errorf("got\n%s\nwant %q", all, want)
		}
	}
	again, _, err := planfile.ReadAny("x.xlsx", data, planfile.Known{Plans: []civic.Plan{p}, Now: today().AddDate(0, 0, 3)})
	if err != nil || !reflect.DeepEqual(again, p) {
		t.Errorf("the same file again: got %+v, %v\nwant %+v", again, err, p)
	}
}

func TestWhichPlan(t *testing.T) {
	data := []byte("Code;Statut\nEAU;en cours\n")
	other := smallPlan(t)
	other.Code = "AUTRE"
	two := []civic.Plan{smallPlan(t), other}
	var which *planfile.WhichPlanError
	for _, known := range []planfile.Known{{}, {Plans: two}} {
		if _, _, err := planfile.ReadAny("x.csv", data, known); !errors.As(err, &which) {
			t.Errorf("got %v, want *WhichPlanError", err)
		}
	}
	p, _, err := planfile.ReadAny("x.csv", data, planfile.Known{Plans: two, Code: "AUTRE"})
	if err != nil || p.Code != "AUTRE" || p.Project("EAU").Status != civic.Underway {
		t.Errorf("got %+v, %v", p, err)
	}
	_, _, err = planfile.ReadAny("x.csv", data, planfile.Known{Plans: two, Code: "RIEN"})
	says(t, err, "pas de plan de code « RIEN »")
}

func TestCSVAsExcelSavesIt(t *testing.T) {
	text := "PROGRAMME DE LA COMMUNE;;;;\r\n\r\nN°;Intitulé du projet;Secteur;Localité;Coût estimatif\r\n1;École à étage;éducation;Kabaté;12 000 000\r\n2;\"Puits\r\ncouvert\";eau;Kabaté;6,5 millions\r\n;Total général;;;18 500 000\r\n"
	latin := []byte(strings.NewReplacer("É", "\xc9", "é", "\xe9", "à", "\xe0", "û", "\xfb", "°", "\xb0").Replace(text))
	utf16 := []byte{0xff, 0xfe}
	for _, r := range strings.ReplaceAll(text, ";", "\t") {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, data := range map[string][]byte{
		"utf-8": []byte(text), "mark": []byte("\ufeff" + text), "windows-1252": latin, "utf-16": utf16,
		"lf": []byte(strings.ReplaceAll(text, "\r\n", "\n")), "cr": []byte(strings.ReplaceAll(text, "\r\n", "\r")),
		"tabs": []byte(strings.ReplaceAll(text, ";", "\t")), "commas": []byte(strings.ReplaceAll(strings.ReplaceAll(text, "6,5", "6.5"), ";", ",")),
	} {
		t.Run(name, func(t *testing.T) {
			p, remarks, err := planfile.ReadAny("liste", data, knownSmall(t))
			if err != nil {
				t.Fatal(err)
			}
			school := p.Project("EDU-01")
			if school == nil || school.Title["fr"] != "École à étage" || school.Cost != 12_000_000 {
				t.Errorf("got %+v", p.Projects)
			}
			if well := p.Project("EAU-01"); well == nil || well.Title["fr"] != "Puits couvert" || well.Cost != 6_500_000 {
				t.Errorf("got %+v", p.Projects)
			}
			if said := fmt.Sprint(remarks); !strings.Contains(said, "B6 : ligne de total sautée") {
				t.Errorf("got %s, want the total's row as a spreadsheet numbers it", said)
			}
		})
	}
}

func TestErrorsNameTheCell(t *testing.T) {
	row := func(change func([]any)) []any {
		r := []any{"NEU-1", "Forage neuf", "Kɔlɔn", "eau", "Kabaté", 12_000_000, "commune", "proposé", "2027"}
		change(r)
		return r
	}
	for name, c := range map[string]struct {
		at   int
		cell any
		says string
	}{
		"unsure cost":     {5, "1.250", "Projets!F2 : « 1.250 » n'est pas un coût sûr ; écrivez 1 250 FCFA ou 1 250 000"},
		"broken formula":  {5, "#REF!", "Projets!F2 : « #REF! » est une erreur de formule"},
		"no cost":         {5, nil, "Projets!F2 : il manque « Coût (FCFA) »"},
		"no title":        {1, nil, "Projets!B2 : il manque « Intitulé (français) »"},
		"long title":      {1, "Forage à grand débit avec château d'eau", "Projets!B2 : « Forage à grand débit avec château d'eau » a 39 lettres, 30 au plus"},
		"long village":    {4, "Kabaté-du-Grand-Fleuve-Sud", "20 au plus"},
		"old date":        {8, "31/12/1926", "Projets!I2 : « 31/12/1926 » est une date de l'an 1926"},
		"small serial":    {8, 12, "Projets!I2"},
		"status":          {7, "bientôt", "Projets!H2 : le statut « bientôt » n'existe pas ; écrivez l'un de : proposé"},
		"formula as text": {1, "=cmd|' /C calc'!A0", "commence comme une formule"},
		"plus":            {6, "+CALL", "commence comme une formule"},
		"html":            {1, "<script>x</script>", "contient < ou >"},
		"turned":          {4, "Kab\u202eaté", "caractère invisible"},
		"code with space": {0, "EAU 01", "Projets!A2 : « EAU 01 » n'est pas un code"},
		"code formula":    {0, "@SUM(A1)", "commence comme une formule"},
	} {
		t.Run(name, func(t *testing.T) {
			data := book(t, map[string][][]any{"Projets": {headingsRow(), row(func(r []any) { r[c.at] = c.cell })}}, nil)
			_, _, err := planfile.ReadAny("x.xlsx", data, knownSmall(t))
			says(t, err, c.says)
		})
	}
}

func TestEveryMistakeAtOnceButNotThousands(t *testing.T) {
	rows := [][]any{headingsRow()}
	for i := range 150 {
		rows = append(rows, []any{fmt.Sprintf("P-%d", i), fmt.Sprintf("Projet %d", i), nil, "eau", "Kabaté", "cher"})
	}
	_, _, err := planfile.ReadAny("x.xlsx", book(t, map[string][][]any{"Projets": rows}, nil), knownSmall(t))
	var all planfile.Errors
	if !errors.As(err, &all) || len(all) != 100 {
		t.Errorf("got %d errors (%v), want 100", len(all), err)
	}
}

func TestMissingColumnsAreNamed(t *testing.T) {
	data := book(t, map[string][][]any{"PIP": {{"Plan 2026"}, {"Code", "Activité", "Bénéficiaires"}, {"X-1", "Puits", "tous"}}}, nil)
	_, _, err := planfile.ReadAny("x.xlsx", data, knownSmall(t))
	says(t, err, "PIP!A2 : il manque la colonne « Secteur », « Village », « Coût (FCFA) » ; en-têtes trouvés : « Code », « Activité », « Bénéficiaires »")
	_, _, err = planfile.ReadAny("x.xlsx", book(t, map[string][][]any{"F": {{"a", "b"}, {"c", "d"}}}, nil), knownSmall(t))
	says(t, err, "pas de ligne d'en-têtes dans les 20 premières lignes")
	_, _, err = planfile.ReadAny("x.csv", []byte("a;b\nc;d\n"), knownSmall(t))
	says(t, err, "pas de ligne d'en-têtes")
	two := book(t, map[string][][]any{"2026": {headingsRow()}, "2027": {headingsRow()}}, nil)
	_, _, err = planfile.ReadAny("x.xlsx", two, knownSmall(t))
	says(t, err, "plusieurs feuilles tiennent des projets")
	twice := book(t, map[string][][]any{"A": {{"Code", "Statut", "Statut"}, {"EAU", "en cours", "achevé"}}}, nil)
	_, _, err = planfile.ReadAny("x.xlsx", twice, knownSmall(t))
	says(t, err, "A!C1 : deux colonnes")
}

func TestOtherFilesSayHowToSave(t *testing.T) {
	for name, row := range map[string]struct{ data, says string }{
		"xls": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", ".xlsx"},
		"pdf": {"%PDF-1.7", "c'est un PDF"},
		"ods": {zipOf(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument"},
		"doc": {zipOf(t, map[string]string{"word/document.xml": "<a/>"}), "Word"},
		"zip": {zipOf(t, map[string]string{"liste.txt": "x"}), "archive zip"},
		"cut": {"PK\x03\x04", "abîmé"},
		"csv": {"Code;Statut\nEAU;\"en cours", "guillemets mal fermés"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := planfile.ReadAny("x", []byte(row.data), knownSmall(t))
			says(t, err, row.says)
		})
	}
}

func TestMergedCellsAndCommunes(t *testing.T) {
	p := smallPlan(t)
	p.Scope = []civic.Code{"01010103", "01010104"}
	data := book(t, map[string][][]any{"Projets": {
		{"PROGRAMME TRIENNAL"},
		{"Code", "Activité", "Secteur", "Village", "Commune", "Coût"},
		{"AXE 1"},
		{"A-1", "Forage un", "eau", "Kabaté", 1010103, 9_000_000},
		{"A-2", "Forage deux", nil, nil, "Gory Gopela", 9_000_000},
		{"A-3", "Forage trois", nil, "Site", "Gori Gopéla", 9_000_000},
	}}, func(f *excelize.File) {
		for _, m := range [][2]string{{"A1", "F1"}, {"A3", "F3"}, {"C4", "C6"}, {"D4", "D5"}} {
			if err := f.MergeCell("Projets", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	got, remarks, err := planfile.ReadAny("x.xlsx", data, planfile.Known{Plans: []civic.Plan{p}})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string][3]string{"A-1": {"eau", "Kabaté", "01010103"}, "A-2": {"eau", "Kabaté", "01010104"}, "A-3": {"eau", "Site", "01010104"}} {
		pr := got.Project(code)
		if pr == nil || [3]string{pr.Sector, pr.Village, string(pr.Commune)} != want {
			t.Errorf("%s: got %+v, want %v", code, pr, want)
		}
	}
	said := fmt.Sprint(remarks)
	for _, want := range []string{"a perdu son zéro : lu 01010103", "ligne de titre sautée (« AXE 1 »)"} {
		if !strings.Contains(said, want) {
			t.Errorf("got %s, want %q", said, want)
		}
	}
}

// TestWhatASheetHides: hidden rows and columns count, a formula counts for the
// value it had, and a Macintosh workbook counts its days from 1904.
func TestWhatASheetHides(t *testing.T) {
	data := book(t, map[string][][]any{"Projets": {headingsRow(), {"A-1", "Forage", "=", "eau", "Site", nil, nil, nil, 44_925}, {"A-2", "Puits", "=", "eau", "Site", nil}}}, func(f *excelize.File) {
		yes := true
		for _, err := range []error{
			f.SetRowVisible("Projets", 2, false), f.SetColVisible("Projets", "D", false),
			f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}),
			f.SetCellFormula("Projets", "F2", "2*4500000"), f.SetCellFormula("Projets", "F3", "2*4500000"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	cached := replaced(t, data, "xl/worksheets/sheet2.xml", func(s string) string {
		return strings.ReplaceAll(s, "<f>2*4500000</f>", "<f>2*4500000</f><v>9000000</v>")
	})
	p, _, err := planfile.ReadAny("x.xlsx", cached, knownSmall(t))
	if err != nil {
		t.Fatal(err)
	}
	if pr := p.Project("A-1"); pr == nil || pr.Cost != 9_000_000 || pr.Sector != "eau" || pr.Due.In(civic.Bamako).Format(time.DateOnly) != "2026-12-31" {
		t.Errorf("got %+v", pr)
	}
	_, _, err = planfile.ReadAny("x.xlsx", data, knownSmall(t))
	says(t, err, "Projets!F3 : il manque « Coût (FCFA) » ; la formule n'a pas de valeur")
}
