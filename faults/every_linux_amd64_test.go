package faults

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jamakan/jamakan/faults/load"
	"github.com/jamakan/jamakan/faults/systrace"
)

// fault is a way one call may go wrong.
type fault struct {
	name   string
	op     systrace.Op
	action systrace.Action
}

func ways() []fault {
	return []fault{
		{"sync: EIO", systrace.Sync, fails(syscall.EIO)},
		{"sync: ENOSPC", systrace.Sync, fails(syscall.ENOSPC)},
		{"write: EIO", systrace.Write, fails(syscall.EIO)},
		{"write: ENOSPC", systrace.Write, fails(syscall.ENOSPC)},
		{"write: short", systrace.Write, systrace.Action{Short: 512}},
		{"kill -9 at a write", systrace.Write, systrace.Action{Kill: true}},
		{"kill -9 at a sync", systrace.Sync, systrace.Action{Kill: true}},
	}
}

// TestEveryCall lets the first call of a kind go wrong, then the second, and
// so on: what the gateway leaves, with all that the kernel still held, has
// every answer in it once; and so it is after a power cut besides.
func TestEveryCall(t *testing.T) {
	most, step := number("JAMAKAN_EVERY_CALL", 60), 23
	if most > 60 {
		step = 1
	}
	writer := built(t)
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			runs, ended := 0, map[int]int{}
			for at := 1; at <= most; at += step {
				exit := w.nth(t, writer, at)
				runs++
				ended[exit]++
			}
			t.Logf("%d runs; ended with %v (3: unknown; 1: before it served; -1: killed)", runs, ended)
		})
	}
}

// nth runs one, and says how it ended.
func (w fault) nth(t *testing.T, writer string, at int) int {
	t.Helper()
	dir := t.TempDir()
	trace, err := Recording{
		Writer: writer, Dir: dir, Phones: 6, Seed: uint64(at), Mmap: 32 << 10, Commits: 30 + at/4,
		Inject: Injection{Op: w.op, At: at, Action: w.action},
	}.Record()
	if err != nil {
		t.Fatal(err)
	}
	answered := make([]int, trace.Phones)
	for _, e := range trace.Events {
		if e.Answered {
			answered[e.Phone] = max(answered[e.Phone], e.N)
		}
	}
	ask := load.Ask{Path: filepath.Join(dir, database), Answered: answered, Begun: sum(answered) > 0, GoOn: true}
	if problems := looked(t, ask); len(problems) > 0 {
		t.Errorf("call %d (ended %d, %s): %q", at, trace.Ended, trace.Said, problems)
	}
	path := filepath.Join(t.TempDir(), "trace")
	if err := trace.Save(path); err != nil {
		t.Fatal(err)
	}
	if f := hunt(t, Hunt{Trace: path, Into: inMemory(t), States: 20, Seed: uint64(at), GoOn: 5}, nil); len(f.Problems) > 0 {
		t.Errorf("call %d, power cut: %s: %q", at, f.Where, f.Problems)
	}
	if trace.Failed > 0 && w.action.Fail == syscall.EIO && trace.Ended == -1 {
		t.Errorf("call %d failed, and the gateway went on: %s", at, fmt.Sprint(trace.Said))
	}
	return trace.Ended
}
