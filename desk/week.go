package desk

import (
	"cmp"
	"slices"

	"github.com/jamakan/jamakan/civic"
)

// act is what was done in one week, by commune.
type act struct {
	dials, texts, completed, unclear map[civic.Code]int64
	ballots                          map[civic.Code]int64
}

func (a act) quiet(c civic.Code) bool { return a.dials[c] == 0 && a.texts[c] == 0 && a.ballots[c] == 0 }

// weekMaker is what is looked up while the page is made.
type weekMaker struct {
	in        WeekInput
	communes  []civic.Code // hers, of the plans
	held      map[string]bool
	heldAny   bool
	open      map[civic.Code]bool
	now, last act
	residents map[civic.Code]civic.Residents
	scopes    map[string][]civic.Code // of consultations
}

func newWeekMaker(in WeekInput) *weekMaker {
	m := &weekMaker{
		in: in, held: map[string]bool{}, open: map[civic.Code]bool{},
		residents: map[civic.Code]civic.Residents{}, scopes: map[string][]civic.Code{},
	}
	for i := range in.This.Plans {
		m.plan(&in.This.Plans[i])
	}
	slices.Sort(m.communes)
	m.communes = slices.Compact(m.communes)
	m.now, m.last = m.acts(in.This), m.acts(in.Last)
	return m
}

func (m *weekMaker) plan(p *civic.Plan) {
	for _, c := range p.Scope {
		if m.hers(c) {
			m.communes = append(m.communes, c)
		}
		if r, ok := p.Population[c]; ok {
			m.residents[c] = r
		}
	}
	for i := range p.Consultations {
		c := &p.Consultations[i]
		state := c.State(m.in.Now)
		m.scopes[c.Code] = c.Scope
		m.held[c.Code] = state == civic.Annulled || state != civic.Closed && c.Visibility == civic.AfterClose
		m.heldAny = m.heldAny || m.held[c.Code] && state == civic.Open
		for _, commune := range c.Scope {
			m.open[commune] = m.open[commune] || state == civic.Open
		}
	}
}

// hers says whether a commune is on her page: who has no territory reads all.
func (m *weekMaker) hers(c civic.Code) bool {
	return len(m.in.Me.Territory) == 0 || c != "" && m.in.Me.Covers(c)
}

// acts sums up what was done in a week, where it is hers.
func (m *weekMaker) acts(r civic.Report) act {
	a := act{map[civic.Code]int64{}, map[civic.Code]int64{}, map[civic.Code]int64{}, map[civic.Code]int64{}, map[civic.Code]int64{}}
	for _, t := range r.Traffic {
		into := map[civic.Measure]map[civic.Code]int64{civic.Dials: a.dials, civic.TextsIn: a.texts, civic.Completed: a.completed, civic.Unclear: a.unclear}[t.Measure]
		if into != nil && m.hers(t.Commune) {
			into[t.Commune] += t.N
		}
	}
	for _, f := range r.Ballots {
		if !m.held[f.Consultation] && m.hers(f.Commune) {
			a.ballots[f.Commune] += f.Cast + f.Replaced
		}
	}
	return a
}

func (m *weekMaker) totals(v *WeekView) {
	sum := func(of map[civic.Code]int64) (n int64) {
		for _, more := range of {
			n += more
		}
		return n
	}
	v.Dials, v.DialsBefore, v.Completed = sum(m.now.dials), sum(m.last.dials), sum(m.now.completed)
	v.Texts, v.TextsBefore, v.Unclear = sum(m.now.texts), sum(m.last.texts), sum(m.now.unclear)
	v.Ballots, v.BallotsBefore = shownSum(m.now.ballots), shownSum(m.last.ballots)
	v.Nowhere, v.Held = m.now.dials[""], m.heldAny
	for _, flows := range m.in.Past {
		v.Spark = append(v.Spark, shownSum(m.acts(civic.Report{Ballots: flows}).ballots))
	}
	for _, t := range m.in.This.Traffic {
		v.Lost = v.Lost || t.Measure == civic.Lost && t.N > 0
	}
}

// maxWaiting is how many texts that wait are listed.
const maxWaiting = 6

// waiting are the texts that wait longest, and how many wait.
func (m *weekMaker) waiting() (rows []civic.FeedbackRow, n int) {
	for _, r := range m.in.This.Feedback {
		if r.Status.Waits() && (m.hers(r.Commune) || r.Commune == "") {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b civic.FeedbackRow) int { return a.At.Compare(b.At) })
	return rows[:min(len(rows), maxWaiting)], len(rows)
}

// maxDrops is how many screens are listed.
const maxDrops = 6

// drops are the screens on which most calls stopped.
func (m *weekMaker) drops() []WeekDrop {
	sums := map[string]int64{}
	for _, t := range m.in.This.Traffic {
		if t.Measure == civic.Dropped && m.hers(t.Commune) {
			sums[t.Detail] += t.N
		}
	}
	var all []WeekDrop
	for screen, n := range sums {
		all = append(all, WeekDrop{Screen: screen, N: n})
	}
	slices.SortFunc(all, func(a, b WeekDrop) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Screen, b.Screen)) })
	all = all[:min(len(all), maxDrops)]
	for i := range all {
		all[i].Bar = 100 * all[i].N / all[0].N
	}
	return all
}
