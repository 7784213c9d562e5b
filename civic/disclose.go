package civic

// What may be told of a consultation without telling on anybody. A figure of
// few numbers tells who; so does the difference of two figures, side by side
// (a total and its parts) or one week after the other. Published are, since
// opening, for each commune and pooled over the scope: the numbers whose
// ballot counts, those numbers by one dimension at a time, and the votes by
// option when they may be seen. The rules, with k the least count that is
// shown:
//
//  1. A commune's numbers move to a new week when they are 0 or at least k,
//     and have changed by 0 or at least k. Else the last ones stand, with the
//     week they are of (AsOf).
//  2. A table moves only to a week that the numbers beside it have moved to,
//     so its parts always add up to a total that is published. In it a count
//     is hidden when it is in 1..k-1, or within 1..k-1 of what was last
//     published of it.
//  3. More is hidden (complements), until a reader who solves all that is
//     published of that week finds for each hidden count an interval at least
//     k wide: see network. This holds too for one who presumes that no count
//     fell under what was last published of it.
//  4. A table that can't be made safe, or would show fewer numbers than the
//     one that stands, does not move.
//  5. Pooled figures move when they tell nothing of the communes that stand
//     from an earlier week or were never told: these must hide one another in
//     the sum. They too hide what is small and what would undo a commune's
//     hiding; no figure of a commune is hidden for their sake.
//  6. A hidden figure does not say which rule hid it: "small" would say 1..k-1.
//
// The exception is the result. In the week of closing the numbers and the
// votes are published as they are, whatever their change since the week
// before: a result that is announced has to be true, and it comes out once.
// Counts in 1..k-1 and their complements stay hidden in it. Breakdowns get no
// exception, and may stand from an earlier week. After closing nothing moves.
//
// Where a ballot may mark several options, each option is a table of two: who
// chose it and who did not. That all marks together are at most so many a
// ballot is not taken into account.

// Reason is why a figure or a table is not shown.
type Reason string

// The reasons.
const (
	Secret       Reason = "secret"   // it would tell, or help to tell, of fewer than k numbers
	TooFew       Reason = "few"      // fewer than k numbers so far
	UntilClosing Reason = "closing"  // results, or all figures, come out at closing
	NoResult     Reason = "annulled" // the consultation was annulled
	NotAll       Reason = "communes" // not all communes below have a figure of the same week
)

// Figure is one count. N is 0 when it is hidden.
type Figure struct {
	N      int64
	Hidden bool
	Why    Reason // when hidden
	Change int64  // since the release before, when Moved
	Moved  bool   // the figure was shown in the release before too
}

// Table is numbers by some key, of one week. Cells that are nil, with AsOf
// zero, were never published, for the reason given.
type Table[K comparable] struct {
	AsOf    Week
	Numbers int64 // all numbers in that week: what shares are of
	Cells   map[K]Figure
	Why     Reason
}

// Figures are those of a commune or of the whole scope. Each table is of its
// own AsOf, that of Numbers or earlier.
type Figures struct {
	AsOf    Week // of Numbers; zero: never published
	Numbers Figure
	By      map[Dimension]Table[string] // canal, langue, sexe, age
	Votes   Table[uint16]
}

// Published is all that is told of a consultation in a week.
type Published struct {
	Week     Week
	Communes map[Code]Figures
	Pooled   Figures
	Rollups  map[Code]Figure // numbers by arrondissement, cercle and region
}

// Publish tells what may be known at the end of the last of a consultation's
// sheets, which come oldest first: earlier ones say what was published
// before. A provisional sheet publishes nothing new while the consultation is
// open: the same week will be published when it is over, and the difference
// would tell. With k 1 everything is shown.
func Publish(sheets []*Sheet, k int64) Published {
	if len(sheets) == 0 {
		return Published{}
	}
	last := sheets[len(sheets)-1]
	p := newPublisher(last.Consultation.Scope, k)
	for _, s := range sheets {
		p.take(s)
	}
	return p.published(last)
}
