package meter

import (
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

var (
	tuesday = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	week    = civic.WeekOf(tuesday)
	kayes   = By{Commune: "01010103", Channel: civic.ChannelUSSD, Lang: "bm", Operator: "orange"}
)

func cellOf(m civic.Measure, by By, detail string) civic.TrafficCell {
	return civic.TrafficCell{Measure: m, Commune: by.Commune, Channel: by.Channel, Lang: by.Lang, Operator: by.Operator, Detail: detail}
}

func TestADialGoesWithItsCall(t *testing.T) {
	m := New()
	h := m.Hand()
	h.Stand(tuesday, By{Channel: civic.ChannelUSSD, Operator: "orange"})
	h.Dial()
	h.Took(3 * time.Millisecond)
	first := m.Drain(tuesday)[week] // a flush in the middle of the call
	h.Stand(tuesday.Add(time.Second), kayes)
	h.Took(30 * time.Millisecond)
	h.Complete()
	first.Add(m.Drain(tuesday)[week])
	want := civic.Traffic{
		cellOf(civic.Dials, kayes, ""): 1, cellOf(civic.Completed, kayes, ""): 1, cellOf(civic.Latency, kayes, "50"): 1,
		cellOf(civic.Latency, By{Channel: civic.ChannelUSSD, Operator: "orange"}, "20"): 1,
	}
	if !maps.Equal(first, want) {
		t.Errorf("%v, want %v", first, want)
	}
}

func TestMondayAtMidnight(t *testing.T) {
	m := New()
	h := m.Hand()
	sunday := week.End().Add(-time.Nanosecond)
	h.Stand(sunday, By{Channel: civic.ChannelUSSD})
	h.Dial()
	h.Stand(week.End(), kayes) // chosen on Monday: the dial stays in its week
	h.Complete()
	all := m.Drain(week.End())
	if got := all[week]; len(got) != 1 || got.Sum(func(c civic.TrafficCell) bool { return c.Measure == civic.Dials }) != 1 {
		t.Errorf("the week before: %v", got)
	}
	if got := all[week.Next()]; len(got) != 1 || got[cellOf(civic.Completed, kayes, "")] != 1 {
		t.Errorf("the week after: %v", got)
	}
	m.Drain(week.End().Add(2 * time.Hour))
	kept := 0
	m.each(func(*shard, *cell) { kept++ })
	if kept != 1 {
		t.Errorf("%d cells are kept, want the running week's", kept)
	}
}

func TestLatencyBuckets(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "20", 20: "20", 21: "50", 100: "100", 199: "200", 500: "500", 1000: "1000", 1001: "+", 90_000: "+"} {
		if _, got := (latency + bucket(d*time.Millisecond)).measure(); got != want {
			t.Errorf("%d ms: %s, want %s", d, got, want)
		}
	}
}

// TestNothingIsLostOrTwice: calls count while a flusher drains and sometimes
// fails.
func TestNothingIsLostOrTwice(t *testing.T) {
	m := New()
	const calls, turns = 50, 200
	var work sync.WaitGroup
	for range calls {
		work.Go(func() {
			h := m.Hand()
			h.Stand(tuesday, By{})
			h.Dial()
			for i := range turns {
				if i == turns/2 {
					h.Stand(tuesday, kayes)
				}
				h.Took(time.Millisecond)
			}
			h.Drop("vote.list")
		})
	}
	written := civic.Traffic{}
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	for n, over := 0, false; !over; n++ {
		select {
		case <-done:
			over = true
		default:
		}
		for w, counts := range m.Drain(tuesday) {
			if n%2 == 0 && !over {
				m.Return(w, counts)
			} else {
				written.Add(counts)
			}
		}
	}
	written.Add(m.Waiting(week))
	want := civic.Traffic{
		cellOf(civic.Dials, kayes, ""): calls, cellOf(civic.Dropped, kayes, "vote.list"): calls,
		cellOf(civic.Latency, kayes, "20"): calls * turns / 2, cellOf(civic.Latency, By{}, "20"): calls * turns / 2,
	}
	if !maps.Equal(written, want) {
		t.Errorf("%v, want %v", written, want)
	}
}

// BenchmarkTurn is what counting adds to a turn.
func BenchmarkTurn(b *testing.B) {
	m := New()
	b.RunParallel(func(pb *testing.PB) {
		h := m.Hand()
		now := time.Now()
		for pb.Next() {
			h.Stand(now, kayes)
			h.Took(time.Millisecond)
		}
	})
}

// BenchmarkCall is what it adds to a call of eight turns whose commune becomes
// known on the way.
func BenchmarkCall(b *testing.B) {
	m := New()
	now := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			h := m.Hand()
			h.Stand(now, By{Channel: civic.ChannelUSSD, Operator: "orange"})
			h.Dial()
			for range 8 {
				h.Stand(now, kayes)
				h.Took(time.Millisecond)
			}
			h.Complete()
		}
	})
}
