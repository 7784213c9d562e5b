package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// TestALargeSheet: the sheet of a large consultation does not fit one command.
// It is frozen in parts, wherever the process dies, and read again whole.
func TestALargeSheet(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	const numbers = 6000 // each in a group of its own
	var work sync.WaitGroup
	for worker := range 64 {
		work.Go(func() {
			for i := worker; i < numbers; i += 64 {
				p := l.person(fmt.Sprintf("+2237600%04d", i))
				c := civic.Citizen{Lang: fmt.Sprintf("l%d", i), Commune: "01010103"}
				if _, err := l.Commit(ctx, store.Deed{
					ID: store.ID{3, byte(i), byte(i >> 8)}, Person: p, Channel: civic.ChannelUSSD,
					Act: civic.Act{Deed: civic.CastBallot, Citizen: c, Consultation: "A", Marks: []civic.Mark{{Option: 1, Value: 1}}},
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	w := civic.WeekOf(l.now)
	l.now = w.End()
	for most := range 8 {
		left := most
		b, err := store.NewBook(spent{l.engine, &left}, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.CloseWeeks(ctx); err == nil && most < 3 {
			t.Errorf("a sheet of several parts is closed after %d commands", most)
		}
	}
	l.closeWeeks()
	series, err := l.Series(ctx, w)
	if err != nil || len(series) == 0 {
		t.Fatalf("%d sheets, %v", len(series), err)
	}
	if s := series[0]; s.Provisional || len(s.Rows) != 2*numbers {
		t.Errorf("provisional %v, %d rows, want %d", s.Provisional, len(s.Rows), 2*numbers)
	}
	first := l.lying(store.Key("week/" + w.String() + "/A"))
	l.vote(l.person("+22376000001"), "again", "A", 2, "01010103")
	l.now = l.now.AddDate(0, 0, 7)
	l.closeWeeks()
	if again := l.lying(store.Key("week/" + w.String() + "/A")); again != first {
		t.Error("a closed sheet changed")
	}
}

// lying is all that lies under a prefix.
func (l *ledger) lying(prefix store.Key) string {
	l.t.Helper()
	var all strings.Builder
	err := l.engine.View(context.Background(), func(s store.Snapshot) error {
		return s.Scan(prefix, "", func(k store.Key, v []byte) bool {
			fmt.Fprintf(&all, "%s %s\n", k, v)
			return true
		})
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return all.String()
}
