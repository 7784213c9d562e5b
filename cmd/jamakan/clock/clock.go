package clock

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Tolerance is how far the wall clock may step away from the monotonic one
	// and still be believed.
	Tolerance = 5 * time.Minute
	// slack is what is not even looked at.
	slack = time.Second
	// slew is how fast the wall clock may drift, as one part of the time that
	// passes: what chrony does at most by default (maxslewrate 83333.333 ppm).
	slew = 12
	// longAway is after how long without a record a start is told in the log.
	longAway = 7 * 24 * time.Hour
)

// ErrBelieved: there is nothing to accept.
var ErrBelieved = errors.New("the machine's clock is believed: there is nothing to accept")

// Reading is what the machine's two clocks say at one moment.
type Reading struct {
	Wall time.Time     // carries no monotonic part
	Mono time.Duration // since any moment; it never jumps

	both time.Time // the same, as one value that durations can be taken of; zero: Wall will do
}

// time is the wall clock's time, with the monotonic one's if there is one: what
// took how long is right over any step.
func (r Reading) time() time.Time {
	if r.both.IsZero() {
		return r.Wall
	}
	return r.both
}

// Machine reads this machine's clocks.
func Machine() func() Reading {
	start := time.Now()
	return func() Reading {
		now := time.Now()
		return Reading{now.Round(0), now.Sub(start), now}
	}
}

// Confirmed makes readings of a wall clock that is believed whatever it says:
// a rehearsal's, a test's.
func Confirmed(now func() time.Time) func() Reading {
	start := now()
	return func() Reading {
		t := now()
		return Reading{Wall: t, Mono: t.Sub(start)}
	}
}

// mode is what time goes by.
type mode int

const (
	follow mode = iota // the wall clock
	alone              // the monotonic clock: the wall clock jumped
	behind             // the monotonic clock at half pace, until the wall clock has caught up
)

// state is how the clock goes; it is replaced, never changed.
type state struct {
	mode     mode
	off      time.Duration // the wall clock's lead over the monotonic one that counts as none
	seen     time.Duration // its lead when it was last believed
	at       time.Duration // on the monotonic clock: when off was moved last
	from     time.Time     // what was believed
	fromMono time.Duration // then
	starting bool          // alone since the start
}

// Clock tells the time. It is safe for concurrent use.
type Clock struct {
	read  func() Reading
	log   *slog.Logger
	begin time.Time // leads are counted from here
	state atomic.Pointer[state]
	mu    sync.Mutex // over changes of state
}

// New is a clock that believes the wall clock it begins with; Start may change
// that. log is told once of each jump; nil: nobody is.
func New(read func() Reading, log *slog.Logger) *Clock {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	r := read()
	c := &Clock{read: read, log: log, begin: r.Wall}
	c.state.Store(c.following(r))
	return c
}

func (c *Clock) following(r Reading) *state {
	lead := c.lead(r)
	return &state{mode: follow, off: lead, seen: lead, at: r.Mono}
}

// lead is how far the wall clock is ahead of the monotonic one, in units that
// mean nothing by themselves. Times so far away that a Duration can't hold them
// are brought nearer.
func (c *Clock) lead(r Reading) time.Duration {
	const far = 250 * 365 * 24 * time.Hour
	return min(max(r.Wall.Sub(c.begin), -far), far) - r.Mono
}

func near(d, by time.Duration) bool { return -by <= d && d <= by }

// Start holds the wall clock against what the data says: last is the time of
// the last thing recorded, zero for new data, kept the last acceptance, and
// doubt a jump that nobody has accepted: it is no more believed than before.
func (c *Clock) Start(last time.Time, kept Acceptance, doubt Doubt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.read()
	switch late := last.Sub(r.Wall); {
	case doubt.stands(r.Wall):
		from := doubt.Told.Add(max(r.Wall.Sub(doubt.Wall), 0)) // the time it was off is told by the same clock
		if from.Before(last) {
			from = last
		}
		s := c.following(r)
		s.mode, s.off, s.seen, s.from, s.fromMono = alone, s.off-r.Wall.Sub(from), s.seen-r.Wall.Sub(from), from, r.Mono
		c.state.Store(s)
		c.log.Error("the machine's clock jumped before this start: it is not believed, time goes on without it; "+mend, "clock", r.Wall, "time", from)
	case last.IsZero() || late <= Tolerance:
		c.state.Store(c.following(r))
		if !last.IsZero() && -late > longAway {
			c.log.Warn("nothing was recorded for long: is the machine's clock right?", "clock", r.Wall, "last", last)
		}
	case kept.covers(last, r.Wall):
		c.state.Store(c.waiting(r, last))
	default:
		s := c.following(r)
		s.mode, s.from, s.fromMono, s.starting = alone, last, r.Mono, true
		c.state.Store(s)
		c.log.Error("the machine's clock is behind what was recorded: time goes on from the last record; "+mend, "clock", r.Wall, "last", last)
	}
}

func (c *Clock) waiting(r Reading, from time.Time) *state {
	s := c.following(r)
	s.mode, s.from, s.fromMono = behind, from, r.Mono
	return s
}

// Now is the time.
func (c *Clock) Now() time.Time {
	r := c.read()
	if s := c.state.Load(); s.mode == follow && near(c.lead(r)-s.off, slack) {
		return r.time()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.look(r)
}

// look moves the state on by a reading, and tells the time. mu is held.
func (c *Clock) look(r Reading) time.Time {
	s := *c.state.Load()
	lead, told := c.lead(r), c.told(&s, r)
	switch {
	case s.mode == alone && (s.starting && !r.Wall.Before(told) || !s.starting && near(lead-s.off, Tolerance)):
		c.log.Info("the machine's clock is believed again", "clock", r.Wall, "until now", told)
		c.state.Store(c.following(r))
		return r.time()
	case s.mode == alone:
		return told
	case !near(lead-s.off, Tolerance):
		if s.mode == follow {
			told = c.begin.Add(s.seen + r.Mono)
		}
		c.log.Error("the machine's clock jumped: it is not believed, time goes on without it; "+mend, "clock", r.Wall, "time", told)
		c.state.Store(&state{mode: alone, off: s.off, seen: s.seen, at: s.at, from: told, fromMono: r.Mono})
		return told
	}
	if may := min(max(r.Mono-s.at, 0)/slew, Tolerance); may > 0 {
		s.off, s.at = s.off+min(max(lead-s.off, -may), may), r.Mono
	}
	s.seen = lead
	if s.mode == behind && !r.Wall.Before(told) {
		c.log.Info("the machine's clock has caught up", "clock", r.Wall)
		s.mode = follow
	}
	c.state.Store(&s)
	if s.mode == behind {
		return told
	}
	return r.time()
}

// told is the time that a state tells.
func (c *Clock) told(s *state, r Reading) time.Time {
	switch passed := max(r.Mono-s.fromMono, 0); s.mode {
	case alone:
		return s.from.Add(passed)
	case behind:
		return s.from.Add(passed / 2)
	}
	return r.Wall
}
