package guard

import (
	"sync"
	"time"
)

// throttle slows guessing: after a few failures an account waits, longer each
// time. It is kept for the account, since behind a proxy all come from one
// address, and for the address, many more times.
type throttle struct {
	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	failed int
	last   time.Time
}

// What a login and an address may fail before they wait, and how long at most.
const (
	loginTries   = 5
	addressTries = 50
	longestWait  = 15 * time.Minute
	forgetAfter  = time.Hour
	maxTracked   = 10_000
)

func newThrottle() *throttle { return &throttle{tries: map[string]*tries{}} }

// wait is how long a name must wait before it is tried again.
func (t *throttle) wait(name string, free int, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.tries[name]
	if x == nil || x.failed < free {
		return 0
	}
	pause := min(15*time.Second<<min(x.failed-free, 10), longestWait)
	return max(x.last.Add(pause).Sub(now), 0)
}

// failed counts a failure.
func (t *throttle) failed(name string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.tries) >= maxTracked {
		for k, x := range t.tries {
			if now.Sub(x.last) > forgetAfter {
				delete(t.tries, k)
			}
		}
	}
	if len(t.tries) >= maxTracked {
		clear(t.tries) // a flood of invented names: real ones begin anew
	}
	x := t.tries[name]
	if x == nil || now.Sub(x.last) > forgetAfter {
		x = &tries{}
		t.tries[name] = x
	}
	x.failed++
	x.last = now
}

// passed forgets the failures of a name.
func (t *throttle) passed(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, name)
}
