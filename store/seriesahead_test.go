package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// A week that nobody has reached is refused before every week up to it is worked out.
func TestSeriesFarAhead(t *testing.T) {
	l := newLedger(t)
	w, err := civic.ParseWeek("2500-W01")
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	series, err := l.Series(context.Background(), w)
	if !errors.Is(err, store.ErrWeekAhead) {
		t.Errorf("%d sheets after %v, error %v; want ErrWeekAhead", len(series), time.Since(begun), err)
	}
}
