package storetest

import (
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// flows: first ballots and changed ones are told apart, week by week; telling
// sex and age is neither; a restart finds the same.
func flows(b *bench) {
	first := civic.WeekOf(b.now())
	b.do(b.cast(1, 1))
	b.do(b.cast(2, 1))
	b.do(b.cast(1, 2))
	b.do(b.declare(1))
	b.pass(first.End().Sub(b.now()) - time.Second)
	b.do(b.cast(3, 1))
	b.pass(time.Second) // Monday 00:00
	b.do(b.cast(1, 3))
	want := map[civic.Week][]civic.BallotFlow{
		first.Prev(): nil, first: {{Consultation: consultation, Commune: "01010101", Cast: 3, Replaced: 1}},
		first.Next(): {{Consultation: consultation, Commune: "01010101", Replaced: 1}},
	}
	for range 2 {
		for week, rows := range want {
			if got := b.flows(week); !slices.Equal(got, rows) {
				b.Errorf("%s: %v, want %v", week, got, rows)
			}
		}
		b.again()
	}
}

func (b *bench) flows(week civic.Week) (rows []civic.BallotFlow) {
	b.Helper()
	err := b.View(b.Context(), func(s store.Snapshot) (err error) {
		rows, err = s.Flows(week)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return rows
}

// declare is the command of sex and age.
func (b *bench) declare(voter byte) store.Command {
	b.Helper()
	id := b.id()
	mine := store.VoterKey(consultation, civic.VoterID{voter})
	return store.Command{ID: id, Reads: []store.Key{mine}, Decide: func(v store.View) (store.Change, error) {
		entry, _ := v.Get(mine)
		r, err := store.DecodeEntry(entry)
		if err != nil {
			return store.Change{}, err
		}
		r.Kind, r.Event, r.Replaces, r.Group.Sex = civic.Declare, id, r.Seq, civic.Female
		return store.Change{Append: []civic.Record{r}}, nil
	}}
}
