package civic

import "time"

// Cell is one counter: ballots that count, by all they are counted by.
// Option 0 counts ballots (numbers); other options count the marks they got.
type Cell struct {
	Consultation string
	Week         Week
	Place        Code
	Option       uint16
	Group        Group
}

// Counts are the counters of ballots, as changes within each week: a re-vote
// is -1 and +1 in the week it happens, so a closed week never changes.
type Counts map[Cell]int64

// Add counts a record. replaced is the record it takes the place of, nil for
// a first ballot.
func (c Counts) Add(r, replaced *Record) {
	week := WeekOf(r.At)
	if replaced != nil {
		c.move(week, replaced, -1)
	}
	c.move(week, r, +1)
}

func (c Counts) move(week Week, r *Record, by int64) {
	cell := Cell{Consultation: r.Consultation, Week: week, Place: r.Place, Group: r.Group}
	c.bump(cell, by)
	for _, m := range r.Marks {
		cell.Option = m.Option
		c.bump(cell, by)
	}
}

func (c Counts) bump(cell Cell, by int64) {
	if n := c[cell] + by; n != 0 {
		c[cell] = n
	} else {
		delete(c, cell)
	}
}

// Standing is a consultation's total in a commune.
type Standing struct {
	Numbers int            // distinct numbers whose ballot counts
	Votes   map[uint16]int // per option
}

// Standing sums a consultation in a commune up to the end of a week (the zero
// Week: all).
func (c Counts) Standing(consultation string, place Code, upTo Week) Standing {
	s := Standing{Votes: map[uint16]int{}}
	for cell, n := range c {
		if cell.Consultation != consultation || cell.Place != place || upTo != (Week{}) && upTo.Before(cell.Week) {
			continue
		}
		if cell.Option == 0 {
			s.Numbers += int(n)
		} else {
			s.Votes[cell.Option] += int(n)
		}
	}
	return s
}

// Recount counts a log anew: what counters must equal. Records come in order;
// earlier finds one by its place in the log.
func Recount(records func(yield func(*Record) bool), earlier func(seq uint64) *Record) Counts {
	c := Counts{}
	for r := range records {
		var replaced *Record
		if r.Replaces != 0 {
			replaced = earlier(r.Replaces)
		}
		c.Add(r, replaced)
	}
	return c
}

// Ended says whether a week is over at a time.
func (w Week) Ended(now time.Time) bool { return !now.Before(w.End()) }
