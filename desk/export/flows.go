package export

import (
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export/table"
)

// Acts (calls, texts, ballots changed) are not numbers, but a commune with two
// calls is a commune where everybody knows who called. A count under k is
// hidden; a sum with a hidden part is not printed; and of a count cut into
// parts all parts are hidden when one is small, since a total stands beside.

// act is one thing that is counted.
type act uint8

const (
	dials act = iota
	completed
	textsIn
	unclear
	replaced
	opinions
	replies
	waiting
	acts // how many there are
)

// flow is a count of acts that may be hidden.
type flow struct {
	n      int64
	hidden bool
}

func (f flow) plus(g flow) flow { return flow{f.n + g.n, f.hidden || g.hidden} }

// cell is the flow as printed; a hidden one gives nothing away.
func (f flow) cell() table.Cell {
	if f.hidden {
		return table.Secret()
	}
	return table.Int(f.n)
}

// flows are the acts of each commune.
type flows struct {
	of     map[civic.Code]*[acts]flow
	delays map[civic.Code][]int64 // hours to each answer given in the week
}

func (f *flows) at(c civic.Code) *[acts]flow {
	if f.of[c] == nil {
		f.of[c] = &[acts]flow{}
	}
	return f.of[c]
}

// count adds up the report by commune, then hides.
func count(b *book) flows {
	f := flows{of: map[civic.Code]*[acts]flow{}, delays: map[civic.Code][]int64{}}
	if r := b.src.Report; r != nil {
		f.traffic(r.Traffic)
		for _, x := range r.Ballots {
			f.at(x.Commune)[replaced].n += x.Replaced
		}
		for i := range r.Feedback {
			f.feedback(&r.Feedback[i], b.o.Week)
		}
	}
	for c, all := range f.of {
		k := b.leastAt(c)
		for i := range all {
			all[i].hidden = small(all[i].n, k)
		}
	}
	return f
}

func small(n, k int64) bool { return n > 0 && n < k }

// leastAt is the least count of acts shown of a commune: of a fictive plan's
// one when the demonstration asks for all.
func (b *book) leastAt(c civic.Code) int64 {
	for _, p := range b.polls {
		if slices.Contains(p.scope, c) {
			return p.k
		}
	}
	if !slices.ContainsFunc(b.polls, func(p *poll) bool { return !p.fictional() }) {
		return b.least(true)
	}
	return b.k
}

func (f *flows) traffic(rows []civic.TrafficCount) {
	measured := map[civic.Measure]act{civic.Dials: dials, civic.Completed: completed, civic.TextsIn: textsIn, civic.Unclear: unclear}
	for _, r := range rows {
		if a, ok := measured[r.Measure]; ok {
			f.at(r.Commune)[a].n += r.N
		}
	}
}

func (f *flows) feedback(r *civic.FeedbackRow, w civic.Week) {
	all := f.at(r.Commune)
	if civic.WeekOf(r.At) == w {
		all[opinions].n++
	}
	if r.Status.Waits() {
		all[waiting].n++
	}
	if !r.Answered.IsZero() && civic.WeekOf(r.Answered) == w {
		all[replies].n++
		f.delays[r.Commune] = append(f.delays[r.Commune], hours(r))
	}
}

func hours(r *civic.FeedbackRow) int64 {
	return int64(r.Answered.Sub(r.At).Round(time.Hour) / time.Hour)
}

// sum are the acts of several communes.
func (f *flows) sum(communes []civic.Code, a act) flow {
	var all flow
	for _, c := range communes {
		if own := f.of[c]; own != nil {
			all = all.plus(own[a])
		}
	}
	return all
}

// median of the hours to an answer, where as many answers were given as may be
// told.
func (f *flows) median(communes []civic.Code, k int64) table.Cell {
	var all []int64
	for _, c := range communes {
		all = append(all, f.delays[c]...)
	}
	switch {
	case len(all) == 0:
		return table.Cell{}
	case small(int64(len(all)), k) || f.sum(communes, replies).hidden:
		return table.Secret()
	}
	slices.Sort(all)
	return table.Int(all[(len(all)-1)/2])
}

// under are the communes of a list that lie in a place.
func under(place civic.Code, communes []civic.Code) []civic.Code {
	var all []civic.Code
	for _, c := range communes {
		if strings.HasPrefix(string(c), string(place)) {
			all = append(all, c)
		}
	}
	return all
}
