package civic

import (
	"maps"
	"slices"
)

// total is the one column of the table of numbers.
const total = "tous"

// publisher goes through the weeks of a consultation, and holds what each
// published.
type publisher struct {
	k        int64
	bare     bool // hides no complements: for the test that shows they are needed
	scope    []Code
	numbers  *history
	tables   map[Dimension]*history
	week     Week // of the last figures
	final    bool // the consultation closed: the figures are the last
	annulled bool
}

func newPublisher(scope []Code, k int64) *publisher {
	scope = slices.Compact(slices.Sorted(slices.Values(scope)))
	p := &publisher{k: k, scope: scope, numbers: newHistory(scope), tables: map[Dimension]*history{}}
	for _, d := range append(broken(), byVotes) {
		p.tables[d] = newHistory(scope)
	}
	p.numbers.parts = [][]string{{total}}
	return p
}

// take publishes one more week.
func (p *publisher) take(s *Sheet) { p.takeCounted(s, countSheet(s, p.scope)) }

// takeCounted is take of a sheet whose tables are made.
func (p *publisher) takeCounted(s *Sheet, c counted) {
	if s.State == Annulled {
		p.annulled = true
	}
	if p.final || p.annulled || s.State == NotOpen {
		return
	}
	p.week, p.final = s.Week, s.State == Closed
	if !p.final && (s.Consultation.Visibility == AfterClose || s.Provisional && p.k > 1) {
		return
	}
	p.learn(s, c)
	p.takeNumbers(c.numbers)
	for _, d := range broken() {
		if !s.Provisional || p.k <= 1 {
			p.takeTable(p.tables[d], c.numbers, c.tables[d], false)
		}
	}
	if s.ResultsVisible() {
		p.takeTable(p.tables[byVotes], c.numbers, c.tables[byVotes], p.final)
	}
}

// learn adds the columns that were never seen before.
func (p *publisher) learn(s *Sheet, c counted) {
	p.tables[byVotes].parts = voteParts(s)
	for _, d := range broken() {
		columns := map[string]bool{}
		if d == BySex || d == ByAge {
			columns[NotGiven] = true
		}
		for _, part := range p.tables[d].parts {
			for _, column := range part {
				columns[column] = true
			}
		}
		for _, r := range c.tables[d] {
			for column, n := range r {
				if n != 0 {
					columns[column] = true
				}
			}
		}
		p.tables[d].parts = [][]string{slices.Sorted(maps.Keys(columns))}
	}
}

// takeNumbers moves each commune's total that may move. The pooled one moves
// when that tells nothing of the communes whose own stand.
func (p *publisher) takeNumbers(numbers map[Code]int64) {
	sum := int64(0)
	for _, commune := range p.scope {
		p.takeNumber(commune, numbers[commune])
		sum += numbers[commune]
	}
	if p.bare || p.protectTotals(numbers, true) || p.final && p.protectTotals(numbers, false) {
		p.takeNumber(pooled, sum)
	}
}

func (p *publisher) takeNumber(at Code, n int64) {
	l := p.numbers.lines[at]
	r := l.draft(row{total: n}, []string{total}, p.k, p.final)
	if !r[total].hidden {
		l.move(p.week, n, r)
	}
}

// all says whether each commune's total is of this week.
func (p *publisher) all(communes []Code) bool {
	if p.week == (Week{}) {
		return false
	}
	for _, c := range communes {
		if p.numbers.lines[c].asOf != p.week {
			return false
		}
	}
	return true
}

// takeTable moves each row of a table that may move: the commune's total has,
// and the row can be made safe and is worth it. The result moves whatever it
// is worth. The margins come after, from what the rows then hide.
func (p *publisher) takeTable(h *history, numbers map[Code]int64, counts map[Code]row, result bool) {
	margins := row{}
	for _, commune := range p.scope {
		for column, n := range counts[commune] {
			margins[column] += n
		}
		l := h.lines[commune]
		p.takeLine(h, commune, numbers[commune], counts[commune], result, func(part []string, r release, presume bool) bool {
			return protectLine(l, part, r, p.k, presume)
		})
	}
	p.takeLine(h, pooled, p.numbers.lines[pooled].numbers, margins, result, func(part []string, r release, presume bool) bool {
		return p.protectMargins(h, numbers, counts, part, r, presume)
	})
}

func (p *publisher) takeLine(h *history, at Code, numbers int64, counts row, result bool, protect func([]string, release, bool) bool) {
	if p.numbers.lines[at].asOf != p.week {
		return
	}
	if p.bare {
		protect = func([]string, release, bool) bool { return true }
	}
	l := h.lines[at]
	r, ok := h.draw(at, counts, p.k, result, protect)
	if ok && (result || l.better(r)) {
		l.move(p.week, numbers, r)
	}
}
