package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
)

// BenchmarkVotesDuringBackup offers 500 voting sessions a second to the real
// gateway over a million ballots, and says the worst wait for "noted" without
// a backup, and while backups are made one after the other.
func BenchmarkVotesDuringBackup(b *testing.B) {
	const ballots = 1_000_000
	bin := filepath.Join(b.TempDir(), "jamakan")
	if said, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, said)
	}
	data := b.TempDir()
	if said, err := exec.Command(bin, "plan", "demo", "--data", data).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, said)
	}
	if said, err := exec.Command(bin, "check", "--data", data).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, said)
	}
	fillBallots(b, filepath.Join(data, databaseFile), ballots)
	addr, _, stop := realHouse(b, data)
	defer stop()
	for i := range b.N {
		ask := loadAsk{Addr: addr, Phones: 64, For: 15 * time.Second, First: 1_000_000 + 100_000*2*i, Keys: firstVote, Rate: 500}
		alone := runLoad(b, ask)
		ctx, cancel := context.WithCancel(context.Background())
		var took []string
		var done sync.WaitGroup
		done.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				begun := time.Now()
				said, err := exec.CommandContext(ctx, bin, "backup", filepath.Join(b.TempDir(), fmt.Sprint(n)), "--data", data).CombinedOutput()
				if err != nil && ctx.Err() == nil {
					b.Errorf("%v\n%s", err, said)
					return
				}
				took = append(took, time.Since(begun).Round(time.Millisecond).String())
			}
		})
		ask.First += 100_000
		during := runLoad(b, ask)
		cancel()
		done.Wait()
		b.Logf("alone: %d sessions, p50 %v p99 %v worst %v; with backups (%s): %d sessions, p50 %v p99 %v worst %v",
			alone.Sessions, alone.P50, alone.P99, alone.Worst, strings.Join(took, ", "), during.Sessions, during.P50, during.P99, during.Worst)
		b.ReportMetric(float64(alone.Worst.Microseconds())/1000, "ms-worst-alone")
		b.ReportMetric(float64(during.Worst.Microseconds())/1000, "ms-worst-in-backup")
		b.ReportMetric(float64(during.P99.Microseconds())/1000, "ms-p99-in-backup")
	}
}

// fillBallots casts ballots of a consultation that nobody asks about.
func fillBallots(b *testing.B, path string, ballots int) {
	b.Helper()
	e, err := bolt.Open(bolt.Options{Path: path, Now: time.Now, InitialMmap: 4 << 30})
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 2048 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(ballots); i = next.Add(1) {
				var voter civic.VoterID
				var id store.ID
				binary.BigEndian.PutUint64(voter[:], uint64(i)*0x9E3779B97F4A7C15)
				binary.BigEndian.PutUint64(id[:], uint64(i)*0xD1B54A32D192ED03)
				id[15] = 1
				number, err := e.Reserve()
				if err != nil {
					b.Error(err)
					return
				}
				_, err = e.Do(context.Background(), store.Command{ID: id, Decide: func(store.View) (store.Change, error) {
					return store.Change{
						Append: []civic.Record{{Kind: civic.Cast, Consultation: "OLD", Voter: voter, Place: "01010103", Receipt: number, Group: civic.Group{Channel: 1, Lang: "bm"}, Marks: []civic.Mark{{Option: 1, Value: 1}}, Event: id}},
						Put:    []store.Put{{Key: store.CitizenKey(voter), Value: []byte(`{"l":"bm","c":"01010103"}`)}},
					}, nil
				}})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := e.Close(); err != nil {
		b.Fatal(err)
	}
}
