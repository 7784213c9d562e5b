package clock

import (
	"fmt"
	"time"
)

// mend is what to do about a clock that is not believed.
const mend = "set the machine's clock right, or, if it is right, run `jamakan clock accept`"

// Acceptance is an operator's word that the wall clock is right.
type Acceptance struct {
	From time.Time // what was believed
	To   time.Time // what the wall clock said
}

// covers says whether a start may take the wall clock for the one accepted,
// that has not caught up yet: at half pace it does by 2·From-To.
func (a Acceptance) covers(last, wall time.Time) bool {
	caught := a.From.Add(a.From.Sub(a.To) + Tolerance)
	return a.To.Before(a.From) && !wall.Before(a.To.Add(-Tolerance)) && !last.After(caught) && !wall.After(caught)
}

// Doubt is a jump forward that is not believed: Told was the time when the wall
// clock said Wall. The zero one is none.
type Doubt struct{ Told, Wall time.Time }

// stands says whether a wall clock still goes on from that jump.
func (d Doubt) stands(wall time.Time) bool {
	return d.Wall.After(d.Told) && !wall.Before(d.Wall.Add(-Tolerance))
}

// Doubt is what a later start has to know.
func (s Status) Doubt() Doubt {
	if s.Believed || !s.Wall.After(s.Time) {
		return Doubt{}
	}
	return Doubt{s.Time, s.Wall}
}

// Status is how the clock goes.
type Status struct {
	Time     time.Time // what is told
	Wall     time.Time // what the machine says
	Believed bool      // the wall clock, or an operator's word for it
	Waiting  bool      // time goes at half pace until the wall clock has caught up
	Since    time.Time // the last moment that both clocks agreed on; zero while believed
}

// Status looks at both clocks.
func (c *Clock) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.read()
	said := Status{Time: c.look(r), Wall: r.Wall}
	s := c.state.Load()
	if said.Believed, said.Waiting = s.mode != alone, s.mode == behind; !said.Believed {
		said.Since = s.from
	}
	return said
}

// Distrusted is how far the machine's clock is ahead of the time that goes on
// without it; 0: it is believed.
func (c *Clock) Distrusted() time.Duration {
	if s := c.Status(); !s.Believed {
		return s.Wall.Sub(s.Time)
	}
	return 0
}

// Accept believes the wall clock from now on. ErrBelieved when it is believed.
func (c *Clock) Accept() (Acceptance, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.read()
	told := c.look(r)
	if c.state.Load().mode != alone {
		return Acceptance{}, ErrBelieved
	}
	if r.Wall.Before(told) {
		c.state.Store(c.waiting(r, told))
	} else {
		c.state.Store(c.following(r))
	}
	return Acceptance{told, r.Wall}, nil
}

// Fault is a line that says what is wrong and what mends it; "": nothing is.
func (s Status) Fault() string {
	if s.Believed {
		return ""
	}
	return fmt.Sprintf("clock: the machine says %s, not believed since %s; the gateway goes on with %s: %s\n",
		stamp(s.Wall), stamp(s.Since), stamp(s.Time), mend)
}

// Note is a line about what is not wrong, but good to know; "": nothing is.
func (s Status) Note() string {
	if !s.Waiting {
		return ""
	}
	return fmt.Sprintf("clock: accepted; the gateway's time (%s) goes at half pace until the machine's (%s) has caught up\n", stamp(s.Time), stamp(s.Wall))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
