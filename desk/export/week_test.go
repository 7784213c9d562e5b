package export

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/jamakan/jamakan/civic"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden: the tables, as they are read and judged as a diff.
func TestGolden(t *testing.T) {
	all := made(t, aSource(t, civic.Live, false), Options{Week: week(t, "2026-W48"), Profile: Public, HXL: true})
	for _, name := range []string{"hebdo_commune", "hebdo_ventilation", "hebdo_projet", "hebdo_retours", "hebdo_qualite", "projets_suivi", "LISEZMOI"} {
		got := like(t, all, name, "")
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: run with -update and judge the diff (-want +got)\n%s", name, diff)
		}
	}
}

// TestTheSameBytes: the same week twice, and again when later weeks are there.
func TestTheSameBytes(t *testing.T) {
	o := Options{Week: week(t, "2026-W47"), Profile: Public}
	first := aSource(t, civic.Live, false)
	first.Report.Week, first.Series = o.Week, first.Series[:1]
	want := made(t, first, o)
	for range map[bool]int{true: 1, false: 3}[testing.Short()] {
		again := aSource(t, civic.Live, false)
		again.Report.Week = o.Week
		got := made(t, again, o)
		if len(got) != len(want) {
			t.Fatalf("%d files, then %d", len(want), len(got))
		}
		for name, b := range want {
			if !bytes.Equal(got[name], b) {
				t.Errorf("%s changed", name)
			}
		}
	}
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		files, err := Render(first, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := Zip(w, files); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the zip changed")
	}
}

// TestCorrection: figures stay, a line is added and seen everywhere.
func TestCorrection(t *testing.T) {
	o := Options{Week: week(t, "2026-W48"), Profile: Public}
	before := made(t, aSource(t, civic.Live, false), o)
	src := aSource(t, civic.Live, false)
	src.Corrections = []civic.Correction{
		{At: o.Week.Next().Start(), Week: o.Week, Commune: gopela, By: "awa", Text: "Le forage est à Dinguira Sud."},
		{At: o.Week.Next().Start(), Week: o.Week.Prev(), Text: "Une autre semaine."},
	}
	after := made(t, src, o)
	for name, b := range before {
		if strings.HasSuffix(name, ".csv") && !bytes.Equal(after[name], b) {
			t.Errorf("%s changed", name)
		}
	}
	for _, want := range []struct{ begins, ends string }{{"rectificatifs", ".csv"}, {"LISEZMOI", ""}, {"affiche_01010104_fr", ".html"}, {"affiche_01010104_bm", ".html"}, {"datapackage", ""}} {
		b := like(t, after, want.begins, want.ends)
		if !bytes.Contains(b, []byte("Dinguira Sud")) || bytes.Contains(b, []byte("Une autre semaine")) {
			t.Errorf("%s does not say the correction of its week only", want.begins)
		}
	}
	if bytes.Contains(like(t, after, "affiche_01010103_fr", ".html"), []byte("Dinguira Sud")) {
		t.Error("another commune's page says it")
	}
	if bytes.Contains(like(t, after, "rectificatifs", ".csv"), []byte("awa")) {
		t.Error("the public is told who wrote it")
	}
}

func TestErrors(t *testing.T) {
	w := week(t, "2026-W48")
	for _, tc := range []struct {
		o    Options
		want error
	}{
		{Options{Week: w, Profile: "boss"}, ErrProfile},
		{Options{Week: w, Profile: Public, Formats: []string{"doc"}}, ErrFormat},
		{Options{Week: w, Profile: Public, Commune: "01010101"}, ErrCommune},
		{Options{Week: w, Profile: Public, Territory: []civic.Code{"02"}}, ErrCommune},
	} {
		if _, err := Render(aSource(t, civic.Live, false), tc.o); !errors.Is(err, tc.want) {
			t.Errorf("%+v: %v, want %v", tc.o, err, tc.want)
		}
	}
	src := aSource(t, civic.Live, false)
	src.Report = nil
	if _, err := Render(src, Options{Week: w.Next(), Profile: Public}); !errors.Is(err, ErrNoWeek) {
		t.Errorf("%v, want %v", err, ErrNoWeek)
	}
}

// TestFormats: what is asked for comes, and what it needs.
func TestFormats(t *testing.T) {
	src := aSource(t, civic.Live, false)
	for asked, want := range map[string][]string{
		"csv": {".csv"}, "xlsx": {".xlsx"}, "pdf": {".pdf"}, "html": {".html"}, "datapackage": {".csv", ".json"},
	} {
		for name := range made(t, src, Options{Week: week(t, "2026-W48"), Profile: Public, Formats: []string{asked}}) {
			if !strings.HasPrefix(name, "LISEZMOI") && !strings.HasPrefix(name, "SHA256SUMS") && !slices.Contains(want, filepath.Ext(name)) {
				t.Errorf("%s asked: %s", asked, name)
			}
		}
	}
}

// TestAbsent: without a source there is no column, and no empty table.
func TestAbsent(t *testing.T) {
	src := aSource(t, civic.Live, false)
	src.Report, src.Counted, src.Leaves = nil, Counted{}, nil
	for i := range src.Series {
		src.Series[i].Population = nil
	}
	all := made(t, src, Options{Week: week(t, "2026-W48"), Profile: Public})
	head := strings.SplitN(string(like(t, all, "hebdo_commune", ".csv")), "\r\n", 2)[0]
	for _, column := range []string{"population", "sessions_ouvertes", "retours_sms", "taux_pour_1000_15plus", "rang_cercle", "autorite", "fictif"} {
		if strings.Contains(head, column) {
			t.Errorf("a column without data: %s in %s", column, head)
		}
	}
	for name := range all {
		for _, absent := range []string{"hebdo_retours", "hebdo_qualite", "interpellations", "projets_suivi", "rectificatifs", "verification"} {
			if strings.Contains(name, absent) {
				t.Errorf("a file without data: %s", name)
			}
		}
	}
}
