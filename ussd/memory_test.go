package ussd_test

import (
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkLiveCall is the memory of a call in the middle of a vote.
func BenchmarkLiveCall(b *testing.B) {
	for range b.N {
		s := newStage(b)
		const calls = 4000
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range calls {
			number, session := fmt.Sprintf("+2237%07d", i), fmt.Sprintf("ATUid_%032d", i)
			for _, chain := range []string{"", "2", "2*1", "2*1*1", "2*1*1*1"} {
				s.turn(session, number, chain)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/calls, "B/call")
	}
}
