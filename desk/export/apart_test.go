package export

import (
	"strings"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

// asideSource is a closed consultation with replies counted apart.
func asideSource(t *testing.T) *Source {
	t.Helper()
	src := aSource(t, civic.AfterClose, true)
	add := func(c civic.Code, q civic.ApartQuestion, n civic.Apart) {
		src.Report.Apart = append(src.Report.Apart, civic.ApartRow{ApartAt: civic.ApartAt{Consultation: "KAY-2026-1", Commune: c, Question: q}, N: n})
	}
	add(colimbine, civic.AboutDisplacement, civic.Apart{12, 10, 55})
	add(colimbine, civic.AboutDisability, civic.Apart{9, 11, 90})
	add(gopela, civic.AboutDisplacement, civic.Apart{40, 9, 200})
	add(diamanou, civic.AboutDisplacement, civic.Apart{40, 200, 9})
	return src
}

// TestRepliesApartAreTold: what is told is told to everybody alike, of ten and
// more on both sides; else the row is not there. Nothing of it is in another
// table.
func TestRepliesApartAreTold(t *testing.T) {
	for _, profile := range []Profile{Public, Coordination} {
		rows := rowsOf(t, made(t, asideSource(t), data1(Options{Week: week(t, "2026-W48"), Profile: profile})), "reponses_a_part")
		if len(rows) != 2 {
			t.Fatalf("%s: %d rows: %v", profile, len(rows), rows)
		}
		for _, r := range rows {
			want := map[string]string{"question": "pdi", "oui": "10", "non": "55", "base": "65", "passe": "12", "code_commune": "01010103", "code_scrutin": "KAY-2026-1", "peut_manquer": "19"}
			if r["question"] == "pvh" {
				want = map[string]string{"oui": "11", "non": "90", "base": "101", "passe": "s"}
			}
			for column, value := range want {
				if r[column] != value {
					t.Errorf("%s %s: %s is %q, want %q", profile, r["question"], column, r[column], value)
				}
			}
		}
	}
}

// TestRepliesApartAreElsewhereAbsent: no row, no table; and in a provisional
// week there is none at all.
func TestRepliesApartAreElsewhereAbsent(t *testing.T) {
	for what, spoil := range map[string]func(*Source){
		"few":         func(src *Source) { src.Report.Apart = src.Report.Apart[2:] },
		"none":        func(src *Source) { src.Report.Apart = nil },
		"provisional": func(src *Source) { src.Report.Provisional = true },
		"of another":  func(src *Source) { src.Report.Apart[0].Consultation, src.Report.Apart[1].Commune = "X", "01010199" },
	} {
		src := asideSource(t)
		spoil(src)
		for name, content := range made(t, src, Options{Week: week(t, "2026-W48"), Profile: Coordination}) {
			if strings.Contains(name, "reponses_a_part") || strings.Contains(string(content), "reponses_a_part") {
				t.Errorf("%s: %s tells of replies", what, name)
			}
		}
	}
}

// TestWhatIsToldApart: neither a figure that is told, nor its complement, nor
// what is left of a total is under ten.
func TestWhatIsToldApart(t *testing.T) {
	for passed := range int64(22) {
		for yes := range int64(22) {
			for no := range int64(22) {
				f, told := civic.TellApart(civic.ApartRow{N: civic.Apart{passed, yes, no}})
				if told != (yes >= 10 && no >= 10) || told && (f.Yes != yes || f.No != no || f.Passed != passed && (f.Passed != -1 || passed >= 10)) || f.Passed >= 0 && f.Passed < 10 {
					t.Fatalf("%d %d %d: %+v %v", yes, no, passed, f, told)
				}
			}
		}
	}
}
