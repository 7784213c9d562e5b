package faults

import (
	"path/filepath"
	"testing"
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

func TestPowerCut(t *testing.T) {
	trace, path := recorded(t, Recording{Writer: built(t), Phones: 8, Seed: 1, Mmap: 32 << 10, Commits: 300})
	t.Logf("%d events, %d commits, grown %d times, ended %d %q", len(trace.Events), trace.Commits, trace.Grown, trace.Ended, trace.Said)
	f := hunt(t, Hunt{Trace: path, Into: inMemory(t), States: 600, Seed: 1, GoOn: 4}, nil)
	t.Logf("%d cuts, %d states, %d distinct: %s %q", f.Tried, f.Looked, f.Distinct, f.Where, f.Problems)
}
