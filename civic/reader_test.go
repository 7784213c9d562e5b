package civic

import (
	"fmt"
	"maps"
	"slices"
)

// reader is one who keeps all that was ever published and solves it, week of
// the figures by week of the figures.
type reader struct {
	t      fataler
	k      int64
	scope  []Code
	final  Week // of the result
	weeks  map[Week]*facts
	latest map[string]int64 // what was last published of each figure
}

// facts are what is known of one week.
type facts struct {
	numbers map[Code]int64 // pooled too
	tables  map[Dimension]map[Code]map[string]Figure
	floors  map[string]int64 // what was known before
	oneMark bool
}

func newReader(t fataler, scope []Code, k int64) *reader {
	return &reader{t: t, k: k, scope: scope, weeks: map[Week]*facts{}, latest: map[string]int64{}}
}

func (r *reader) of(w Week) *facts {
	f := r.weeks[w]
	if f == nil {
		f = &facts{numbers: map[Code]int64{}, tables: map[Dimension]map[Code]map[string]Figure{}, floors: maps.Clone(r.latest)}
		r.weeks[w] = f
	}
	return f
}

func name(d Dimension, at Code, column string) string { return fmt.Sprint(d, "/", at, "/", column) }

// read takes in what one week published; it says what breaks the rule for
// changes.
func (r *reader) read(s *Sheet, p Published) (leak string) {
	if s.State == Closed && r.final == (Week{}) {
		r.final = s.Week
	}
	r.of(s.Week).oneMark = s.Consultation.oneMark()
	shown := map[string]int64{}
	for at, f := range maps.Clone(p.Communes) {
		r.figures(shown, at, f)
	}
	r.figures(shown, pooled, p.Pooled)
	for figure, n := range shown {
		last, was := r.latest[figure]
		exempt := s.Week == r.final && (figure[:4] == "tous" || figure[:4] == "voix")
		if was && small(n-last, r.k) && !exempt {
			leak = fmt.Sprintf("%v: %s goes from %d to %d", s.Week, figure, last, n)
		}
		if small(n, r.k) {
			leak = fmt.Sprintf("%v: %s is %d", s.Week, figure, n)
		}
		r.latest[figure] = n
	}
	return leak
}

func (r *reader) figures(shown map[string]int64, at Code, f Figures) {
	if !f.Numbers.Hidden {
		r.number(f.AsOf, at, f.Numbers.N)
		shown[name("tous", at, "")] = f.Numbers.N
	}
	for d, t := range f.By {
		r.table(shown, d, at, t)
	}
	votes := Table[string]{AsOf: f.Votes.AsOf, Numbers: f.Votes.Numbers}
	if f.Votes.Cells != nil {
		votes.Cells = map[string]Figure{}
	}
	for o, cell := range f.Votes.Cells {
		votes.Cells[optionColumn(o)] = cell
	}
	r.table(shown, byVotes, at, votes)
}

func (r *reader) number(w Week, at Code, n int64) {
	if known, ok := r.of(w).numbers[at]; ok && known != n {
		r.t.Fatalf("%v %s: %d and %d", w, at, known, n)
	}
	r.of(w).numbers[at] = n
}

func (r *reader) table(shown map[string]int64, d Dimension, at Code, t Table[string]) {
	if t.Cells == nil {
		return
	}
	r.number(t.AsOf, at, t.Numbers)
	tables := r.of(t.AsOf).tables
	if tables[d] == nil {
		tables[d] = map[Code]map[string]Figure{}
	}
	known := tables[d][at]
	for column, f := range t.Cells {
		if before, was := known[column]; was && (before.N != f.N || before.Hidden != f.Hidden) {
			r.t.Fatalf("%v: %s is told twice, not the same", t.AsOf, name(d, at, column))
		}
		if !f.Hidden {
			shown[name(d, at, column)] = f.N
		}
	}
	tables[d][at] = t.Cells
}

// solve looks for a hidden figure that can be told within less than k. truth
// is the week's, for readers who presume that no count fell under what was
// last published of it, where that is so.
func (r *reader) solve(w Week, truth counted, presume bool) (leak string) {
	f := r.weeks[w]
	if f == nil {
		return ""
	}
	for _, d := range append(broken(), byVotes, ByTotal) {
		if presume && (d == byVotes || d == ByTotal) && w == r.final {
			continue
		}
		for _, part := range f.parts(d) {
			s := &system{reader: r, facts: f, d: d, part: part, floors: map[string]int64{}, closes: presume && w == r.final}
			if presume {
				s.presume(truth)
			}
			if leak := s.solve(); leak != "" {
				return fmt.Sprintf("%v %s presume=%v: %s", w, d, presume, leak)
			}
		}
	}
	return ""
}

// parts are the sets of columns that add up to the numbers.
func (f *facts) parts(d Dimension) [][]string {
	if d == ByTotal {
		return [][]string{{"tous"}}
	}
	if f.tables[d] == nil {
		return nil
	}
	columns := map[string]bool{}
	for _, cells := range f.tables[d] {
		for c := range cells {
			columns[c] = true
		}
	}
	all := slices.Sorted(maps.Keys(columns))
	if d != byVotes || f.oneMark {
		return [][]string{all}
	}
	var parts [][]string
	for _, c := range all {
		parts = append(parts, []string{c, "sans " + c})
	}
	return parts
}
