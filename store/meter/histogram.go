package meter

import "sync/atomic"

// Histogram counts values by the first bound they are within. It is safe for
// concurrent use, and observing is two additions.
type Histogram struct {
	bounds []int64
	n      []atomic.Uint64 // one more than bounds
	sum    atomic.Int64
}

// NewHistogram makes one with rising bounds.
func NewHistogram(bounds ...int64) *Histogram {
	return &Histogram{bounds: bounds, n: make([]atomic.Uint64, len(bounds)+1)}
}

// Observe counts one value.
func (h *Histogram) Observe(v int64) {
	i := 0
	for i < len(h.bounds) && v > h.bounds[i] {
		i++
	}
	h.n[i].Add(1)
	h.sum.Add(v)
}

// Seen is what a histogram counted.
type Seen struct {
	Bounds []int64
	Within []uint64 // values within each bound, cumulated
	N      uint64
	Sum    int64
}

// Seen reads the histogram. Values observed meanwhile may be in N and not yet
// in Sum.
func (h *Histogram) Seen() Seen {
	s := Seen{Bounds: h.bounds, Within: make([]uint64, len(h.bounds)), Sum: h.sum.Load()}
	for i := range h.n {
		s.N += h.n[i].Load()
		if i < len(s.Within) {
			s.Within[i] = s.N
		}
	}
	return s
}
