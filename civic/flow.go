package civic

import (
	"cmp"
	"slices"
)

// FlowCell is what ballot flows are counted by.
type FlowCell struct {
	Consultation string
	Week         Week
	Commune      Code
}

// Flow is how many ballots were cast and changed: acts, where Counts are
// numbers that count.
type Flow struct {
	Cast     int64 // first ballots of a number
	Replaced int64 // ballots that took the place of an earlier one
}

// Flows are the acts in the log. Like Counts they follow it, and can always be
// counted anew.
type Flows map[FlowCell]Flow

// Add counts a record. Telling sex and age moves a ballot and casts none.
func (f Flows) Add(r *Record) {
	if r.Kind != Cast {
		return
	}
	cell := FlowCell{r.Consultation, WeekOf(r.At), r.Place}
	flow := f[cell]
	if r.Replaces == 0 {
		flow.Cast++
	} else {
		flow.Replaced++
	}
	f[cell] = flow
}

// Of are the flows of a week, in a fixed order.
func (f Flows) Of(week Week) []BallotFlow {
	var rows []BallotFlow
	for cell, flow := range f {
		if cell.Week == week {
			rows = append(rows, BallotFlow{cell.Consultation, cell.Commune, flow.Cast, flow.Replaced})
		}
	}
	slices.SortFunc(rows, func(a, b BallotFlow) int {
		return cmp.Or(cmp.Compare(a.Consultation, b.Consultation), cmp.Compare(a.Commune, b.Commune))
	})
	return rows
}
