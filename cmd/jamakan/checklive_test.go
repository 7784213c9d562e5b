package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// TestCheckWhilePeopleVote: a check of a gateway in service finds nothing wrong
// with data that nothing is wrong with. (bbolt's own walk over the pages does,
// when a commit changes the list of free ones under it.)
func TestCheckWhilePeopleVote(t *testing.T) {
	s, data := inProcess(t)
	base := "http://" + s.onCalls.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var voters sync.WaitGroup
	for v := range 4 {
		voters.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				number := fmt.Sprintf("+2237600%d%03d", v, n%1000)
				for _, text := range []string{"", "2", "2*1", "2*1*1", "2*1*1*1", "2*1*1*1*3", "2*1*1*1*3*1", "2*1*1*1*3*1*1"} {
					_, _ = post(ctx, http.DefaultClient, base, number, fmt.Sprintf("ATUid_%d_%d", v, n), text)
				}
			}
		})
	}
	cfg := config.Default()
	cfg.Data = data
	o, running := runningOffice(cfg)
	if !running {
		t.Fatal("no gateway is running")
	}
	for n := range 20 {
		report, err := o.Check(ctx, func(uint64, uint64) {})
		if err != nil || len(report.Problems) > 0 {
			t.Fatalf("check %d, %d records: %v %v", n, report.Records, report.Problems, err)
		}
	}
	stop()
	voters.Wait()
	if n := s.house.book.Health().Records; n == 0 {
		t.Error("nobody voted")
	} else {
		t.Logf("%d records", n)
	}
}
