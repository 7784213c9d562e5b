package planfile_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/planfile"
)

// small is a whole plan in few lines; each mistake below changes one of them.
const small = `code: COL-2026
titre: {fr: PDESC de Colimbiné, bm: Colimbiné bolodalen}
annees: [2026, 2030]
perimetre: ["01010103"]
autorite: delegation_speciale
phase: priorisation
projets:
  - {code: EAU, titre: {fr: Forage, bm: Pɔnpekɔlɔn}, secteur: eau, village: Kabaté, cout: 12000000}
  - {code: EDU, titre: {fr: École, bm: Lakɔli}, secteur: éducation, village: Kabaté, cout: 28 000 000}
consultations:
  - code: COL-1
    options: [EAU, EDU]
    ouvre: 2026-11-16
    ferme: 2026-12-20
`

func TestReadASmallPlan(t *testing.T) {
	p, err := planfile.Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	c := p.Consultation("COL-1")
	if c == nil {
		t.Fatal("the consultation is missing")
	}
	if got, want := c.Closes, time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("closing day without an hour: got %v, want %v", got, want)
	}
	if c.Rule != civic.Choose || c.Visibility != civic.ParticipationOnly || c.Plan != "COL-2026" || !c.Covers("01010103") {
		t.Errorf("got %+v, want the defaults", c)
	}
	if o := c.Option(2); o == nil || o.Project != "EDU" || o.Label["bm"] != "Lakɔli" || o.Cost != 28_000_000 {
		t.Errorf("got option %+v, want the project EDU", o)
	}
	hour := strings.Replace(small, "ferme: 2026-12-20", "ferme: 2026-12-20 18:00", 1)
	if p, err := planfile.Read([]byte(hour)); err != nil || !p.Consultations[0].Closes.Equal(time.Date(2026, 12, 20, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("closing at an hour: got %v, %v", p.Consultations, err)
	}
}

func TestReadSaysWhatToWriteInstead(t *testing.T) {
	for name, row := range map[string]struct {
		from, to string
		line     int
		says     string
	}{
		"phase":             {"phase: priorisation", "phase: vote", 6, "écrivez l'un de : information"},
		"authority":         {"autorite: delegation_speciale", "autorite: maire", 5, "conseil_communal"},
		"near key":          {"phase:", "fase:", 6, "« fase » n'existe pas"},
		"key twice":         {"annees:", "phase: execution\nannees:", 7, "deux fois"},
		"missing key":       {"code: COL-2026\n", "", 1, "il manque « code »"},
		"code as a number":  {`["01010103"]`, `[01010103]`, 4, `guillemets : "01010103"`},
		"unknown commune":   {`["01010103"]`, `["01010199"]`, 4, "pas de commune de code"},
		"no commune":        {`["01010103"]`, `[]`, 1, "au moins une commune"},
		"commune twice":     {`["01010103"]`, `["01010103", "01010103"]`, 1, "deux fois"},
		"no bambara":        {"{fr: Forage, bm: Pɔnpekɔlɔn}", "{fr: Forage}", 8, "il manque « bm »"},
		"long title":        {"fr: Forage,", "fr: Forage à grand débit avec château d'eau,", 8, "30 au plus"},
		"long village":      {"village: Kabaté, cout: 12000000", "village: Kabaté-du-Grand-Fleuve-Sud, cout: 12000000", 8, "20 au plus"},
		"cost with letters": {"cout: 12000000", "cout: 12M", 8, "en chiffres"},
		"cost of zero":      {"cout: 12000000", "cout: 0", 8, "au moins une estimation"},
		"negative cost":     {"cout: 12000000", "cout: -5", 8, "en chiffres"},
		"project twice":     {"code: EDU", "code: EAU", 9, "deux projets ont ce code"},
		"years turned":      {"[2026, 2030]", "[2030, 2026]", 1, "la première et la dernière"},
		"one option":        {"[EAU, EDU]", "[EAU]", 11, "il en faut de 2 à 24"},
		"option twice":      {"[EAU, EDU]", "[EAU, EAU]", 11, "deux fois"},
		"unknown option":    {"[EAU, EDU]", "[EAU, SAN]", 11, "pas de projet de code « SAN »"},
		"closes first":      {"ferme: 2026-12-20", "ferme: 2026-11-01", 11, "ferme avant d'ouvrir"},
		"no date":           {"ouvre: 2026-11-16", "ouvre: 2026-02-30", 13, "n'est pas une date"},
		"day first":         {"ouvre: 2026-11-16", "ouvre: 16/11/2026", 13, "écrivez 2026-12-31"},
		"other rule":        {"ouvre:", "regle: rank\n    ouvre:", 11, "écrivez regle: choose"},
		"unknown rule":      {"ouvre:", "regle: loto\n    ouvre:", 13, "« loto » n'existe pas"},
		"place known":       {"perimetre:", "lieux: [{code: \"01010103\", nom: Autre}]\nperimetre:", 4, "déjà celui d'un autre lieu"},
		"place without":     {"perimetre:", "lieux: [{code: \"02010101\", nom: Autre}]\nperimetre:", 4, "le lieu qui entoure 02010101"},
		"control character": {"fr: Forage,", `fr: "For\x07age",`, 8, "sans caractère invisible"},
		"turned text":       {"fr: Forage,", `fr: "For\u202eage",`, 8, "sans caractère invisible"},
		"alias":             {"autorite: delegation_speciale", "autorite: &a delegation_speciale\nfictif: *a", 6, "oui ou non"},
		"two documents":     {"consultations:", "---\nconsultations:", 1, "plusieurs documents"},
		"not yaml":          {"annees: [2026, 2030]", "annees: [2026", 2, "ce n'est pas du YAML"},
		"list expected":     {"options: [EAU, EDU]", "options: EAU", 12, "écrivez une liste"},
		"code of nothing":   {"code: COL-1", "code: ~", 11, "écrivez un code"},
		"consultation out":  {"ouvre:", "perimetre: [\"01010104\"]\n    ouvre:", 11, "n'est pas dans le périmètre du plan"},
		"project elsewhere": {"secteur: eau,", "secteur: eau, commune: \"01010104\",", 1, "n'est pas dans le périmètre du plan"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, row.from, row.to, 1)
			if text == small {
				t.Fatalf("nothing to change: %q", row.from)
			}
			_, err := planfile.Read([]byte(text))
			var all planfile.Errors
			if !errors.As(err, &all) {
				t.Fatalf("got %v, want Errors", err)
			}
			for _, one := range all {
				if one.Line == row.line && strings.Contains(one.Message, row.says) && one.Column > 0 {
					return
				}
			}
			t.Errorf("got\n%v\nwant line %d saying %q", err, row.line, row.says)
		})
	}
}

func TestReadSaysEveryMistakeAtOnce(t *testing.T) {
	text := strings.NewReplacer("phase: priorisation", "phase: vote", "cout: 12000000", "cout: cher", "ouvre: 2026-11-16", "ouvre: bientôt").Replace(small)
	_, err := planfile.Read([]byte(text))
	var all planfile.Errors
	if !errors.As(err, &all) || len(all) != 3 {
		t.Fatalf("got %v, want three mistakes", err)
	}
	if got, want := [3]int{all[0].Line, all[1].Line, all[2].Line}, [3]int{6, 8, 13}; got != want {
		t.Errorf("got lines %v, want %v", got, want)
	}
	for _, empty := range []string{"", "# rien\n", "---\n"} {
		if _, err := planfile.Read([]byte(empty)); !errors.As(err, &all) {
			t.Errorf("Read(%q): got %v, want Errors", empty, err)
		}
	}
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	rich := strings.Replace(small, "perimetre:", "fictif: oui\npopulation: [{commune: \"01010103\", habitants: 12101, plus_de_15: 6000, femmes: 6200, jeunes_15_35: 3900, source: RGPH-2009, annee: 2009}]\nperimetre:", 1)
	rich = strings.Replace(rich, "ferme: 2026-12-20", "ferme: 2026-12-20 18:00\n    motif_report: pluies\n    annulation: {raison: {fr: 'erreur: deux listes', bm: fili}}", 1)
	for name, text := range map[string]string{"small": small, "rich": rich, "demo": string(planfile.DemoFile())} {
		p, err := planfile.Read([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		written, err := planfile.Write(p)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := planfile.Read(written)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, written)
		}
		if !reflect.DeepEqual(back, p) {
			t.Errorf("%s: got %+v\nwant %+v\nfrom\n%s", name, back, p, written)
		}
	}
}

func TestDemoIsWhatTheScreensNeed(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC), time.Date(2027, 1, 3, 23, 59, 59, 0, time.UTC), time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC),
	} {
		p := planfile.Demo(now)
		if !p.Fictional || len(p.Scope) != 3 || len(p.Consultations) != 1 {
			t.Fatalf("got fictional %t, %d communes, %d consultations", p.Fictional, len(p.Scope), len(p.Consultations))
		}
		c := &p.Consultations[0]
		monday := civic.WeekOf(now).Start()
		if !c.Opens.Equal(monday.AddDate(0, 0, -7)) || !c.Closes.Equal(monday.AddDate(0, 0, 28)) {
			t.Errorf("at %v: opens %v, closes %v", now, c.Opens, c.Closes)
		}
		if !p.MayVote(c, now) || !c.ResultsVisible(now) || len(c.Options) != 8 {
			t.Errorf("at %v: may vote %t, results %t, %d options", now, p.MayVote(c, now), c.ResultsVisible(now), len(c.Options))
		}
		statuses := map[civic.Status]int{}
		for _, project := range p.Projects {
			statuses[project.Status]++
		}
		for _, s := range []civic.Status{civic.Underway, civic.Done, civic.Broken, civic.Late} {
			if statuses[s] == 0 {
				t.Errorf("no work is %s", s)
			}
		}
		kayes := civic.Kayes()
		for _, place := range p.Places {
			if _, known := kayes.Place(place.Code); known {
				t.Errorf("%s is a real place", place.Name)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add(planfile.DemoFile())
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("<<: {code: x}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := planfile.Read(data)
		if err != nil {
			var all planfile.Errors
			if !errors.As(err, &all) || len(all) == 0 || !utf8.ValidString(err.Error()) && utf8.Valid(data) {
				t.Errorf("got %v, want Errors", err)
			}
			return
		}
		written, err := planfile.Write(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := planfile.Read(written)
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("got %+v, %v\nwant %+v\nfrom\n%s", back, err, p, written)
		}
	})
}
