package export

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

func week(t *testing.T, s string) civic.Week {
	t.Helper()
	w, err := civic.ParseWeek(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sheet is a week of a consultation in one commune: n numbers for option 1, m
// for option 2, all since opening.
func sheet(w civic.Week, v civic.Visibility, state civic.State, n, m int64) civic.Sheet {
	g := civic.Group{Channel: civic.ChannelUSSD, Lang: "bm", Sex: civic.Female}
	return civic.Sheet{
		Week: w, PlanCode: "P", State: state, AsOf: w.End(),
		Consultation: civic.Consultation{
			Code: "C", Scope: []civic.Code{"01010103"}, Visibility: v, Opens: w.Start(), Closes: w.End(),
			Question: civic.Text{"fr": "=2+2"},
			Options:  []civic.Option{{Number: 1, Project: "@A", Label: civic.Text{"fr": " +Forage", "bm": "K\u0254l\u0254n"}}, {Number: 2, Project: "B", Label: civic.Text{"fr": "\u00c9cole", "bm": "Lak\u0254li"}}},
		},
		Places: civic.Kayes().Path("01010103"),
		Rows: []civic.SheetRow{
			{Place: "01010103", Group: g, Total: n + m},
			{Place: "01010103", Option: 1, Group: g, Total: n},
			{Place: "01010103", Option: 2, Group: g, Total: m},
		},
	}
}

func render(t *testing.T, series []civic.Sheet, o Options) (raw []byte, rows []map[string]string) {
	t.Helper()
	o.Formats = []string{"csv"}
	files, err := Render(series, o)
	if err != nil {
		t.Fatal(err)
	}
	raw = files[0].Data
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte(bom))))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return raw, rows
}

func votes(rows []map[string]string, option, dimension, modality string) string {
	for _, r := range rows {
		if r["option"] == option && r["dimension"] == dimension && r["modalite"] == modality {
			return r["voix_cumul"]
		}
	}
	return "absent"
}

func TestForExcel(t *testing.T) {
	w := week(t, "2026-W48")
	raw, rows := render(t, []civic.Sheet{sheet(w, civic.Live, civic.Open, 30, 20)}, Options{Week: w, Profile: Public})
	if !bytes.HasPrefix(raw, []byte(bom)) || !bytes.Contains(raw, []byte(";")) || bytes.Count(raw, []byte("\r\n")) != len(rows)+1 {
		t.Error("not UTF-8 with a BOM, semicolons and CRLF")
	}
	r := rows[0]
	for column, want := range map[string]string{
		"semaine": "2026-W48", "date_debut": "23/11/2026", "date_fin": "29/11/2026", "code_commune": "01010103", "commune_cle": "ML-01010103",
		"commune": "Colimbin\u00e9", "cercle": "Kayes", "question": "'=2+2", "voix_cumul": "50", "part": "100,0", "etat": "definitif",
	} {
		if r[column] != want {
			t.Errorf("%s is %q, want %q", column, r[column], want)
		}
	}
	if got, want := votes(rows, "1", "total", "tous"), "30"; got != want {
		t.Errorf("option 1: %s, want %s", got, want)
	}
	for _, r := range rows {
		if r["option"] == "1" && (r["code_projet"] != "'@A" || r["projet_fr"] != "' +Forage") {
			t.Errorf("a formula is not neutralised: %q %q", r["code_projet"], r["projet_fr"])
		}
	}
}

func TestNeutral(t *testing.T) {
	for in, want := range map[string]string{
		"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\t=1": "'\t=1", "\u200b=1": "'\u200b=1", " =1": "' =1", "\ufeff=1": "'\ufeff=1",
		"\uff1d1": "'\uff1d1", "\uff20x": "'\uff20x", "a=1": "a=1", "": "", "01": "01", "\r=": "'\r=",
	} {
		if got := neutral(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzNeutral(f *testing.F) {
	f.Add(" =1")
	f.Fuzz(func(t *testing.T, s string) {
		if n := neutral(s); n != s && n != "'"+s {
			t.Fatalf("%q became %q", s, n)
		}
	})
}

func TestVisibility(t *testing.T) {
	w := week(t, "2026-W48")
	for _, tc := range []struct {
		v     civic.Visibility
		state civic.State
		shows string
	}{
		{civic.ParticipationOnly, civic.Open, "absent"},
		{civic.AfterClose, civic.Open, "absent"},
		{civic.Live, civic.Open, "30"},
		{civic.ParticipationOnly, civic.Closed, "30"},
		{civic.AfterClose, civic.Closed, "30"},
		{civic.Live, civic.Annulled, "absent"},
	} {
		_, rows := render(t, []civic.Sheet{sheet(w, tc.v, tc.state, 30, 20)}, Options{Week: w, Profile: Public})
		if got := votes(rows, "1", "total", "tous"); got != tc.shows {
			t.Errorf("%s, state %d: option 1 is %s, want %s", tc.v, tc.state, got, tc.shows)
		}
		if got := votes(rows, "", "total", "tous"); got != "50" {
			t.Errorf("%s, state %d: participation is %s, want 50", tc.v, tc.state, got)
		}
	}
}

func TestSmallCells(t *testing.T) {
	w := week(t, "2026-W48")
	for _, tc := range []struct {
		name      string
		profile   Profile
		n, m      int64
		fictional bool
		demo      bool
		shows     string
	}{
		{"nine in public", Public, 30, 9, false, false, ""},
		{"nine for the coordination", Coordination, 30, 9, false, false, "30"},
		{"four for the coordination", Coordination, 30, 4, false, false, ""},
		{"nobody is no small cell", Public, 30, 0, false, false, "30"},
		{"the demonstration's flag on a real one", Public, 30, 4, false, true, ""},
		{"the demonstration's flag on a fictive one", Public, 3, 1, true, true, "3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := sheet(w, civic.Live, civic.Open, tc.n, tc.m)
			s.Fictional = tc.fictional
			_, rows := render(t, []civic.Sheet{s}, Options{Week: w, Profile: tc.profile, DemoSmallCells: tc.demo})
			if got := votes(rows, "1", "total", "tous"); got != tc.shows {
				t.Errorf("option 1 is %s, want %s", got, tc.shows)
			}
			for _, r := range rows {
				if tc.fictional && r["fictif"] != "FICTIF" {
					t.Error("a row of an invented consultation is not marked")
				}
				if tc.shows == "" && r["voix_cumul"] != "" {
					t.Errorf("a hidden row shows %s", r["voix_cumul"])
				}
			}
		})
	}
}

// TestAWeekIsForEver: the same bytes again, also when later weeks are there.
func TestAWeekIsForEver(t *testing.T) {
	w := week(t, "2026-W48")
	series := []civic.Sheet{sheet(w, civic.Live, civic.Open, 30, 20)}
	first, _ := render(t, series, Options{Week: w, Profile: Public})
	later := append(series, sheet(w.Next(), civic.Live, civic.Closed, 60, 41))
	for range 5 {
		if again, _ := render(t, later, Options{Week: w, Profile: Public}); !bytes.Equal(again, first) {
			t.Fatal("an old week's file changed")
		}
	}
	_, rows := render(t, append(series, sheet(w.Next(), civic.Live, civic.Open, 33, 20)), Options{Week: w.Next(), Profile: Public})
	if got := votes(rows, "1", "total", "tous"); got != "30" || !strings.Contains(rows[0]["motif"], "2026-W48") {
		t.Errorf("three more votes are published: %s, %q", got, rows[0]["motif"])
	}
}

func TestEveryColumnIsExplained(t *testing.T) {
	said := string(readme(Options{Week: civic.WeekOf(time.Unix(0, 0)), Profile: Public}).Data)
	for _, c := range columns() {
		if c.means == "" || !strings.Contains(said, c.name) || !strings.Contains(said, c.means) {
			t.Errorf("%s is not explained", c.name)
		}
	}
}

func TestErrors(t *testing.T) {
	w := week(t, "2026-W48")
	series := []civic.Sheet{sheet(w, civic.Live, civic.Open, 30, 20)}
	for _, tc := range []struct {
		o    Options
		want error
	}{
		{Options{Week: w, Profile: "boss"}, ErrProfile},
		{Options{Week: w, Profile: Public, Formats: []string{"doc"}}, ErrFormat},
		{Options{Week: w.Prev(), Profile: Public}, ErrNoWeek},
		{Options{Week: w, Profile: Public, Commune: "01010101"}, ErrCommune},
	} {
		if _, err := Render(series, tc.o); !errors.Is(err, tc.want) {
			t.Errorf("%+v: %v, want %v", tc.o, err, tc.want)
		}
	}
}
