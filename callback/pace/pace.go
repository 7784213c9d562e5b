// Package pace slows down who does too much: so many in a window, by key or
// over all.
//
// It promises that one key's haste costs no other anything, that memory is
// bounded whoever comes, that a clock which jumps back locks nobody out, and
// that no key is kept: only a fingerprint whose secret never leaves the
// process, and a time.
package pace

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// rule is n in a window, all at once if she likes, then one each window/n
// (the generic cell rate algorithm: one time says it all).
type rule struct {
	each, window int64 // nanoseconds
}

func newRule(n int, window time.Duration) rule {
	return rule{each: int64(window) / int64(n), window: int64(window)}
}

// step is the time after one more at now, and whether it is within the rule.
func (r rule) step(due, now int64) (int64, bool) {
	if due < now || due > now+2*r.window { // the second: the clock went back
		due = now
	}
	if due+r.each-now > r.window {
		return due, false
	}
	return due + r.each, true
}

const (
	shards  = 64
	maxKeys = 8192 // of one shard: 500,000 in all, 32 bytes each
)

// Keys is a limit for each key. A nil one is no limit.
type Keys struct {
	rule   rule
	seed   maphash.Seed
	shards [shards]struct {
		mu  sync.Mutex
		due map[uint64]int64
	}
}

// PerKey is n in a window for each key; n of 0 is no limit.
func PerKey(n int, window time.Duration) *Keys {
	if n <= 0 || window <= 0 {
		return nil
	}
	k := &Keys{rule: newRule(n, window), seed: maphash.MakeSeed()}
	for i := range k.shards {
		k.shards[i].due = map[uint64]int64{}
	}
	return k
}

// May counts one of a key, and says whether it is within the limit.
func (k *Keys) May(key string, at time.Time) bool {
	if k == nil {
		return true
	}
	mark, now := maphash.String(k.seed, key), at.UnixNano()
	s := &k.shards[mark%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	was, known := s.due[mark]
	if !known && len(s.due) >= maxKeys {
		for p, due := range s.due { // who has waited long enough is forgotten
			if due <= now {
				delete(s.due, p)
			}
		}
		if len(s.due) >= maxKeys*3/4 {
			clear(s.due) // more keys than a country has in a window: better forgive than refuse
		}
	}
	due, ok := k.rule.step(was, now)
	s.due[mark] = due
	return ok
}

// Gate is one limit for all. A nil one is no limit.
type Gate struct {
	rule rule
	due  atomic.Int64
}

// ForAll is n in a window; n of 0 is no limit.
func ForAll(n int, window time.Duration) *Gate {
	if n <= 0 || window <= 0 {
		return nil
	}
	return &Gate{rule: newRule(n, window)}
}

// May counts one, and says whether it is within the limit.
func (g *Gate) May(at time.Time) bool {
	if g == nil {
		return true
	}
	now := at.UnixNano()
	for {
		was := g.due.Load()
		due, ok := g.rule.step(was, now)
		if !ok || g.due.CompareAndSwap(was, due) {
			return ok
		}
	}
}
