package ussd_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jamakan/jamakan/ussd"
)

// BenchmarkTurns is the gateway without codec and listener: calls of four turns
// that record nothing, one number after the other.
func BenchmarkTurns(b *testing.B) {
	s := newStage(b)
	ctx := context.Background()
	chains := []string{"", "2", "2*1", "2*1*1"}
	n := 0
	for b.Loop() {
		if n%20_000 == 0 {
			s.pass(time.Hour)
			s.gateway.Sweep()
		}
		number, session := fmt.Sprintf("+2237%07d", n%1_000_000), fmt.Sprintf("ATUid_%032d", n)
		for _, chain := range chains {
			s.gateway.Answer(ctx, ussd.Turn{Session: session, Number: number, Code: "*384*55#", Transcript: chain, Cumulative: true})
		}
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*len(chains)), "ns/turn")
}
