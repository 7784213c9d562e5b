package clock

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// machine is a pair of clocks that a test moves.
type machine struct {
	wall time.Time
	mono time.Duration
	said bytes.Buffer
}

func newMachine() *machine {
	return &machine{wall: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC), mono: time.Hour}
}

func (m *machine) read() Reading { return Reading{Wall: m.wall, Mono: m.mono} }

func (m *machine) clock() *Clock { return New(m.read, slog.New(slog.NewTextHandler(&m.said, nil))) }

// pass lets time pass on both clocks.
func (m *machine) pass(d time.Duration) { m.wall, m.mono = m.wall.Add(d), m.mono+d }

// jump sets the wall clock.
func (m *machine) jump(d time.Duration) { m.wall = m.wall.Add(d) }

func wants(t *testing.T, c *Clock, want time.Time) {
	t.Helper()
	if got := c.Now(); !got.Equal(want) {
		t.Errorf("it is %v, want %v", got, want)
	}
}

// TestJump: back two days, forward 40, and a machine that slept: time goes on
// as if nothing had been, is told once, and comes right again by itself.
func TestJump(t *testing.T) {
	start := newMachine().wall.Add(11 * time.Minute)
	for name, to := range map[string]time.Time{
		"back": start.Add(-48 * time.Hour), "forward": start.Add(40 * 24 * time.Hour), "slept": start.Add(3 * time.Hour), "just more": start.Add(Tolerance + time.Second),
		"to 1970": time.Unix(0, 0), "to 2500": start.AddDate(474, 0, 0), "to year 1": {},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			c := m.clock()
			m.pass(10 * time.Minute)
			was := c.Now()
			true10 := m.wall
			m.pass(time.Minute)
			m.wall = to
			wants(t, c, was.Add(time.Minute))
			m.pass(50 * time.Hour)
			wants(t, c, was.Add(50*time.Hour+time.Minute))
			said := c.Status()
			if said.Believed || !strings.Contains(said.Fault(), "jamakan clock accept") || c.Distrusted() == 0 {
				t.Errorf("not said: %+v %q", said, said.Fault())
			}
			if n := strings.Count(m.said.String(), "level=ERROR"); n != 1 {
				t.Errorf("the log was told %d times", n)
			}
			m.wall = true10.Add(50*time.Hour + time.Minute + 20*time.Second) // set right, nearly
			wants(t, c, m.wall)
			if said := c.Status(); !said.Believed || said.Fault() != "" {
				t.Errorf("believed again: %+v", said)
			}
		})
	}
}

// TestSlew: what a time service does is followed: slowly and far, or in steps
// that are small. The same way, too fast, is a jump.
func TestSlew(t *testing.T) {
	m := newMachine()
	c := m.clock()
	for range 24 * 120 { // a day at chrony's fastest: two hours
		m.pass(30 * time.Second)
		m.jump(2500 * time.Millisecond)
		wants(t, c, m.wall)
	}
	for range 10 {
		m.jump(-4 * time.Minute)
		wants(t, c, m.wall)
		for range 120 {
			m.pass(30 * time.Second)
			wants(t, c, m.wall)
		}
	}
	if m.said.Len() > 0 {
		t.Errorf("said: %s", m.said.String())
	}
	for i := 0; c.Status().Believed; i++ {
		if i > 100 {
			t.Fatal("a clock that gains a minute in each is believed for ever")
		}
		m.pass(time.Minute)
		m.jump(time.Minute)
	}
	wants(t, c, c.Status().Time)
}

// TestSmallStepsAddUp: many steps at once are a jump.
func TestSmallStepsAddUp(t *testing.T) {
	m := newMachine()
	c := m.clock()
	for range 3 {
		m.pass(time.Second)
		m.jump(4 * time.Minute)
		c.Now()
	}
	if c.Status().Believed {
		t.Error("three steps of four minutes in three seconds are believed")
	}
}

// TestAccept: forward, time jumps; back, it waits at half pace, so that nothing
// is told twice and nothing stands still. A jump meanwhile is one again.
func TestAccept(t *testing.T) {
	m := newMachine()
	c := m.clock()
	if _, err := c.Accept(); !errors.Is(err, ErrBelieved) {
		t.Errorf("nothing to accept: %v", err)
	}
	m.jump(40 * 24 * time.Hour)
	if a, err := c.Accept(); err != nil || a.To.Sub(a.From) != 40*24*time.Hour {
		t.Errorf("%+v %v", a, err)
	}
	wants(t, c, m.wall)

	high := m.wall
	m.jump(-48 * time.Hour)
	if _, err := c.Accept(); err != nil {
		t.Fatal(err)
	}
	wants(t, c, high)
	m.pass(time.Hour)
	wants(t, c, high.Add(30*time.Minute))
	if said := c.Status(); !said.Believed || !said.Waiting || said.Note() == "" {
		t.Errorf("%+v", said)
	}
	m.jump(-time.Hour)
	wants(t, c, high.Add(30*time.Minute))
	m.pass(time.Hour)
	wants(t, c, high.Add(90*time.Minute))
	if _, err := c.Accept(); err != nil {
		t.Fatal(err)
	}
	was := c.Now()
	for range 2 * 60 * 24 * 5 {
		m.pass(30 * time.Second)
		if now := c.Now(); now.Before(was) {
			t.Fatalf("%v after %v", now, was)
		} else {
			was = now
		}
	}
	wants(t, c, m.wall) // two days are caught up in four
}

// TestStart: what the data says against what the machine says.
func TestStart(t *testing.T) {
	at := newMachine().wall
	for name, x := range map[string]struct {
		last     time.Time
		kept     Acceptance
		want     time.Time // at once
		after    time.Time // an hour later
		believed bool
	}{
		"new":                     {want: at, after: at.Add(time.Hour), believed: true},
		"a minute behind":         {last: at.Add(time.Minute), want: at, after: at.Add(time.Hour), believed: true},
		"off for a month":         {last: at.AddDate(0, -1, 0), want: at, after: at.Add(time.Hour), believed: true},
		"behind":                  {last: at.Add(48 * time.Hour), want: at.Add(48 * time.Hour), after: at.Add(49 * time.Hour)},
		"behind, accepted before": {at.Add(48 * time.Hour), Acceptance{at.Add(47 * time.Hour), at.Add(-2 * time.Hour)}, at.Add(48 * time.Hour), at.Add(48*time.Hour + 30*time.Minute), true},
		"behind what was accepted": {
			last: at.Add(48 * time.Hour), kept: Acceptance{at.Add(47 * time.Hour), at.Add(time.Hour)}, want: at.Add(48 * time.Hour), after: at.Add(49 * time.Hour),
		},
		"accepted long ago": {
			last: at.Add(48 * time.Hour), kept: Acceptance{at.AddDate(0, 0, -60), at.AddDate(0, 0, -62)}, want: at.Add(48 * time.Hour), after: at.Add(49 * time.Hour),
		},
		"accepted forward": {
			last: at.Add(48 * time.Hour), kept: Acceptance{at.AddDate(0, 0, -40), at.Add(-time.Hour)}, want: at.Add(48 * time.Hour), after: at.Add(49 * time.Hour),
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			c := m.clock()
			c.Start(x.last, x.kept, Doubt{})
			wants(t, c, x.want)
			m.pass(time.Hour)
			wants(t, c, x.after)
			if got := c.Status().Believed; got != x.believed {
				t.Errorf("believed: %v", got)
			}
		})
	}
}

// TestNoBattery: a machine that begins in 1970 goes on from the last record,
// and believes the network's time when it comes.
func TestNoBattery(t *testing.T) {
	m := newMachine()
	last := m.wall
	m.wall = time.Unix(40, 0)
	c := m.clock()
	c.Start(last, Acceptance{}, Doubt{})
	m.pass(2 * time.Minute)
	wants(t, c, last.Add(2*time.Minute))
	m.wall = last.Add(3 * time.Hour)
	wants(t, c, m.wall)
	if !c.Status().Believed {
		t.Error("not believed")
	}
}

// TestMachine: the real clocks are believed, and cost little.
func TestMachine(t *testing.T) {
	c := New(Machine(), nil)
	for range 1000 {
		if a, b := c.Now(), time.Now(); b.Sub(a) < 0 || b.Sub(a) > time.Minute {
			t.Fatalf("%v, and it is %v", a, b)
		}
	}
}

func BenchmarkNow(b *testing.B) {
	c := New(Machine(), nil)
	b.Run("time.Now", func(b *testing.B) {
		for b.Loop() {
			_ = time.Now()
		}
	})
	b.Run("clock", func(b *testing.B) {
		for b.Loop() {
			_ = c.Now()
		}
	})
}

// TestStartAfterAJump: a restart makes nobody believe what was not believed;
// corrected, or accepted, it is.
func TestStartAfterAJump(t *testing.T) {
	told := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	doubt := Doubt{told, told.AddDate(0, 0, 40)}
	for name, x := range map[string]struct {
		wall, time time.Time
		believed   bool
	}{
		"at once":       {doubt.Wall, told, false},
		"an hour later": {doubt.Wall.Add(time.Hour), told.Add(time.Hour), false},
		"set right":     {told.Add(time.Hour), told.Add(time.Hour), true},
	} {
		r := Reading{Wall: x.wall, Mono: time.Hour}
		c := New(func() Reading { return r }, nil)
		c.Start(told, Acceptance{}, doubt)
		if s := c.Status(); !s.Time.Equal(x.time) || s.Believed != x.believed || s.Believed == (s.Doubt() != Doubt{}) {
			t.Errorf("%s: %+v", name, s)
		}
		r.Wall, r.Mono = x.time.Add(time.Minute), r.Mono+time.Minute // set right while it runs
		if s := c.Status(); !s.Believed || !s.Time.Equal(r.Wall) {
			t.Errorf("%s, then set right: %+v", name, s)
		}
	}
}
