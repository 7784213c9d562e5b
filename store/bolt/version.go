package bolt

import (
	"sync/atomic"

	"github.com/jamakan/jamakan/civic"
)

// version is one commit's change of what lives in memory, kept so that a
// snapshot sees the index and the counters of its own transaction: what came
// later is taken back, and what its transaction has and memory has not yet is
// added. Versions are a chain from old to new; those that no snapshot can
// reach any more are left to the garbage collector.
type version struct {
	id        int                      // of the transaction
	published bool                     // memory has it; under Engine.mu
	rows      map[string]shift[uint64] // by row key: arrivals, 0 is nowhere
	voters    map[string]shift[uint64] // by voterIndexKey: sequences
	receipts  map[uint32]uint64        // new ones
	adds      []added
	next      atomic.Pointer[version] // set when the next is published
}

// shift is a value before and after a commit.
type shift[T any] struct{ before, after T }

func (b *writing) version() *version {
	return &version{id: b.tx.ID(), rows: b.arrivals, voters: b.voters, receipts: b.receipts, adds: b.adds}
}

// past is what a snapshot's version has otherwise than memory.
type past struct {
	at     *version // that the snapshot shows
	last   *version // whose changes are taken back in rows and voters
	rows   map[string]uint64
	voters map[string]uint64
}

// catchUp takes back what was published since. While the snapshot's own
// version is not in memory yet, nothing was.
func (p *past) catchUp() {
	for {
		next := p.last.next.Load()
		if next == nil {
			return
		}
		if p.rows == nil {
			p.rows, p.voters = map[string]uint64{}, map[string]uint64{}
		}
		before(p.rows, next.rows)
		before(p.voters, next.voters)
		p.last = next
	}
}

// before notes the earliest value of each key.
func before(known map[string]uint64, changed map[string]shift[uint64]) {
	for k, s := range changed {
		if _, earlier := known[k]; !earlier {
			known[k] = s.before
		}
	}
}

// row is a row's arrival where it differs from memory's.
func (p *past) row(packed []byte) (uint64, bool) {
	if !p.at.published {
		s, ok := p.at.rows[string(packed)]
		return s.after, ok
	}
	n, ok := p.rows[string(packed)]
	return n, ok
}

// voter is the sequence of a voter's record where it differs from memory's.
func (p *past) voter(key []byte) (uint64, bool) {
	if !p.at.published {
		s, ok := p.at.voters[string(key)]
		return s.after, ok
	}
	n, ok := p.voters[string(key)]
	return n, ok
}

// differences are the records by which memory, now, is ahead of the snapshot
// (by is -1: they are to be taken back), or behind it (+1). Under Engine.mu.
func (p *past) differences(tip *version, fn func(a *added, by int64)) {
	if !p.at.published {
		for i := range p.at.adds {
			fn(&p.at.adds[i], +1)
		}
		return
	}
	for v := p.at; v != tip; {
		v = v.next.Load()
		for i := range v.adds {
			fn(&v.adds[i], -1)
		}
	}
}

// counts brings a consultation's counters to the snapshot's moment.
func (p *past) counts(now civic.Counts, consultation string, tip *version) civic.Counts {
	p.differences(tip, func(a *added, by int64) {
		if a.r.Consultation != consultation {
			return
		}
		delta := civic.Counts{}
		delta.Add(&a.r, a.replaced)
		for cell, n := range delta {
			if now[cell] += by * n; now[cell] == 0 {
				delete(now, cell)
			}
		}
	})
	return now
}

// flows brings a week's ballots to the snapshot's moment.
func (p *past) flows(now civic.Flows, tip *version) civic.Flows {
	p.differences(tip, func(a *added, by int64) {
		delta := civic.Flows{}
		delta.Add(&a.r)
		for cell, d := range delta {
			f := now[cell]
			f.Cast, f.Replaced = f.Cast+by*d.Cast, f.Replaced+by*d.Replaced
			if now[cell] = f; f == (civic.Flow{}) {
				delete(now, cell)
			}
		}
	})
	return now
}
