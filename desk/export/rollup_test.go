package export

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

// rowsOf reads a table for programs into maps.
func rowsOf(t testing.TB, all map[string][]byte, table string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(like(t, all, "donnees/"+table, ".csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func data1(o Options) Options {
	o.Formats = []string{"data", "html"}
	return o
}

// additive are the columns whose sums are printed.
func additive() []string {
	return []string{"numeros_distincts", "bulletins_comptes", "bulletins_remplaces", "sessions_ouvertes", "sessions_abouties", "retours_sms", "retours_traites", "retours_en_attente", "population", "population_15plus"}
}

// TestRollUps: each sum is that of the communes below, or is not printed.
func TestRollUps(t *testing.T) {
	for name, spoil := range map[string]func(*Source){
		"all": func(*Source) {},
		"one commune hides its calls": func(src *Source) {
			for i := range src.Report.Traffic {
				if r := &src.Report.Traffic[i]; r.Commune == gopela {
					r.N = 4
				}
			}
		},
		"one commune hides its numbers": func(src *Source) {
			for i := range src.Series {
				for j := range src.Series[i].Rows {
					if r := &src.Series[i].Rows[j]; r.Place == gopela {
						r.Total = 0
						if r.Option <= 1 && r.Group.Sex == civic.Female {
							r.Total = 4
						}
					}
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			src := aSource(t, civic.Live, false)
			spoil(src)
			rows := rowsOf(t, made(t, src, data1(Options{Week: week(t, "2026-W48"), Profile: Public})), "hebdo_commune")
			sums := 0
			for _, up := range rows {
				if up["niveau"] == levelCommune {
					continue
				}
				sums++
				for _, column := range additive() {
					checkSum(t, rows, up, column)
				}
			}
			if sums != 5 { // two arrondissements, a cercle, a region, the whole
				t.Errorf("%d sums", sums)
			}
		})
	}
}

func checkSum(t *testing.T, rows []map[string]string, up map[string]string, column string) {
	t.Helper()
	sum, hidden := 0, false
	for _, r := range rows {
		if r["niveau"] != levelCommune || !strings.HasPrefix(r["code_commune"], up["code_lieu"]) {
			continue
		}
		n, err := strconv.Atoi(r[column])
		hidden = hidden || err != nil
		sum += n
	}
	switch got := up[column]; {
	case hidden && got != "s":
		t.Errorf("%s %s: %s is %s while a part is hidden", up["niveau"], up["code_lieu"], column, got)
	case !hidden && got != strconv.Itoa(sum):
		t.Errorf("%s %s: %s is %s, its communes make %d", up["niveau"], up["code_lieu"], column, got, sum)
	}
}

// TestSmallActs: what is counted of calls and texts is hidden when small, with
// what would give it away.
func TestSmallActs(t *testing.T) {
	for _, tc := range []struct {
		profile Profile
		n       int64
		shown   bool
	}{
		{Public, 9, false}, {Public, 10, true}, {Coordination, 4, false}, {Coordination, 5, true}, {Public, 0, true},
	} {
		src := aSource(t, civic.Live, false)
		for i := range src.Report.Traffic {
			if r := &src.Report.Traffic[i]; r.Commune == gopela && r.Operator == "Moov" && r.Measure == civic.Dials {
				r.N = tc.n
			}
		}
		all := made(t, src, data1(Options{Week: week(t, "2026-W48"), Profile: tc.profile}))
		for _, r := range rowsOf(t, all, "hebdo_ventilation") {
			if r["code_commune"] != string(gopela) || r["dimension"] != "operateur_prefixe" {
				continue
			}
			if got := r["effectif"] != "s"; got != tc.shown || got == (r["supprime"] == "1") || (r["part"] == "s") == tc.shown || (r["motif"] == "") != tc.shown {
				t.Errorf("%s, %d calls: %v", tc.profile, tc.n, r)
			}
		}
		for _, r := range rowsOf(t, all, "hebdo_qualite") {
			if r["code_commune"] == string(gopela) && r["nature"] == ofTraffic && (r["sessions_ouvertes"] == "s") == tc.shown {
				t.Errorf("%s, %d calls: %v", tc.profile, tc.n, r)
			}
		}
	}
}

// TestShareNeedsBase: wherever a share stands, its base stands beside it.
func TestShareNeedsBase(t *testing.T) {
	b, err := bind(nasty2(t, civic.Live), Options{Week: week(t, "2026-W48"), Profile: Public})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range b.tables {
		for cells, err := range one.Rows {
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range one.Columns {
				if c.Base == "" {
					continue
				}
				base := one.Index(c.Base)
				if base < 0 || cells[i].State == 2 && cells[base].State != 2 {
					t.Errorf("%s: %s stands without %s", one.Name, c.Name, c.Base)
				}
			}
		}
	}
}

// TestWallIsPublic: a coordinator's export hangs the public's figures.
func TestWallIsPublic(t *testing.T) {
	src := aSource(t, civic.Live, false)
	for i := range src.Series {
		src.Series[i] = aSheet(src.Series[i].Week, src.Series[0].Consultation.Opens, src.Series[0].Consultation.Closes, civic.Live, counts(0, 0, 0))
	}
	last := &src.Series[len(src.Series)-1]
	for i := range last.Rows {
		if r := &last.Rows[i]; r.Place == colimbine && r.Option <= 1 && r.Group.Sex == civic.Female {
			r.Total = 7
		}
	}
	all := made(t, src, data1(Options{Week: week(t, "2026-W48"), Profile: Coordination}))
	if got := rowsOf(t, all, "hebdo_commune")[0]["numeros_distincts"]; got != "7" {
		t.Fatalf("the coordination reads %s numbers, want 7", got)
	}
	if page := string(like(t, all, "affiche_01010103_fr", ".html")); strings.Contains(page, `class="figure">7<`) || !strings.Contains(page, "2026-W47") {
		t.Error("seven numbers hang on the wall")
	}
	last.Fictional = true
	page := string(like(t, made(t, src, Options{Week: week(t, "2026-W48"), Profile: Public, DemoSmallCells: true, Formats: []string{"html"}}), "affiche_01010103_fr", ".html"))
	if !strings.Contains(page, `class="figure">7<`) || !strings.Contains(page, "FICTIF") {
		t.Error("a demonstration does not show its small cells, marked")
	}
}

// TestTwoConsultations: acts of a commune are counted once.
func TestTwoConsultations(t *testing.T) {
	src := aSource(t, civic.Live, false)
	for _, s := range series(t, civic.Live, false) {
		s.Consultation.Code = "KAY-2026-2"
		src.Series = append(src.Series, s)
	}
	sum, rows := 0, 0
	for _, r := range rowsOf(t, made(t, src, data1(Options{Week: week(t, "2026-W48"), Profile: Public})), "hebdo_commune") {
		if r["niveau"] != levelCommune {
			continue
		}
		rows++
		n, _ := strconv.Atoi(r["sessions_ouvertes"])
		sum += n
	}
	if rows != 6 || sum != 160+162+164 {
		t.Errorf("%d rows, %d calls", rows, sum)
	}
}
