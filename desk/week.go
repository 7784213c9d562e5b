package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// least is the smallest count of ballots that the desk shows, as in the
// coordinators' files.
const least = 5

// WeekInput is what the page of the week is made from.
type WeekInput struct {
	Now       time.Time
	Me        civic.Coordinator
	This      civic.Report // of the running week
	Last      civic.Report // of the week before
	Before    []civic.Week // weeks of Past, oldest first
	Past      [][]civic.BallotFlow
	Published []WeekPublished // as of the last closed week
	Health    store.Health
	Posts     []Post
	Free      int64 // bytes free on the disk, -1: not known
}

// WeekPublished is what may be told of the numbers of one consultation.
type WeekPublished struct {
	Code    string
	Figures civic.Published
}

// Count is a count as it may be shown.
type Count struct {
	N    int64
	Few  bool // 1 to 4: not said how many
	More bool // of a sum: communes with few are left out of N, or it would tell them
}

func shownCount(n int64) Count {
	if n > 0 && n < least {
		return Count{Few: true}
	}
	return Count{N: n}
}

// shownSum is the sum of counts as far as each may be shown.
func shownSum(of map[civic.Code]int64) (sum Count) {
	for _, n := range of {
		c := shownCount(n)
		sum.N, sum.More = sum.N+c.N, sum.More || c.Few
	}
	return sum
}

// WeekView is the page of the week.
type WeekView struct {
	Week     civic.Week
	From, To time.Time // its Monday and Sunday
	AsOf     time.Time
	Lost     bool // a stop was not clean: some calls may be missing
	Held     bool // a consultation tells nothing before it closes

	Dials, DialsBefore     int64
	Completed              int64
	Ballots, BallotsBefore Count
	Texts, TextsBefore     int64
	Unclear                int64

	Spark    []Count // ballots of the last weeks, this one last
	Communes []WeekCommune
	Nowhere  int64 // dials before a commune was chosen
	Silent   []WeekSilence
	Groups   []WeekGroup
	Drops    []WeekDrop
	Waiting  []civic.FeedbackRow // the oldest
	WaitingN int
	Faults   []WeekFault
}

// WeekCommune is one line of the table.
type WeekCommune struct {
	Code                   civic.Code
	Dials, DialsBefore     int64
	Ballots, BallotsBefore Count
	Texts, TextsBefore     int64
	Numbers                civic.Figure // whose ballot counts, in the consultation that has most
	AsOf                   civic.Week   // of Numbers; zero: not published
	Residents              civic.Residents
	Rate                   int64 // Numbers per thousand adults, in tenths; -1: not known
	Bar                    int64 // of Rate, per cent of the highest
	Women, Young           WeekShare
	Quiet                  bool
}

// WeekSilence is a commune where a consultation is open and nobody calls,
// texts or votes.
type WeekSilence struct {
	Code  civic.Code
	Again bool // the week before too
}

// WeekShare is a declared share beside the census. It is shown when Base is
// not zero, the census when its Base is not zero.
type WeekShare struct {
	Part, Base         int64
	Census, CensusBase int64
}

// WeekGroup is one bar of women or young people.
type WeekGroup struct {
	Key   string // "women", "young"
	Share WeekShare
	AsOf  civic.Week
}

// WeekDrop is a screen on which calls stopped.
type WeekDrop struct {
	Screen string
	N      int64
	Bar    int64 // per cent of the first
}

// WeekFault is something broken, as words with values.
type WeekFault struct {
	Key   string
	Pairs []any
}

// NewWeekView makes the page. It is pure.
func NewWeekView(in WeekInput) WeekView {
	w := in.This.Week
	v := WeekView{Week: w, From: w.Start(), To: w.End().Add(-time.Second), AsOf: in.This.AsOf, Faults: faults(in)}
	m := newWeekMaker(in)
	for _, code := range m.communes {
		v.Communes = append(v.Communes, m.commune(code))
	}
	m.bars(v.Communes)
	for i := range v.Communes {
		c := &v.Communes[i]
		if c.Quiet = m.open[c.Code] && m.now.quiet(c.Code); c.Quiet {
			v.Silent = append(v.Silent, WeekSilence{c.Code, m.last.quiet(c.Code)})
		}
	}
	m.totals(&v)
	v.Groups = m.groups(v.Communes)
	v.Drops = m.drops()
	v.Waiting, v.WaitingN = m.waiting()
	return v
}

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
