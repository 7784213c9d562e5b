package civic

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNothingSmallIsPublished: over random histories, no published figure, no
// change between two releases and no total less its parts is in 1..k-1.
func TestNothingSmallIsPublished(t *testing.T) {
	const k = 10
	released := 0
	rapid.Check(t, func(t *rapid.T) {
		type cell struct {
			option uint16
			group  Group
		}
		totals := map[cell]int64{}
		var last Release
		week := Week{2026, 40}
		for range rapid.IntRange(1, 12).Draw(t, "weeks") {
			for range rapid.IntRange(0, 5).Draw(t, "moves") {
				c := cell{uint16(rapid.IntRange(1, 2).Draw(t, "option")), Group{Channel: ChannelUSSD, Lang: rapid.SampledFrom([]string{"fr", "bm"}).Draw(t, "lang"), Sex: Sex(rapid.IntRange(0, 2).Draw(t, "sex"))}}
				totals[c] = max(0, totals[c]+rapid.Int64Range(-15, 40).Draw(t, "by"))
			}
			var rows []SheetRow
			for c, n := range totals {
				rows = append(rows, SheetRow{Place: "01010101", Option: c.option, Group: c.group, Total: n}, SheetRow{Place: "01010101", Group: c.group, Total: n})
			}
			next := last.Next(week, Tabulate(rows, "01010101", true), k)
			if next.Week == week {
				released++
				for c, n := range next.Tables {
					if small(n, k) || small(n-last.Tables[c], k) {
						t.Fatalf("%v: %d after %d", c, n, last.Tables[c])
					}
					sum := int64(0)
					for d, m := range next.Tables {
						if d.Option == c.Option && d.Dimension == c.Dimension {
							sum += m
						}
					}
					if total := next.Tables[TableCell{c.Option, ByTotal, "tous"}]; sum != total {
						t.Fatalf("%v: the parts make %d, the total is %d", c, sum, total)
					}
				}
			}
			last, week = next, week.Next()
		}
	})
	if released == 0 {
		t.Error("nothing was ever released: the test proves nothing")
	}
}

func TestReleaseStands(t *testing.T) {
	rows := func(n int64) Tables {
		return Tabulate([]SheetRow{{Place: "01010101", Group: Group{Lang: "fr"}, Total: n}}, "01010101", false)
	}
	w := Week{2026, 48}
	r := Release{}.Next(w, rows(9), 10)
	if r.Week != (Week{}) {
		t.Error("nine numbers are published")
	}
	r = r.Next(w.Next(), rows(12), 10)
	if r.Week != w.Next() {
		t.Error("twelve numbers are not published")
	}
	if again := r.Next(w.Next().Next(), rows(15), 10); again.Week != w.Next() {
		t.Error("three more numbers are published")
	}
}
