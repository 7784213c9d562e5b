package ussd_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/ussd"
)

// counted sums a week's counts by measure, commune and detail.
func (s *stage) counted(week civic.Week) map[string]int64 {
	s.t.Helper()
	counts, err := s.book.Traffic(context.Background(), week)
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[string]int64{}
	for cell, n := range counts {
		key := string(cell.Measure) + " " + string(cell.Commune)
		if cell.Measure == civic.Dropped {
			key += " " + cell.Detail
		}
		all[key] += n
	}
	return all
}

func (s *stage) expect(week civic.Week, want map[string]int64) {
	s.t.Helper()
	got := s.counted(week)
	for key, n := range want {
		if got[key] != n {
			s.t.Errorf("%s: %d, want %d; all: %v", key, got[key], n, got)
		}
	}
}

func (s *stage) flush() {
	s.t.Helper()
	if err := s.book.FlushTraffic(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

const someCommune = "01019901"

func TestCallsAreCounted(t *testing.T) {
	s := newStage(t)
	week := civic.WeekOf(begin)
	// A first call that chooses language and commune, and is left at the menu.
	for _, chain := range []string{"", "2", "2*1", "2*1", "2*1*1"} {
		s.turn("ATUid_one", "+22376000001", chain)
	}
	s.expect(week, map[string]int64{"dials " + someCommune: 1, "dials ": 0, "repeats " + someCommune: 1, "completed " + someCommune: 0})
	s.flush()
	s.pass(9 * time.Minute)
	s.gateway.Sweep()
	if got := s.dropped(week); got != 0 {
		t.Errorf("%d dropped before its life is over", got)
	}
	s.pass(2 * time.Minute)
	for range 3 {
		s.gateway.Sweep()
	}
	if got := s.dropped(week); got != 1 {
		t.Errorf("%d dropped, want 1: once", got)
	}
	// A call that ends.
	s.turn("ATUid_two", "+22366000003", "")
	s.turn("ATUid_two", "+22366000003", "2")
	s.turn("ATUid_two", "+22366000003", "2*1")
	s.turn("ATUid_two", "+22366000003", "2*1*1")
	s.turn("ATUid_two", "+22366000003", "2*1*1*0")
	s.expect(week, map[string]int64{"dials " + someCommune: 2, "completed " + someCommune: 1})
	counts, err := s.book.Traffic(context.Background(), week)
	if err != nil {
		t.Fatal(err)
	}
	for operator, want := range map[string]int64{"orange": 1, "moov": 1} {
		if got := counts.Sum(func(c civic.TrafficCell) bool { return c.Measure == civic.Dials && c.Operator == operator }); got != want {
			t.Errorf("%s: %d dials, want %d", operator, got, want)
		}
	}
	if got := counts.Sum(func(c civic.TrafficCell) bool { return c.Measure == civic.Latency }); got != 9 {
		t.Errorf("%d turns measured, want 9: a repeat is none", got)
	}
}

func (s *stage) dropped(week civic.Week) int64 {
	s.t.Helper()
	counts, err := s.book.Traffic(context.Background(), week)
	if err != nil {
		s.t.Fatal(err)
	}
	return counts.Sum(func(c civic.TrafficCell) bool { return c.Measure == civic.Dropped && c.Detail != "" })
}

func TestAnEventCallsACallOver(t *testing.T) {
	s := newStage(t)
	week := civic.WeekOf(begin)
	s.turn("ATUid_one", "+22376000001", "")
	s.gateway.Ended(ussd.End{Session: "ATUid_one", Status: "Incomplete"})
	s.gateway.Sweep()
	s.turn("ATUid_one", "+22376000001", "2") // the event overtook a turn
	s.pass(30 * time.Second)
	s.gateway.Sweep()
	if got := s.dropped(week); got != 0 {
		t.Errorf("%d dropped while turns come", got)
	}
	s.pass(time.Minute)
	s.gateway.Sweep()
	s.pass(time.Hour)
	s.gateway.Sweep()
	if got := s.dropped(week); got != 1 {
		t.Errorf("%d dropped, want 1", got)
	}
}

// TestACrashBetweenFlushes: what was flushed is there once; the minute that
// may be missing is remembered, and only after a crash.
func TestACrashBetweenFlushes(t *testing.T) {
	s := newStage(t)
	week := civic.WeekOf(begin)
	ctx := context.Background()
	s.flush() // as the process does when it starts
	s.turn("ATUid_one", "+22376000001", "")
	s.turn("ATUid_one", "+22376000001", "0")
	s.flush()
	s.turn("ATUid_two", "+22376000002", "")
	if err := s.crash(); err != nil {
		t.Fatal(err)
	}
	s.expect(week, map[string]int64{"dials ": 1, "lost ": 1})
	s.flush()
	// The call that was lost goes on: the process before had counted it.
	s.turn("ATUid_two", "+22376000002", "2")
	s.expect(week, map[string]int64{"dials ": 1})
	if err := s.book.StopTraffic(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.crash(); err != nil {
		t.Fatal(err)
	}
	s.expect(week, map[string]int64{"dials ": 1, "lost ": 1})
}

// TestTheLastMinuteOfSunday: counts stand in the week they happen in, and a
// frozen week takes nothing more.
func TestTheLastMinuteOfSunday(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	week := civic.WeekOf(begin)
	s.pass(week.End().Sub(begin) - time.Second)
	s.flush()
	s.turn("ATUid_one", "+22376000001", "")
	s.pass(time.Second) // Monday 00:00 in Bamako
	s.turn("ATUid_two", "+22376000002", "")
	s.flush()
	s.expect(week, map[string]int64{"dials ": 1})
	s.expect(week.Next(), map[string]int64{"dials ": 1})
	if err := s.book.CloseWeeks(ctx); err != nil {
		t.Fatal(err)
	}
	before := s.counted(week)
	s.pass(11 * time.Minute)
	s.gateway.Sweep() // Sunday's call was dropped, and Sunday's week is closed
	s.flush()
	if after := s.counted(week); len(after) != len(before) {
		t.Errorf("a closed week's counts changed: %v, before %v", after, before)
	}
	if got := s.dropped(week.Next()); got != 2 {
		t.Errorf("%d dropped in the running week, want both", got)
	}
}

// Most people hang up on "noted": such a call did what it was made for.
func TestHangingUpOnNotedIsNoDrop(t *testing.T) {
	s := newStage(t)
	week := civic.WeekOf(begin)
	chain := ""
	for _, key := range []string{"", "2", "1", "1", "1", "3", "1", "1"} {
		if key != "" {
			chain = strings.TrimPrefix(chain+"*"+key, "*")
		}
		s.turn("ATUid_one", "+22376000001", chain)
	}
	s.pass(11 * time.Minute)
	for range 3 {
		s.gateway.Sweep()
	}
	s.expect(week, map[string]int64{"dials " + someCommune: 1, "completed " + someCommune: 1})
	if got := s.dropped(week); got != 0 {
		t.Errorf("%d dropped", got)
	}
}
