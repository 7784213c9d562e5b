package ussd

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/meter"
	"github.com/jamakan/jamakan/ussd/menu"
)

// How long calls are remembered. Networks end a call after 180 s at most and
// an idle one after 30 to 60 s (TELECOM facts 1.1).
const (
	callMemory   = 10 * time.Minute // after the last turn: late repeats still get their answer
	overMemory   = 3 * time.Minute  // the same, of a call that ended
	resumeWithin = 15 * time.Minute // a dropped call may be continued
	callLongest  = 10 * time.Minute // no network lets a call last longer
	maxCalls     = 200_000          // remembered at once; about 1 KB each
)

// call is one USSD session in memory.
type call struct {
	line   *line
	number string        // as the provider sends it, to notice another caller under the same session
	person *store.Person // read once, at the first turn
	memory memory
	state  menu.State
	// content is what this call was shown from its first screen on: numbers
	// never move under the citizen's thumb.
	content *menu.Content
	begun   time.Time
	keys    int     // answered since
	did     Outcome // of the turn being answered
	last    time.Time
	over    bool
	chain   chain // of providers that send the last input alone

	count    meter.Hand
	operator string // by the number's prefix
	ended    bool   // its provider called it over
	dropped  bool   // counted as dropped
	reached  bool   // counted as one that did what it was made for
	recorded bool   // something of it is on disk
}

// line is one number's present: turns of one number are answered one after
// the other, so that two phones in two hands of one number can't race.
type line struct {
	mu   sync.Mutex
	e164 string
	lang string // as last spoken, "": not known
	// dropped is where the last call stopped, offered again to the next one.
	dropped   *menu.State
	droppedAt time.Time
	current   *call
	dials     []int64      // unix seconds of the starts of calls within the limit's window
	used      atomic.Int64 // unix seconds of the last turn
}

const callShards = 64

// calls are the calls and lines in memory, in shards so that phones don't
// wait for each other.
type calls struct {
	seed   maphash.Seed
	shards [callShards]shard
}

type shard struct {
	mu    sync.Mutex
	calls map[string]*call
	lines map[string]*line
}

func newCalls() *calls {
	c := &calls{seed: maphash.MakeSeed()}
	for i := range c.shards {
		c.shards[i].calls = map[string]*call{}
		c.shards[i].lines = map[string]*line{}
	}
	return c
}

func (c *calls) shard(key string) *shard {
	return &c.shards[maphash.String(c.seed, key)%callShards]
}

// find returns the call with that session, or nil.
func (c *calls) find(session string) *call {
	s := c.shard(session)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[session]
}

// add remembers a new call. When there are too many, another is forgotten: a
// caller is never turned away for want of memory. A forgotten call is rebuilt
// from what it recorded.
func (c *calls) add(session string, k *call) {
	s := c.shard(session)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= maxCalls/callShards {
		s.forgetOne()
	}
	s.calls[session] = k
}

// forgetOne forgets a call that is over, or else the one longest silent, of
// those it looks at.
func (s *shard) forgetOne() {
	const looks = 32
	oldest, seen := "", 0
	var since time.Time
	var drop *call
	for id, k := range s.calls {
		if seen++; seen > looks {
			break
		}
		if !k.line.mu.TryLock() {
			continue // it is answering a turn
		}
		over, last := k.over, k.last
		k.line.mu.Unlock()
		if over {
			delete(s.calls, id)
			return
		}
		if oldest == "" || last.Before(since) {
			oldest, since, drop = id, last, k
		}
	}
	if drop != nil && drop.line.mu.TryLock() {
		drop.countDrop()
		drop.line.mu.Unlock()
	}
	delete(s.calls, oldest)
}

// forget forgets a call, if it is still this one.
func (c *calls) forget(session string, k *call) {
	s := c.shard(session)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls[session] == k {
		delete(s.calls, session)
	}
}

// line returns the number's line, made when it is new.
func (c *calls) line(e164 string, now time.Time) *line {
	s := c.shard(e164)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lines[e164]
	if l == nil {
		l = &line{e164: e164}
		s.lines[e164] = l
	}
	l.used.Store(now.Unix())
	return l
}

// sweep forgets calls and lines that nobody needs any more and returns how
// many calls are left.
func (c *calls) sweep(now time.Time) int {
	left := 0
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		for id, k := range s.calls {
			if !k.line.mu.TryLock() {
				left++ // it is answering a turn
				continue
			}
			silent := now.Sub(k.last)
			if k.gone(silent) {
				k.countDrop()
			}
			if silent > callMemory || k.over && silent > overMemory {
				delete(s.calls, id)
			} else {
				left++
			}
			k.line.mu.Unlock()
		}
		for number, l := range s.lines {
			if now.Unix()-l.used.Load() > int64((callLongest + resumeWithin).Seconds()) {
				delete(s.lines, number)
			}
		}
		s.mu.Unlock()
	}
	return left
}

// mayDial counts a start and says whether the number is within its limit of
// starts per window.
func (l *line) mayDial(now time.Time, limit int, window time.Duration) bool {
	keep := l.dials[:0]
	for _, at := range l.dials {
		if now.Unix()-at < int64(window.Seconds()) {
			keep = append(keep, at)
		}
	}
	l.dials = keep
	if limit > 0 && len(l.dials) >= limit {
		return false
	}
	l.dials = append(l.dials, now.Unix())
	return true
}
