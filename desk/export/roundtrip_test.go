package export

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// readBack reads a CSV into the texts of its cells, in one form for both
// dialects.
func readBack(t testing.TB, d dialect, raw []byte, columns []table.Column) [][]string {
	t.Helper()
	body, had := bytes.CutPrefix(raw, []byte(d.begin))
	if !had || bytes.Contains(body, []byte("\ufeff")) || bytes.Contains(bytes.ReplaceAll(body, []byte("\r\n"), nil), []byte("\n")) {
		t.Fatal("not the dialect's beginning, or a line that ends otherwise than in CRLF")
	}
	r := csv.NewReader(bytes.NewReader(body))
	r.Comma = d.comma
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := 1
	if d.hxlRow {
		head = 2
	}
	for _, line := range lines[head:] {
		for i, c := range columns {
			line[i] = canonical(t, d, line[i], c)
		}
	}
	return lines
}

func canonical(t testing.TB, d dialect, s string, c table.Column) string {
	t.Helper()
	switch {
	case s == "" || s == table.HiddenMark:
		return s
	case c.Type == table.Code:
		return strings.TrimPrefix(s, strings.TrimSuffix(d.code("x"), "x"))
	case c.Type == table.Date:
		day, err := time.Parse(d.day, s)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		return day.Format(time.DateOnly)
	case c.Type.Numeric():
		return strings.Replace(s, d.point, ".", 1)
	}
	return strings.TrimPrefix(s, "'")
}

// nasty is a week whose texts attack the file they stand in.
func nasty(t testing.TB) *Source {
	src := aSource(t, civic.Live, false)
	texts := []string{
		"=HYPERLINK(\"x\")", "a;b,c\"d\"", "+33", " -1", "@SUM(A1)", "\t=1\r\n=2", "s", "'s", "0012", "1-2", "12 mars", "\u202e=1\u202c fin", "\u200b=1", "＝1+1", "|calc", "%0A", "ŋɔmi ɲɛgɛn",
		"ligne\nligne", "VRAI", "ML-01",
	}
	for i := range src.Report.Feedback {
		src.Report.Feedback[i].Summary = texts[i%len(texts)]
		src.Report.Feedback[i].Topic = texts[(i+7)%len(texts)]
	}
	for i := range src.Report.Plans[0].Projects {
		p := &src.Report.Plans[0].Projects[i]
		p.Village, p.Sector, p.Funders = texts[i%len(texts)], texts[(i+3)%len(texts)], []string{texts[(i+5)%len(texts)]}
	}
	src.Corrections = []civic.Correction{{At: src.Report.AsOf, Week: src.Report.Week, By: "awa", Text: "=1+1"}}
	return src
}

func TestRoundTrip(t *testing.T) {
	for _, hxl := range []bool{false, true} {
		for _, profile := range []Profile{Public, Coordination} {
			b, err := bind(nasty(t), Options{Week: week(t, "2026-W48"), Profile: profile, HXL: hxl})
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range b.tables {
				var forExcel, forPrograms bytes.Buffer
				for d, w := range map[*dialect]io.Writer{ptr(excel(hxl)): &forExcel, ptr(data(hxl)): &forPrograms} {
					if err := d.write(w, table); err != nil {
						t.Fatal(err)
					}
				}
				got := readBack(t, excel(hxl), forExcel.Bytes(), table.Columns)
				want := readBack(t, data(hxl), forPrograms.Bytes(), table.Columns)
				if len(got) != len(want) {
					t.Fatalf("%s: %d lines, %d", table.Name, len(got), len(want))
				}
				for i := range got {
					for j := range got[i] {
						if got[i][j] != want[i][j] {
							t.Errorf("%s line %d %s: %q for Excel, %q for programs", table.Name, i+1, table.Columns[j].Name, got[i][j], want[i][j])
						}
					}
				}
			}
		}
	}
}

func ptr[T any](v T) *T { return &v }

// TestNoFormula: no cell of any CSV begins as one, no code has lost its zero,
// and nothing turns a reader's direction.
func TestNoFormula(t *testing.T) {
	for name, raw := range made(t, nasty(t), Options{Week: week(t, "2026-W48"), Profile: Coordination}) {
		if bytes.ContainsAny(raw, "\u202e\u202c\u2066\u2067\u2069\u200f") && !strings.HasSuffix(name, ".pdf") && !strings.HasSuffix(name, ".xlsx") {
			t.Errorf("%s turns the reading direction", name)
		}
		if !strings.HasSuffix(name, ".csv") {
			continue
		}
		d := data(false)
		if !strings.Contains(name, "/") {
			d = excel(false)
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte(d.begin))))
		r.Comma = d.comma
		lines, err := r.ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, line := range lines[1:] {
			for i, s := range line {
				begins := strings.TrimLeft(s, " \u00a0\u200b\ufeff")
				if begins != "" && strings.ContainsRune("=+@\t\r|%＝＋－＠", []rune(begins)[0]) || strings.HasPrefix(s, "sep=") {
					t.Errorf("%s: %s is %q", name, lines[0][i], s)
				}
			}
		}
		if strings.HasPrefix(name, "hebdo_commune") && !bytes.Contains(raw, []byte(";ML-01010103;")) {
			t.Error("no code behind ML-")
		}
	}
}

// TestHXL: a row of tags under the header, when it is asked for.
func TestHXL(t *testing.T) {
	for _, hxl := range []bool{false, true} {
		all := made(t, aSource(t, civic.Live, false), Options{Week: week(t, "2026-W48"), Profile: Public, HXL: hxl, Formats: []string{"csv", "data"}})
		for _, begins := range []string{"hebdo_commune", "donnees/hebdo_commune"} {
			second := strings.Split(string(like(t, all, begins, ".csv")), "\r\n")[1]
			if got := strings.HasPrefix(second, "#date+week"); got != hxl {
				t.Errorf("%s, tags asked %v: the second line is %s", begins, hxl, second)
			}
			if hxl && !strings.Contains(second, "#adm4+code") {
				t.Errorf("no tag for the commune: %s", second)
			}
		}
	}
}
