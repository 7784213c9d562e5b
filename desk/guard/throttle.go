package guard

import (
	"maps"
	"sync"
	"time"
)

// throttle slows guessing: after a few failures an account waits, longer each
// time. It is kept for the account and not for the address: behind a proxy all
// come from one, and a stranger would close the desk to everybody.
type throttle struct {
	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	failed int
	last   time.Time
	kept   bool // of an account: a flood of invented names does not push it out
}

// What a login may fail before it waits, and how long at most.
const (
	loginTries  = 5
	longestWait = 15 * time.Minute
	forgetAfter = time.Hour
	maxTracked  = 10_000
)

func newThrottle() *throttle { return &throttle{tries: map[string]*tries{}} }

// begin takes a try of a name, or says how long it must wait. A try counts as
// failed until passed says otherwise: tries made at once are all counted.
func (t *throttle) begin(name string, free int, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wait := t.wait(name, free, now); wait > 0 {
		return wait
	}
	t.failed(name, now)
	return 0
}

// wait is how long a name must wait before it is tried again. The lock is held.
func (t *throttle) wait(name string, free int, now time.Time) time.Duration {
	x := t.tries[name]
	if x == nil || x.failed < free {
		return 0
	}
	pause := min(15*time.Second<<min(x.failed-free, 10), longestWait)
	return max(x.last.Add(pause).Sub(now), 0)
}

// failed counts a failure. The lock is held.
func (t *throttle) failed(name string, now time.Time) {
	if len(t.tries) >= maxTracked {
		for k, x := range t.tries {
			if now.Sub(x.last) > forgetAfter {
				delete(t.tries, k)
			}
		}
	}
	if len(t.tries) >= maxTracked { // a flood of invented names
		maps.DeleteFunc(t.tries, func(_ string, x *tries) bool { return !x.kept })
	}
	x := t.tries[name]
	if x == nil || now.Sub(x.last) > forgetAfter {
		x = &tries{kept: x != nil && x.kept}
		t.tries[name] = x
	}
	x.failed++
	x.last = now
}

// keep says that a name is an account's. Accounts are few.
func (t *throttle) keep(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x := t.tries[name]; x != nil {
		x.kept = true
	}
}

// passed forgets the failures of a name.
func (t *throttle) passed(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, name)
}
