package faults

import (
	"syscall"
	"testing"

	"github.com/jamakan/jamakan/faults/systrace"
)

// mutant is a gateway with a planted fault.
type mutant struct {
	tag     string
	what    string
	commits int
	inject  Injection
}

func mutants() []mutant {
	return []mutant{
		{tag: "mutantnosync", what: "never syncs", commits: 200},
		{tag: "mutant", what: "answers before its commit", commits: 60},
		{tag: "mutantgoeson", what: "goes on after a sync that failed", commits: 200, inject: Injection{Op: systrace.Sync, At: 41, Action: fails(syscall.EIO)}},
		{tag: "mutantnewid", what: "a repeated message gets another ID", commits: 200},
		{tag: "mutantname", what: "does not sync the folder of a new file", commits: 60},
	}
}

// TestMutants: each planted fault is caught, else the power cuts prove
// nothing; and the honest gateway under the same load, with the same faults of
// the disk, shows nothing.
func TestMutants(t *testing.T) {
	honest := built(t)
	for _, m := range mutants() {
		t.Run(m.tag, func(t *testing.T) {
			trace, f := m.run(t, built(t, m.tag), 2000)
			if len(f.Problems) == 0 {
				t.Fatalf("a gateway that %s went unnoticed in %d states (%d events, %d injected, ended %d %s)", m.what, f.Looked, len(trace.Events), trace.Failed, trace.Ended, trace.Said)
			}
			t.Logf("%s: caught in state %d (%s): %.200q", m.what, f.Looked, f.Where, f.Problems)
			trace, f = m.run(t, honest, f.Looked+50)
			if len(f.Problems) > 0 || m.inject.At > 0 && trace.Ended != 3 {
				t.Errorf("the honest gateway, ended %d %s: %s: %q", trace.Ended, trace.Said, f.Where, f.Problems)
			}
		})
	}
}

func (m mutant) run(t *testing.T, writer string, states int) (*Trace, Finding) {
	t.Helper()
	trace, path := recorded(t, Recording{Writer: writer, Phones: 8, Seed: 3, Mmap: 32 << 10, Commits: m.commits, Inject: m.inject})
	return trace, hunt(t, Hunt{Trace: path, Into: inMemory(t), States: states, Seed: 3, GoOn: 4}, nil)
}
