package civic_test

import (
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"pgregory.net/rapid"
)

// history draws a log as the store writes one: ballots, changed ballots that
// may come from another commune, and groups told after the vote.
func history(t *rapid.T) []civic.Record {
	var log []civic.Record
	last := map[civic.VoterID]int{}
	at := time.Date(2026, 11, 16, 8, 0, 0, 0, civic.Bamako)
	for range rapid.IntRange(0, 60).Draw(t, "records") {
		at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "hours")) * time.Hour)
		r := civic.Record{
			Seq: uint64(len(log) + 1), At: at, Kind: civic.Cast, Consultation: "JAM-1",
			Voter: civic.VoterID{byte(rapid.IntRange(1, 12).Draw(t, "voter"))},
			Place: civic.Code(rapid.SampledFrom([]string{"01010103", "01010104"}).Draw(t, "place")),
			Group: civic.Group{
				Channel: civic.ChannelUSSD, Lang: rapid.SampledFrom([]string{"fr", "bm"}).Draw(t, "lang"),
				Sex: civic.Sex(rapid.IntRange(0, 2).Draw(t, "sex")), Age: civic.Age(rapid.IntRange(0, 4).Draw(t, "age")),
			},
		}
		for _, option := range rapid.SliceOfNDistinct(rapid.Uint16Range(1, 4), 1, 3, func(o uint16) uint16 { return o }).Draw(t, "marks") {
			r.Marks = append(r.Marks, civic.Mark{Option: option, Value: 1})
		}
		if i, voted := last[r.Voter]; voted {
			r.Replaces = log[i].Seq
			if rapid.Bool().Draw(t, "declares") {
				r.Kind, r.Place, r.Marks = civic.Declare, log[i].Place, log[i].Marks
			}
		}
		last[r.Voter] = len(log)
		log = append(log, r)
	}
	return log
}

// recount counts the ballots that stand at the end of a week, without any
// counter: each voter's last one.
func recount(log []civic.Record, place civic.Code, upTo civic.Week) civic.Standing {
	standing := map[civic.VoterID]civic.Record{}
	for _, r := range log {
		if week := civic.WeekOf(r.At); !upTo.Before(week) {
			standing[r.Voter] = r
		}
	}
	s := civic.Standing{Votes: map[uint16]int{}}
	for _, r := range standing {
		if r.Place != place {
			continue
		}
		s.Numbers++
		for _, m := range r.Marks {
			s.Votes[m.Option]++
		}
	}
	return s
}

func count(log []civic.Record) civic.Counts {
	return civic.Recount(each(log), func(seq uint64) *civic.Record { return &log[seq-1] })
}

func each(log []civic.Record) iter.Seq[*civic.Record] {
	return func(yield func(*civic.Record) bool) {
		for i := range log {
			if !yield(&log[i]) {
				return
			}
		}
	}
}

func TestCountsAreTheBallotsThatStand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := history(t)
		counts := count(log)
		for _, r := range log {
			week := civic.WeekOf(r.At)
			numbers, voters := 0, map[civic.VoterID]bool{}
			for _, earlier := range log {
				if !week.Before(civic.WeekOf(earlier.At)) {
					voters[earlier.Voter] = true
				}
			}
			for _, place := range []civic.Code{"01010103", "01010104"} {
				got, want := counts.Standing("JAM-1", place, week), recount(log, place, week)
				maps.DeleteFunc(got.Votes, func(_ uint16, n int) bool { return n == 0 })
				if got.Numbers != want.Numbers || !maps.Equal(got.Votes, want.Votes) {
					t.Fatalf("%s, %s: got %+v, want %+v", week, place, got, want)
				}
				numbers += got.Numbers
			}
			if numbers != len(voters) {
				t.Fatalf("%s: got %d numbers, want %d: each voter once", week, numbers, len(voters))
			}
		}
	})
}

func TestClosedWeeksNeverChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := history(t)
		if len(log) == 0 {
			return
		}
		cut := rapid.IntRange(0, len(log)-1).Draw(t, "cut")
		closed := civic.WeekOf(log[cut].At)
		first := slices.IndexFunc(log, func(r civic.Record) bool { return closed.Before(civic.WeekOf(r.At)) })
		if first < 0 {
			first = len(log)
		}
		whole := count(log)
		for week := civic.WeekOf(log[0].At); !closed.Before(week); week = week.Next() {
			if got, want := whole.Rows("JAM-1", week), count(log[:first]).Rows("JAM-1", week); !slices.Equal(got, want) {
				t.Fatalf("%s: got %v, want %v", week, got, want)
			}
		}
	})
}

func TestRowsAddUpToStanding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := history(t)
		counts := count(log)
		var before map[civic.Code]int64
		for _, r := range log {
			week := civic.WeekOf(r.At)
			total, inWeek := map[civic.Code]int64{}, map[civic.Code]int64{}
			for _, row := range counts.Rows("JAM-1", week) {
				if row.Option == 0 {
					total[row.Place] += row.Total
					inWeek[row.Place] += row.InWeek
				}
			}
			for place, n := range total {
				if got := counts.Standing("JAM-1", place, week).Numbers; int64(got) != n {
					t.Fatalf("%s %s: rows say %d, standing %d", week, place, n, got)
				}
			}
			before = map[civic.Code]int64{}
			for _, row := range counts.Rows("JAM-1", week.Prev()) {
				if row.Option == 0 {
					before[row.Place] += row.Total
				}
			}
			for place := range total {
				if got, want := inWeek[place], total[place]-before[place]; got != want {
					t.Fatalf("%s %s: got %d in the week, want %d", week, place, got, want)
				}
			}
		}
	})
}

func TestCountsForgetZeroCells(t *testing.T) {
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, civic.Bamako)
	first := civic.Record{Seq: 1, At: at, Kind: civic.Cast, Consultation: "JAM-1", Place: "01010103", Marks: []civic.Mark{{Option: 1, Value: 1}}}
	second := first
	second.Seq, second.Replaces, second.Marks = 2, 1, []civic.Mark{{Option: 2, Value: 1}}
	counts := civic.Counts{}
	counts.Add(&first, nil)
	counts.Add(&second, &first)
	if got, want := len(counts), 2; got != want {
		t.Errorf("got %d cells, want %d (ballots, option 2): %v", got, want, counts)
	}
	if got := counts.Standing("JAM-1", "01010103", civic.Week{}); got.Numbers != 1 || got.Votes[2] != 1 || got.Votes[1] != 0 {
		t.Errorf("got %+v, want one ballot for option 2", got)
	}
	if got := counts.Standing("other", "01010103", civic.Week{}); got.Numbers != 0 {
		t.Errorf("another consultation: got %+v, want none", got)
	}
}
