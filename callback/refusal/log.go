package refusal

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Shape is all that is kept of a request.
type Shape struct {
	Method string       // GET, POST, or "other"
	Kind   string       // form, json, none or other
	Bytes  int          // of its body, -1: not known
	From   netip.Prefix // the network it came from; zero: not known
}

// Example is one refusal.
type Example struct {
	At      time.Time
	Channel string
	Reason  Reason
	Shape
}

// examples is how many are kept of each reason, so that a flood of one pushes
// out none of another.
const examples = 5

// Log counts refusals since it was made. It is safe for concurrent use.
type Log struct {
	now   func() time.Time
	since time.Time

	mu       sync.Mutex
	channels []*Channel
	recent   [reasons][]Example
}

// New makes a log.
func New(now func() time.Time) *Log { return &Log{now: now, since: now()} }

// Since is when counting began.
func (l *Log) Since() time.Time { return l.since }

// Channel is where one channel counts. A nil one counts nothing.
type Channel struct {
	log  *Log
	name string
	n    [reasons]atomic.Int64
	last [reasons]atomic.Int64 // unix seconds
}

// Channel makes the counter of a channel, named like "ussd/africastalking": a
// name of the configuration, never of a request.
func (l *Log) Channel(name string) *Channel {
	c := &Channel{log: l, name: name}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.channels = append(l.channels, c)
	slices.SortFunc(l.channels, func(a, b *Channel) int { return cmp.Compare(a.name, b.name) })
	return c
}

// Count counts one refusal. One a second of each kind may become an example.
func (c *Channel) Count(r Reason, s Shape) {
	if c == nil {
		return
	}
	c.n[r].Add(1)
	now := c.log.now()
	last := c.last[r].Load()
	if now.Unix() == last || !c.last[r].CompareAndSwap(last, now.Unix()) {
		return
	}
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	list := append(c.log.recent[r], Example{now, c.name, r, s})
	c.log.recent[r] = list[max(len(list)-examples, 0):]
}

// Row is how often one channel refused for one reason.
type Row struct {
	Channel string
	Reason  Reason
	N       int64
	Last    time.Time
}

// Rows are the counts that are not zero, by channel and reason.
func (l *Log) Rows() (rows []Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.channels {
		for _, r := range Reasons() {
			if n := c.n[r].Load(); n > 0 {
				rows = append(rows, Row{c.name, r, n, time.Unix(c.last[r].Load(), 0)})
			}
		}
	}
	return rows
}

// Recent are the examples, the newest first.
func (l *Log) Recent() []Example {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Concat(l.recent[:]...)
	slices.SortStableFunc(all, func(a, b Example) int { return b.At.Compare(a.At) })
	return all
}
