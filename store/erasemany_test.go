package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// TestErasureAmongMany: all of a person's texts are erased, the first and the
// last and those between, and nobody else's; also one that this book did not see
// come, as one is that is recorded in the same moment.
func TestErasureAmongMany(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	hers := map[string]bool{}
	const many = 3000
	for i := range many {
		number := fmt.Sprintf("+22376%06d", 1000+i%400)
		if i == 0 || i == many/2 || i == many-1 {
			number = two
		}
		reference := l.say(number, fmt.Sprint("o", i), "01010103", "eau", "le puits est sec")
		hers[reference] = number == two
		if i == many/2 {
			_, err := l.Inbox(ctx, store.Filter{}) // the lines are made, and follow from here on
			l.must(err)
		}
	}
	other, err := store.NewBook(l.engine, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
	l.must(err)
	unseen := &ledger{t: t, dir: l.dir, now: l.now, keys: l.keys, engine: l.engine, Book: other}
	hers[unseen.say(two, "unseen", "01010103", "eau", "la pompe aussi")] = true
	begun := time.Now()
	l.must(l.EraseTexts(ctx, l.person(two)))
	t.Logf("an erasure among %d texts: %v", many, time.Since(begun))
	seen, erased := 0, 0
	l.must(l.Opinions(ctx, func(o store.Opinion) bool {
		seen++
		gone := o.Status == civic.ErasedOnAsk && o.Text == ""
		if gone {
			erased++
		}
		if gone != hers[o.Reference] {
			t.Errorf("%s: erased is %v", o.Reference, gone)
		}
		return true
	}))
	if seen != many+1 || erased != 4 {
		t.Errorf("%d texts, %d erased", seen, erased)
	}
}
