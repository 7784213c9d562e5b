package meter

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// By is what is counted by. Empty fields are "not known".
type By struct {
	Commune  civic.Code
	Channel  civic.Channel
	Lang     string
	Operator string
}

// What is counted, but for drops and latencies, which have a detail.
type slot uint8

const (
	dials slot = iota
	completed
	repeats
	limited
	textsIn
	unclear
	latency // the first of its buckets
	slots   = int(latency) + 7
)

// measure is a slot's name in a week's counts.
func (s slot) measure() (civic.Measure, string) {
	if s >= latency {
		return civic.Latency, [...]string{"20", "50", "100", "200", "500", "1000", "+"}[s-latency]
	}
	return [...]civic.Measure{civic.Dials, civic.Completed, civic.Repeats, civic.Limited, civic.TextsIn, civic.Unclear}[s], ""
}

// shards is how many copies of each cell there are.
const shards = 8

// Meter counts. It is safe for concurrent use.
type Meter struct {
	next   atomic.Uint32 // deals calls out over the shards
	shards [shards]shard

	mu   sync.Mutex
	back map[civic.Week]civic.Traffic // drained, and not written after all
}

type shard struct {
	mu    sync.Mutex
	cells map[place]*cell
	_     [64]byte // a cache line between two shards
}

type place struct {
	week civic.Week
	by   By
}

// cell is one copy of the counts of one place.
type cell struct {
	place
	from, until int64 // unix seconds of its week
	n           [slots]atomic.Int64

	mu    sync.Mutex
	drops map[string]int64 // by screen
}

// New makes a meter.
func New() *Meter {
	m := &Meter{back: map[civic.Week]civic.Traffic{}}
	for i := range m.shards {
		m.shards[i].cells = map[place]*cell{}
	}
	return m
}

// cell returns a shard's cell, made when it is new.
func (m *Meter) cell(n uint32, now time.Time, by By) *cell {
	at := place{civic.WeekOf(now), by}
	s := &m.shards[n]
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cells[at]
	if c == nil {
		c = &cell{place: at, from: at.week.Start().Unix(), until: at.week.End().Unix()}
		s.cells[at] = c
	}
	return c
}

// kept is how long the cells of a week are kept after it: calls that hold one
// are over by then.
const kept = time.Hour

// Drain takes the counts away, to be written. Those that can't be written are
// brought back by Return.
func (m *Meter) Drain(now time.Time) map[civic.Week]civic.Traffic {
	m.mu.Lock()
	all := m.back
	m.back = map[civic.Week]civic.Traffic{}
	m.mu.Unlock()
	m.each(func(s *shard, c *cell) {
		into(all, c.week).Add(c.take())
		if c.until < now.Add(-kept).Unix() {
			delete(s.cells, c.place)
		}
	})
	maps.DeleteFunc(all, func(_ civic.Week, t civic.Traffic) bool { return len(t) == 0 })
	return all
}

// Return brings counts back that were drained and not written.
func (m *Meter) Return(week civic.Week, counts civic.Traffic) {
	m.mu.Lock()
	defer m.mu.Unlock()
	into(m.back, week).Add(counts)
}

// Waiting are the counts of a week that are not written yet.
func (m *Meter) Waiting(week civic.Week) civic.Traffic {
	sum := civic.Traffic{}
	m.mu.Lock()
	sum.Add(m.back[week])
	m.mu.Unlock()
	m.each(func(_ *shard, c *cell) {
		if c.week == week {
			sum.Add(c.look())
		}
	})
	return sum
}

func (m *Meter) each(fn func(*shard, *cell)) {
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		for _, c := range s.cells {
			fn(s, c)
		}
		s.mu.Unlock()
	}
}

func into(all map[civic.Week]civic.Traffic, week civic.Week) civic.Traffic {
	if all[week] == nil {
		all[week] = civic.Traffic{}
	}
	return all[week]
}

// take empties the cell.
func (c *cell) take() civic.Traffic {
	c.mu.Lock()
	drops := c.drops
	c.drops = nil
	c.mu.Unlock()
	return c.counts(drops, func(n *atomic.Int64) int64 { return n.Swap(0) })
}

// look reads the cell.
func (c *cell) look() civic.Traffic {
	c.mu.Lock()
	drops := maps.Clone(c.drops)
	c.mu.Unlock()
	return c.counts(drops, (*atomic.Int64).Load)
}

func (c *cell) counts(drops map[string]int64, read func(*atomic.Int64) int64) civic.Traffic {
	t := civic.Traffic{}
	at := civic.TrafficCell{Commune: c.by.Commune, Channel: c.by.Channel, Lang: c.by.Lang, Operator: c.by.Operator}
	for i := range c.n {
		if n := read(&c.n[i]); n != 0 {
			at.Measure, at.Detail = slot(i).measure()
			t[at] = n
		}
	}
	at.Measure = civic.Dropped
	for screen, n := range drops {
		at.Detail = screen
		t[at] = n
	}
	return t
}
