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
	inject  []Injection // one a trace, until it is caught; none: one trace
}

func mutants() []mutant {
	return []mutant{
		{tag: "mutantnosync", what: "never syncs", commits: 200},
		{tag: "mutant", what: "answers before its commit", commits: 60},
		{tag: "mutantgoeson", what: "goes on after a sync that failed", commits: 200, inject: syncsFail(44, 41, 61, 64, 45, 42, 62, 65, 50, 53, 57, 58, 70, 73)},
		{tag: "mutantnewid", what: "a repeated message gets another ID", commits: 200},
		{tag: "mutantname", what: "does not sync the folder of a new file", commits: 60},
	}
}

// syncsFail lets one sync a trace fail. Which it is (of data, of the meta page,
// of zeros) hangs on how the phones' messages fall together, and not each is
// one that matters: several are tried.
func syncsFail(at ...int) (all []Injection) {
	for _, n := range at {
		all = append(all, Injection{Op: systrace.Sync, At: n, Action: fails(syscall.EIO)})
	}
	return all
}

// TestMutants: each planted fault is caught, else the power cuts prove
// nothing; and the honest gateway under the same load, with the same faults of
// the disk, shows nothing.
func TestMutants(t *testing.T) {
	honest := built(t)
	for _, m := range mutants() {
		t.Run(m.tag, func(t *testing.T) {
			writer, states := built(t, m.tag), 0
			for _, in := range append(m.inject, Injection{})[:max(1, len(m.inject))] {
				trace, f := m.run(t, writer, in, 600)
				states += f.Looked
				if len(f.Problems) == 0 {
					t.Logf("not with %+v: %d states, ended %d %s", in, f.Looked, trace.Ended, trace.Said)
					continue
				}
				t.Logf("%s: caught in state %d (%s): %.200q", m.what, states, f.Where, f.Problems)
				trace, f = m.run(t, honest, in, f.Looked+50)
				if len(f.Problems) > 0 || in.At > 0 && trace.Ended != 3 {
					t.Errorf("the honest gateway, ended %d %s: %s: %q", trace.Ended, trace.Said, f.Where, f.Problems)
				}
				return
			}
			t.Fatalf("a gateway that %s went unnoticed in %d states", m.what, states)
		})
	}
}

func (m mutant) run(t *testing.T, writer string, in Injection, states int) (*Trace, Finding) {
	t.Helper()
	trace, path := recorded(t, Recording{Writer: writer, Phones: 8, Seed: 3, Mmap: 32 << 10, Commits: m.commits, Inject: in})
	return trace, hunt(t, Hunt{Trace: path, Into: inMemory(t), States: states, Seed: 3, GoOn: 4}, nil)
}
