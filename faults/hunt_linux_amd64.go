package faults

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/jamakan/jamakan/faults/disk"
	"github.com/jamakan/jamakan/faults/load"
)

// Hunt looks for a state of a trace that is wrong.
type Hunt struct {
	Trace  string // its file
	Into   string // a folder for states, in memory if possible
	States int    // how many are wanted
	Seed   uint64
	GoOn   int // after every so many states the phones go on, too
}

// Finding is what a hunt says, line by line: how far it is, the sums of the
// states, and the first that is wrong.
type Finding struct {
	Sums     []uint64 // of states since the last line; all distinct within the trace
	Tried    int      // cuts so far
	Looked   int      // states judged so far; one that was found again after more answers is judged again
	Distinct int      // of them
	Where    string   // of the wrong one
	Problems []string
	Done     bool
}

// hunter goes through a trace.
type hunter struct {
	Hunt
	trace    *Trace
	disk     *disk.Disk
	judge    *load.Judge
	answered []int
	begun    bool
	known    map[disk.State]int // how many answers had been given when it was judged last
	answers  int
	chance   *rand.Rand
	said     Finding
	out      *json.Encoder
}

// Go cuts the power all along the trace, and stops at the first state that is
// wrong.
func (h Hunt) Go(out io.Writer) error {
	t, err := LoadTrace(h.Trace)
	if err != nil {
		return err
	}
	judge, err := load.NewJudge(t.Phones)
	if err != nil {
		return err
	}
	x := &hunter{
		Hunt: h, trace: t, disk: disk.New(t.Dir), judge: judge, answered: make([]int, t.Phones),
		known: map[disk.State]int{}, chance: rand.New(rand.NewPCG(h.Seed, 7)), out: json.NewEncoder(out),
	}
	if err := x.through(); err != nil {
		return err
	}
	x.said.Done = true
	return x.out.Encode(x.said)
}

// through spreads the cuts evenly over the changes in question of all events.
func (h *hunter) through() error {
	total, err := h.questions()
	if err != nil {
		return err
	}
	due, per := 0.0, float64(h.States)/float64(total)
	for at, e := range h.trace.Events {
		if err := h.take(e); err != nil {
			return err
		}
		weight := h.weight()
		for due += per * float64(weight); due >= 1; due-- {
			if found, err := h.cut(at); found || err != nil {
				return err
			}
		}
	}
	return nil
}

// questions is the weight of all events.
func (h *hunter) questions() (total int, err error) {
	d, real := disk.New(h.trace.Dir), h.disk
	h.disk = d
	for _, e := range h.trace.Events {
		if err := h.take(e); err != nil {
			return 0, err
		}
		total += h.weight()
	}
	h.disk, h.begun, h.answered, h.answers = real, false, make([]int, h.trace.Phones), 0
	return total, nil
}

// weight is how much is worth cutting here: where nothing is in question there
// is one state.
func (h *hunter) weight() int { return min(h.disk.Open(database), 12) }

func (h *hunter) take(e Event) error {
	if e.Answered {
		h.answered[e.Phone] = max(h.answered[e.Phone], e.N)
		h.answers, h.begun = h.answers+1, true
		return nil
	}
	return h.disk.Apply(e.Call)
}

// cut makes a state and looks at it, unless it was judged with the same
// answers. It tries a few times for another one.
func (h *hunter) cut(at int) (found bool, err error) {
	for range 4 {
		kind := disk.Kind(h.said.Tried) % disk.Kinds
		h.said.Tried++
		known := false
		s, err := h.disk.Cut(database, kind, h.chance, h.Into, func(s disk.State) bool {
			answers, judged := h.known[s]
			known = judged && answers == h.answers
			return known
		})
		if err != nil {
			return false, err
		}
		if !known {
			return h.look(at, kind, s)
		}
	}
	return false, nil
}

func (h *hunter) look(at int, kind disk.Kind, s disk.State) (found bool, err error) {
	h.said.Looked++
	if _, judged := h.known[s]; !judged {
		h.said.Distinct++
		h.said.Sums = append(h.said.Sums, s.Sum^uint64(s.Size))
	}
	h.known[s] = h.answers
	if err := os.RemoveAll(filepath.Join(h.Into, database+".lock")); err != nil {
		return false, err
	}
	h.said.Where = fmt.Sprintf("event %d of %d, cut %s, state %d, %d bytes", at, len(h.trace.Events), kind, h.said.Looked, s.Size)
	if h.said.Looked%64 == 1 { // also the name of a state that kills the judge
		if err := h.out.Encode(h.said); err != nil {
			return false, err
		}
		h.said.Sums = nil
	}
	h.said.Problems = h.judge.Look(load.Ask{
		Path: filepath.Join(h.Into, database), Answered: append([]int(nil), h.answered...), Begun: h.begun,
		GoOn: h.GoOn > 0 && h.said.Looked%h.GoOn == 0,
	})
	return len(h.said.Problems) > 0, nil
}
