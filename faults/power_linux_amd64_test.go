package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/jamakan/jamakan/faults/systrace"
)

// recorded makes a trace and keeps it in a file.
func recorded(t testing.TB, r Recording) (*Trace, string) {
	t.Helper()
	r.Dir = t.TempDir()
	trace, err := r.Record()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "trace")
	if err := trace.Save(path); err != nil {
		t.Fatal(err)
	}
	return trace, path
}

// number is a count that the environment may ask for.
func number(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}

// Outcome is what one trace gave. It is kept, so that a long run that was cut
// short goes on where it was.
type Outcome struct {
	Trace    int
	Load     string
	Commits  int
	Events   int
	Grown    int
	Failed   int // faults of the disk
	Cuts     int
	States   int
	Sums     []uint64 // of the distinct ones
	Problems []string
}

// campaign is all traces of a run.
type campaign struct {
	writer  string
	commits int
	states  int // of each trace
	keep    string
}

// TestPowerCut records traces of the gateway under load and cuts the power all
// along each. `go test` takes a few short ones; `make faults` asks for 60,
// 50 of which run to their 1,000th commit, and 2,000 states of each.
func TestPowerCut(t *testing.T) {
	traces := number("JAMAKAN_POWER_TRACES", 6)
	c := campaign{
		writer: built(t), keep: os.Getenv("JAMAKAN_POWER_KEEP"),
		commits: number("JAMAKAN_POWER_COMMITS", 150), states: number("JAMAKAN_POWER_STATES", 340),
	}
	if testing.Short() {
		traces, c.states = 2, 150
	}
	if c.keep != "" {
		if err := os.MkdirAll(c.keep, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	outcomes := make([]Outcome, traces)
	var workers sync.WaitGroup
	next := make(chan int)
	for range max(1, min(traces, number("JAMAKAN_POWER_PROCS", runtime.NumCPU()-1))) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = c.trace(t, i)
			}
		})
	}
	for i := range traces {
		next <- i
	}
	close(next)
	workers.Wait()
	total(t, outcomes, c)
}

// load is the i-th way to work: of six traces one is on a disk that fails once
// for good, which ends it, and one on a disk that is full or slow now and then.
func (c campaign) load(i int) (r Recording, name string) {
	chance := rand.New(rand.NewPCG(uint64(i), 99))
	r = Recording{Writer: c.writer, Phones: 8, Seed: uint64(i), Mmap: 32 << 10, Commits: c.commits}
	switch i % 6 {
	case 1:
		r.Phones, r.Mmap, name = 24, 64<<10, "24 phones"
	case 2:
		r.Phones, r.Mmap, name = 12, 1<<30, "grown by 16 MB"
	case 3:
		at := c.commits + chance.IntN(c.commits)
		r.Inject, name = Injection{Op: systrace.Sync, At: at, Action: fails(syscall.EIO)}, fmt.Sprintf("sync %d fails", at)
	case 4:
		at := 50 + chance.IntN(9*c.commits)
		r.Inject, name = Injection{Op: systrace.Write, At: at, Action: fails(syscall.ENOSPC)}, fmt.Sprintf("write %d finds no room", at)
	case 5:
		at := 50 + chance.IntN(9*c.commits)
		r.Inject, name = Injection{Op: systrace.Write, At: at, Every: true, Action: systrace.Action{Short: 1024}}, fmt.Sprintf("writes are short from %d on", at)
	default:
		name = "8 phones"
	}
	return r, name
}

func (c campaign) trace(t *testing.T, i int) Outcome {
	t.Helper()
	kept := filepath.Join(c.keep, fmt.Sprintf("trace-%03d.json", i))
	if o, ok := c.kept(kept); ok {
		return o
	}
	r, name := c.load(i)
	trace, path := recorded(t, r)
	defer os.Remove(path)
	o := Outcome{Trace: i, Load: name, Commits: trace.Commits, Events: len(trace.Events), Grown: trace.Grown, Failed: trace.Failed}
	if want := map[bool]int{true: 3, false: -1}[i%6 == 3]; trace.Ended != want {
		o.Problems = append(o.Problems, fmt.Sprintf("ended with %d, not %d: %s", trace.Ended, want, trace.Said))
	}
	last := hunt(t, Hunt{Trace: path, Into: inMemory(t), States: c.states, Seed: uint64(i), GoOn: 8}, func(f Finding) {
		o.Sums = append(o.Sums, f.Sums...)
	})
	o.Cuts, o.States = last.Tried, last.Looked
	for _, p := range last.Problems {
		o.Problems = append(o.Problems, last.Where+": "+p)
	}
	t.Logf("trace %d (%s): %d commits, %d events, grown %d times, %d faults; %d states, %d distinct; problems %q", i, name, o.Commits, o.Events, o.Grown, o.Failed, o.States, len(o.Sums), o.Problems)
	if c.keep != "" && len(o.Problems) == 0 {
		b, err := json.Marshal(o)
		if err == nil {
			err = os.WriteFile(kept, b, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
	return o
}

// kept is the outcome of an earlier run that was as long.
func (c campaign) kept(path string) (o Outcome, ok bool) {
	b, err := os.ReadFile(path)
	if c.keep == "" || err != nil || json.Unmarshal(b, &o) != nil {
		return o, false
	}
	return o, o.States >= c.states*9/10
}

func total(t *testing.T, outcomes []Outcome, c campaign) {
	t.Helper()
	states, commits, grown, failed, cuts := 0, 0, 0, 0, 0
	distinct := map[uint64]bool{}
	for _, o := range outcomes {
		if len(o.Problems) > 0 {
			t.Errorf("trace %d (%s): %.3q", o.Trace, o.Load, o.Problems)
		}
		states, commits, grown, failed, cuts = states+o.States, commits+o.Commits, grown+o.Grown, failed+o.Failed, cuts+o.Cuts
		for _, s := range o.Sums {
			distinct[s] = true
		}
	}
	t.Logf("%d traces, %d commits, file made longer %d times, %d faults; %d cuts, %d states judged, %d distinct", len(outcomes), commits, grown, failed, cuts, states, len(distinct))
	if want := len(outcomes) * c.states * 8 / 10; len(distinct) < want {
		t.Errorf("%d distinct states, want %d at least", len(distinct), want)
	}
}
