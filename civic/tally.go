package civic

// Cell is one counter: ballots that count, by all they are counted by.
// Option 0 counts ballots (numbers), other options count their choices.
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

// Standing is a consultation's running total in a commune.
type Standing struct {
	Numbers int            // distinct numbers whose ballot counts
	Votes   map[uint16]int // per option
}
