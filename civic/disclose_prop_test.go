package civic

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// follow reads every week of a season, and returns the first leak.
func follow(t fataler, sheets []*Sheet, k int64, bare bool, each func(s *Sheet, p Published)) string {
	scope := sheets[0].Consultation.Scope
	p := newPublisher(scope, k)
	p.bare = bare
	r := newReader(t, scope, k)
	for _, s := range sheets {
		p.take(s)
		all := p.published(s)
		if leak := r.read(s, all); leak != "" {
			return leak
		}
		if each != nil {
			each(s, all)
		}
	}
	for _, s := range sheets {
		for _, presume := range []bool{false, true} {
			if leak := r.solve(s.Week, countSheet(s, scope), presume); leak != "" {
				return leak
			}
		}
	}
	return ""
}

// TestNobodyIsTold: who keeps all that was ever published and solves it finds
// no hidden figure within less than k, and no change of fewer.
func TestNobodyIsTold(t *testing.T) {
	shown, hidden, margins := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		sheets := season().Draw(t, "season")
		k := rapid.SampledFrom([]int64{5, 10}).Draw(t, "k")
		byWeek := map[Week]*Sheet{}
		leak := follow(t, sheets, k, false, func(s *Sheet, p Published) {
			byWeek[s.Week] = s
			for _, f := range append(communes(p), p.Pooled) {
				for _, table := range f.By {
					for _, cell := range table.Cells {
						if cell.Hidden {
							hidden++
						} else {
							shown++
						}
					}
				}
			}
			if p.Pooled.By[BySex].AsOf == s.Week {
				margins++
			}
			tellsTruth(t, s, p, byWeek)
		})
		if leak != "" {
			t.Fatalf("%s\n%s", leak, printed(sheets))
		}
		once := Publish(sheets, k)
		for _, s := range sheets {
			slices.Reverse(s.Rows)
		}
		if again := Publish(sheets, k); !reflect.DeepEqual(once, again) {
			t.Fatalf("not the same twice: %v and %v", once, again)
		}
	})
	t.Logf("breakdowns: %d figures shown, %d hidden; %d weeks with pooled figures", shown, hidden, margins)
	if shown == 0 || hidden == 0 || margins == 0 {
		t.Error("the test proves nothing")
	}
}

func communes(p Published) []Figures {
	var all []Figures
	for _, f := range p.Communes {
		all = append(all, f)
	}
	return all
}

// tellsTruth: what is shown is what was counted in its week, and whole tables
// and roll-ups add up.
func tellsTruth(t *rapid.T, s *Sheet, p Published, weeks map[Week]*Sheet) {
	scope := s.Consultation.Scope
	top := int64(0)
	for _, at := range append([]Code{pooled}, scope...) {
		f := p.Pooled
		if at != pooled {
			f = p.Communes[at]
			top += f.Numbers.N
		}
		if !f.Numbers.Hidden && f.Numbers.N != sumNumbers(countSheet(weeks[f.AsOf], scope), at) {
			t.Fatalf("%v: numbers of %q: %d", s.Week, at, f.Numbers.N)
		}
		for d, table := range f.By {
			checkTable(t, at, d, table, weeks, func(c string) string { return c })
		}
		checkTable(t, at, byVotes, f.Votes, weeks, optionColumn)
	}
	if f := p.Rollups["01"]; !f.Hidden && f.N != top || !f.Hidden && f.N < p.Rollups["010101"].N {
		t.Fatalf("%v: the region has %d, its communes %d", s.Week, f.N, top)
	}
}

func sumNumbers(c counted, at Code) int64 {
	if at != pooled {
		return c.numbers[at]
	}
	sum := int64(0)
	for _, n := range c.numbers {
		sum += n
	}
	return sum
}

func checkTable[K comparable](t *rapid.T, at Code, d Dimension, table Table[K], weeks map[Week]*Sheet, column func(K) string) {
	if table.Cells == nil {
		return
	}
	s := weeks[table.AsOf]
	c := countSheet(s, s.Consultation.Scope)
	whole, sum := true, int64(0)
	for key, f := range table.Cells {
		truth := int64(0)
		for _, commune := range s.Consultation.Scope {
			if at == pooled || at == commune {
				truth += c.tables[d][commune][column(key)]
			}
		}
		if f.Hidden && f.N != 0 || !f.Hidden && f.N != truth {
			t.Fatalf("%v %s %s %v: %+v, truth %d", table.AsOf, at, d, key, f, truth)
		}
		whole, sum = whole && !f.Hidden, sum+f.N
	}
	adds := d != byVotes || s.Consultation.oneMark()
	if whole && adds && sum != table.Numbers || table.Numbers != sumNumbers(c, at) {
		t.Fatalf("%v %s %s: the parts make %d of %d", table.AsOf, at, d, sum, table.Numbers)
	}
}

// TestComplementsAreNeeded: without them the same reader does find somebody.
func TestComplementsAreNeeded(t *testing.T) {
	leaks := 0
	for seed := range 200 {
		if leak := follow(t, season().Example(seed), 10, true, nil); leak != "" {
			leaks++
		}
	}
	t.Logf("%d of 200 seasons leak when only small figures are hidden", leaks)
	if leaks < 20 {
		t.Errorf("%d leaks: the reader is blind", leaks)
	}
}
