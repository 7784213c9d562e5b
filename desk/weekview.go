package desk

import (
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
	Broken    []WeekFault
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
