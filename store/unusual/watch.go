package unusual

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Ballot is a recorded ballot as it passes.
type Ballot struct {
	At           time.Time
	Commune      civic.Code
	Consultation string
	Option       uint16        // 0: several
	New          bool          // its number was never seen before
	Pace         time.Duration // between two keys of its call, 0: not known
}

// Kind is what looks unusual.
type Kind string

// The kinds.
const (
	NewNumbers Kind = "new_numbers" // many numbers never seen before
	InSequence Kind = "in_sequence" // numbers that follow one another
	Rhythm     Kind = "rhythm"      // one option, as a machine would vote
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{NewNumbers, InSequence, Rhythm} }

// Flag is something for a person to judge.
type Flag struct {
	Kind         Kind
	From, To     time.Time
	N            int // how many
	Of           int // of so many ballots of the commune meanwhile
	Commune      civic.Code
	Consultation string
	Option       uint16 // 0: several, or fewer than FewestNamed
}

// What is flagged. Thresholds are for one commune in one slot of ten minutes.
const (
	slot        = 10 * time.Minute
	FewestNamed = 10 // ballots before an option is named

	manyNew   = 60 // numbers never seen before, and
	timesMean = 4  // so many times the mean of the hour before

	manyNear  = 15 // numbers with a neighbour, and
	nearShare = 5  // one of so many ballots

	manyQuick  = 10                     // calls with keys pressed
	quick      = 600 * time.Millisecond // faster than anybody reads, and half of all
	manyBeats  = 20                     // ballots at intervals that vary
	evenEnough = 0.3                    // by less than this share of their mean: chance gives 1

	keptFlags = 200
	maxCells  = 10_000
)

// Watch looks at ballots. It is safe for concurrent use.
type Watch struct {
	mu    sync.Mutex
	slot  int64
	seen  [2]*filter // numbers of this slot and of the one before
	cells map[where]*cell
	beats map[where]*beat
	flags []*flag
}

// where is a commune in a consultation; option for rhythms.
type where struct {
	commune      civic.Code
	consultation string
	option       uint16
}

// cell counts one commune's slot.
type cell struct {
	slot               int64
	ballots, new, near int
	before             [6]int // new ones of the hour before, slot by slot
}

// beat counts one option's slot.
type beat struct {
	slot         int64
	n, quick     int
	last         time.Time
	sum, squares float64 // of intervals, seconds
}

// flag is a Flag that may still grow.
type flag struct {
	Flag
	at           where
	slot         int64
	base, baseOf int // of slots before
	told         bool
}

// New makes a watch.
func New() *Watch {
	return &Watch{seen: [2]*filter{newFilter(), newFilter()}, cells: map[where]*cell{}, beats: map[where]*beat{}}
}

// Saw looks at one ballot of a number.
func (w *Watch) Saw(e164 string, b Ballot) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := b.At.Unix() / int64(slot/time.Second)
	w.turn(now)
	c := w.cell(where{b.Commune, b.Consultation, 0}, now)
	c.ballots++
	if b.New {
		c.new++
		if c.new >= manyNew && c.new*len(c.before) >= timesMean*sum(c.before[:]) {
			w.raise(NewNumbers, where{b.Commune, b.Consultation, 0}, b.At, now, c.new, c.ballots)
		}
	}
	if n, ok := line(e164); ok && w.near(n) {
		c.near++
		if c.near >= manyNear && c.near*nearShare >= c.ballots {
			w.raise(InSequence, where{b.Commune, b.Consultation, 0}, b.At, now, c.near, c.ballots)
		}
	}
	if b.Option != 0 {
		at := where{b.Commune, b.Consultation, b.Option}
		if t := w.beat(at, now); t.hit(b) {
			w.raise(Rhythm, at, b.At, now, t.n, c.ballots)
		}
	}
}

// turn begins a slot: numbers of the one before the last are forgotten.
func (w *Watch) turn(now int64) {
	if now == w.slot {
		return
	}
	w.seen[0], w.seen[1] = w.seen[1], w.seen[0]
	w.seen[0].clear()
	if now != w.slot+1 {
		w.seen[1].clear()
	}
	w.slot = now
}

func (w *Watch) cell(at where, now int64) *cell {
	c := w.cells[at]
	if c == nil {
		if len(w.cells) >= maxCells {
			clear(w.cells)
		}
		c = &cell{slot: now}
		w.cells[at] = c
	}
	for ; c.slot < now && c.ballots+sum(c.before[:]) > 0; c.slot++ {
		copy(c.before[1:], c.before[:])
		c.before[0], c.new, c.near, c.ballots = c.new, 0, 0, 0
	}
	c.slot = now
	return c
}

func (w *Watch) beat(at where, now int64) *beat {
	t := w.beats[at]
	if t == nil || t.slot != now {
		if len(w.beats) >= maxCells {
			clear(w.beats)
		}
		t = &beat{slot: now}
		w.beats[at] = t
	}
	return t
}

// hit takes one ballot, and says whether a machine would look so.
func (t *beat) hit(b Ballot) bool {
	if t.n++; t.n > 1 {
		d := b.At.Sub(t.last).Seconds()
		t.sum += d
		t.squares += d * d
	}
	t.last = b.At
	if b.Pace > 0 && b.Pace < quick {
		t.quick++
	}
	if t.quick >= manyQuick && t.quick*2 >= t.n {
		return true
	}
	intervals := float64(t.n - 1)
	mean := t.sum / max(intervals, 1)
	// A crowd that votes many times a second is even only because the clock is
	// coarse: rhythms are looked for where a person could be.
	return t.n >= manyBeats && mean >= 0.5 && math.Sqrt(max(t.squares/intervals-mean*mean, 0)) < evenEnough*mean
}

// raise makes a flag, or lets the one of this slot or the last grow.
func (w *Watch) raise(kind Kind, at where, now time.Time, slotNow int64, n, of int) {
	for _, f := range slices.Backward(w.flags) {
		if f.Kind != kind || f.at != at || f.told || slotNow-f.slot > 1 {
			continue
		}
		if f.slot != slotNow {
			f.slot, f.base, f.baseOf = slotNow, f.N, f.Of
		}
		f.N, f.Of, f.To = f.base+n, f.baseOf+of, now
		return
	}
	begins := time.Unix(slotNow*int64(slot/time.Second), 0)
	w.flags = append(w.flags, &flag{
		Flag: Flag{Kind: kind, From: begins, To: now, N: n, Of: of, Commune: at.commune, Consultation: at.consultation},
		at:   at, slot: slotNow,
	})
	w.flags = w.flags[max(len(w.flags)-keptFlags, 0):]
}

// shown is a flag as others may see it.
func (f *flag) shown() Flag {
	out := f.Flag
	if out.N >= FewestNamed {
		out.Option = f.at.option
	}
	return out
}

// Flags are what was flagged since the start, the newest first.
func (w *Watch) Flags() (all []Flag) {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range slices.Backward(w.flags) {
		all = append(all, f.shown())
	}
	return all
}

// Done are the flags that grow no more, or all at the end of the process, each
// once: for the journal.
func (w *Watch) Done(now time.Time, all bool) (done []Flag) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.flags {
		if !f.told && (all || now.Sub(f.To) > 2*slot) {
			f.told = true
			done = append(done, f.shown())
		}
	}
	return done
}

// Untold brings back a flag that could not be written into the journal.
func (w *Watch) Untold(back Flag) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.flags {
		if f.told && f.shown() == back {
			f.told = false
		}
	}
}

func sum(all []int) (n int) {
	for _, x := range all {
		n += x
	}
	return n
}
