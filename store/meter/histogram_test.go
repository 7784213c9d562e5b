package meter_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/jamakan/jamakan/store/meter"
)

func TestHistogram(t *testing.T) {
	h := meter.NewHistogram(1, 10, 100)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, v := range []int64{0, 1, 2, 10, 11, 1000} {
				h.Observe(v)
			}
		})
	}
	all.Wait()
	s := h.Seen()
	if s.N != 24 || s.Sum != 4*1024 || !slices.Equal(s.Within, []uint64{8, 16, 20}) {
		t.Errorf("%+v", s)
	}
}

func BenchmarkObserve(b *testing.B) {
	h := meter.NewHistogram(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
	for b.Loop() {
		h.Observe(3)
	}
}
