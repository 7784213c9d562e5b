package planfile_test

import (
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

func TestPreviewSaysWhatTheFreezeRefuses(t *testing.T) {
	old := smallPlan(t)
	open := today().AddDate(0, 0, 10) // the consultation is open
	data := []byte("Code;Coût\nEAU;15 000 000\n")
	p, remarks, err := planfile.ReadAny("x.csv", data, planfile.Known{Plans: []civic.Plan{old}, Now: open})
	if err != nil {
		t.Fatal(err)
	}
	d := planfile.Preview(&old, p, open, remarks)
	if !strings.Contains(d.Refused, "projet EAU : titre, village et coût ne changent plus : la consultation COL-1") {
		t.Errorf("got %q", d.Refused)
	}
	want := []string{
		"Plan COL-2026 : ce que l'import changerait.",
		"  ~ projet EAU « Forage »",
		"      coût : 12 000 000 FCFA → 15 000 000 FCFA",
		"Projets : 0 ajoutés, 1 changés, 0 retirés, 1 inchangés.",
		"REFUSÉ : " + d.Refused,
	}
	if got := strings.Join(d.Lines(), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if status, _, err := planfile.ReadAny("x.csv", []byte("Code;Statut\nEAU;en cours\n"), planfile.Known{Plans: []civic.Plan{old}, Now: open}); err != nil {
		t.Error(err)
	} else if d := planfile.Preview(&old, status, open, nil); d.Refused != "" || d.Count(planfile.Changed) != 1 {
		t.Errorf("a status may change while citizens vote: got\n%s", strings.Join(d.Lines(), "\n"))
	}
}

func TestPreviewOfAPlanFile(t *testing.T) {
	old := smallPlan(t)
	text := strings.NewReplacer("phase: priorisation", "phase: information", "ferme: 2026-12-20", "ferme: 2026-12-27",
		"  - {code: EDU, titre: {fr: École, bm: Lakɔli}, secteur: éducation, village: Kabaté, cout: 28 000 000}",
		"  - {code: SAN, titre: {fr: Maternité, bm: Jiginniso}, secteur: santé, village: Kabaté, cout: 28 000 000}",
		"[EAU, EDU]", "[EAU, SAN]").Replace(small)
	p, _, err := planfile.ReadAny("plan.yaml", []byte(text), planfile.Known{})
	if err != nil {
		t.Fatal(err)
	}
	d := planfile.Preview(&old, p, today(), nil)
	got := strings.Join(d.Lines(), "\n")
	for _, want := range []string{
		"~ phase : priorisation → information", "+ projet SAN « Maternité »", "- projet EDU « École »", "fermeture : 20/12/2026 → 27/12/2026",
		"options : 1 EAU Forage / Pɔnpekɔlɔn (12 000 000 FCFA), 2 EDU", "1 ajoutés, 0 changés, 1 retirés, 1 inchangés",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
	if d := planfile.Preview(&old, old, today(), nil); !d.Empty() {
		t.Errorf("got\n%s", strings.Join(d.Lines(), "\n"))
	}
}
