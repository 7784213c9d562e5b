package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jamakan/jamakan/faults/systrace"
)

// failing is a disk that fails under the running gateway.
type failing struct {
	name  string
	op    systrace.Op
	err   syscall.Errno
	ends  bool // the process must end: the outcome is unknown
	grows bool // a write behind the file's end
}

// disksFail are the faults of section 3.2 of the rules: errors whose outcome
// is unknown end the process, errors that certainly wrote nothing do not.
func disksFail() []failing {
	return []failing{
		{"sync fails", systrace.Sync, syscall.EIO, true, false},
		{"write fails", systrace.Write, syscall.EIO, true, false},
		{"no room", systrace.Write, syscall.ENOSPC, false, false},
		{"no room to grow", systrace.Write, syscall.ENOSPC, false, true},
	}
}

// TestDiskFails lets the disk of the real gateway fail in the middle of 200
// phones' votes: never a receipt that is not on disk afterwards, the process
// ends at once where the outcome is unknown, and the next start verifies and
// serves.
func TestDiskFails(t *testing.T) {
	bin := buildGateway(t)
	for _, f := range disksFail() {
		t.Run(f.name, func(t *testing.T) { f.run(t, bin) })
	}
}

func (f failing) run(t *testing.T, bin string) {
	data := t.TempDir()
	a := &acks{receipts: map[string]int{}}
	g := &tracedGateway{at: make(chan string, 1), file: filepath.Join(data, databaseFile), failing: f, failed: make(chan time.Time, 1), over: make(chan struct{})}
	ended := make(chan time.Time, 1)
	go func() {
		g.state, g.err = systrace.Run{
			Args: []string{bin, "serve", "--listen", "127.0.0.1:0", "--desk", "127.0.0.1:0", "--data", data},
			Env:  append(os.Environ(), "JAMAKAN_LIMITS_DIALS=0", "JAMAKAN_SANDBOX=127.0.0.1:0", "JAMAKAN_STORE_MMAP=64KB", "JAMAKAN_STORE_RESERVE=0MB"), Dir: data, Before: g.before, Said: g.said,
		}.Do()
		ended <- time.Now()
	}()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: killVoters, MaxConnsPerHost: killVoters}}
	defer client.CloseIdleConnections()
	var base string
	select {
	case base = <-g.at:
	case <-ended:
		t.Fatalf("the gateway ended: %v, exit %d", g.err, g.state.ExitStatus())
	}
	var phones sync.WaitGroup
	for i := range killVoters {
		phones.Go(func() { votes(ctx, client, base, fmt.Sprintf("+2237600%04d", i), a, uint64(i)) })
	}
	var failedAt time.Time
	select {
	case failedAt = <-g.failed:
	case <-ctx.Done():
		t.Fatal("the fault did not come")
	}
	if !f.ends { // it goes on; receipts are read again
		before := a.count()
		until(t, ctx, "fifty receipts more", func() bool { return a.count() >= before+50 })
		// Those fifty may be of the commit before the fault: it is ready once one
		// after it came through.
		until(t, ctx, "ready, with room again", func() bool {
			status, _ := fetched(t, base+"/readyz")
			return status == http.StatusOK
		})
		close(g.over)
	}
	endedAt := <-ended
	stop()
	phones.Wait()
	if took := endedAt.Sub(failedAt); f.ends && (!g.state.Exited() || g.state.ExitStatus() != 1 || took > 15*time.Second) || g.err != nil {
		t.Errorf("ended %v (exit %d) after %v: %v", g.state.Exited(), g.state.ExitStatus(), took, g.err)
	}
	v := verdictOf(t, data)
	if missing, twice := lost(v, a); len(missing)+len(twice)+len(v.Problems) > 0 || v.Ballots != v.Voters {
		t.Errorf("%d receipts lost, %d twice, %d ballots of %d voters, %v", len(missing), len(twice), v.Ballots, v.Voters, v.Problems)
	}
	t.Logf("%d receipts read, none lost; ended %v after the fault", a.count(), endedAt.Sub(failedAt).Round(time.Millisecond))
}

// tracedGateway is the gateway and the one fault of its disk.
type tracedGateway struct {
	failing
	file   string
	at     chan string // where it answers calls
	failed chan time.Time
	over   chan struct{} // closed: it may be killed
	calls  int
	done   bool
	state  syscall.WaitStatus
	err    error
}

// before fails one call, some way into the load.
func (g *tracedGateway) before(c systrace.Call) systrace.Action {
	select {
	case <-g.over:
		return systrace.Action{Kill: true}
	default:
	}
	if c.Path != g.file {
		return systrace.Action{}
	}
	g.calls++
	if g.done || c.Op != g.op || g.calls < 150 || g.grows && !g.behind(c.Offset) {
		return systrace.Action{}
	}
	g.done = true
	g.failed <- time.Now()
	return systrace.Action{Fail: g.failing.err}
}

// behind says whether a place lies behind the file's end.
func (g *tracedGateway) behind(at int64) bool {
	info, err := os.Stat(g.file)
	return err == nil && at >= info.Size()
}

// said finds the address in what the gateway greets with.
func (g *tracedGateway) said(line []byte) bool {
	for l := range strings.Lines(string(line)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "callbacks" {
			g.at <- f[1]
		}
	}
	return true
}
