package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/clock"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd/phone"
)

// twoClocks are a machine's, moved by a test.
type twoClocks struct {
	mu   sync.Mutex
	wall time.Time
	mono time.Duration
}

func (c *twoClocks) read() clock.Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	return clock.Reading{Wall: c.wall, Mono: c.mono}
}

// pass lets time pass, and the wall clock jump besides.
func (c *twoClocks) pass(d, jump time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.mono = c.wall.Add(d+jump), c.mono+d
}

// clockVillage is a village on a Wednesday whose machine has these clocks.
func clockVillage(t *testing.T) (*village, *twoClocks) {
	m := &twoClocks{wall: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), mono: time.Hour}
	v := &village{t: t, at: m.wall, chance: chance{rand.New(rand.NewPCG(1, 1))}}
	v.open(world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, clocks: m.read})
	return v, m
}

// keys presses keys one after the other, and says what the last screen says.
func keys(t *testing.T, p *phone.Phone, keyed ...string) string {
	t.Helper()
	var s phone.Screen
	var err error
	for _, key := range keyed {
		if key == "dial" {
			s, err = p.Dial(t.Context(), "")
		} else {
			s, err = p.Send(t.Context(), key)
		}
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
	}
	return s.Text
}

func (v *village) ready() (int, string) {
	v.t.Helper()
	res, err := http.Get(v.calls.URL + "/readyz")
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// votes are the records of the log, by week.
func (v *village) weeks() map[civic.Week]int {
	v.t.Helper()
	n := map[civic.Week]int{}
	err := v.s.house.engine.View(v.t.Context(), func(s store.Snapshot) error {
		return s.Records(1, func(r civic.Record) bool { n[civic.WeekOf(r.At)]++; return true })
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// TestClockJumpsUnderCitizens: while the machine's clock is wrong by two days,
// by 40 or by the hours it slept, calls go on and end, votes count in the week
// it is, nothing closes early, and readyz is red until somebody accepts it.
func TestClockJumpsUnderCitizens(t *testing.T) {
	for name, jump := range map[string]time.Duration{"forward": 40 * 24 * time.Hour, "back": -48 * time.Hour, "slept": 9 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			v, m := clockVillage(t)
			book, people := v.s.house.book, v.people(1, 4)
			this := civic.WeekOf(v.s.house.now())
			vote := []string{"dial", "2", "1", "1", "1", "2", "1", "1"}
			if said := keys(t, people[0].phone, vote...); !strings.Contains(said, "vote est noté") {
				t.Fatalf("no vote: %s", said)
			}
			keys(t, people[1].phone, vote[:5]...) // in the middle of a call
			m.pass(20*time.Second, jump)
			if said := keys(t, people[1].phone, vote[5:]...); !strings.Contains(said, "vote est noté") {
				t.Errorf("the call is lost: %s", said)
			}
			if code, said := v.ready(); code != http.StatusServiceUnavailable || !strings.Contains(said, "jamakan clock accept") {
				t.Errorf("readyz: %d %s", code, said)
			}
			if broken := v.s.broken(); len(broken) == 0 || broken[0].Key != "desk.week.fault.clock" {
				t.Errorf("the desk says %v", broken)
			}
			keys(t, people[2].phone, vote[:5]...)
			for range 30 {
				m.pass(time.Minute, 0)
				v.s.gateways[0].Sweep()
			}
			if live := v.s.gateways[0].Counts()["live"]; live != 0 {
				t.Errorf("%d calls live for ever", live)
			}
			if said := keys(t, people[3].phone, vote...); !strings.Contains(said, "vote est noté") {
				t.Errorf("no vote while the clock is wrong: %s", said)
			}
			if err := book.CloseWeeks(t.Context()); err != nil {
				t.Fatal(err)
			}
			if before, ok := book.ClosedBefore(); !ok || this.Before(before) {
				t.Errorf("closed before %v, and it is %v", before, this)
			}
			if n := v.weeks(); n[this] != 3 || len(n) != 1 {
				t.Errorf("votes by week: %v", n)
			}
			acceptAndGoOn(t, v, jump, people, vote)
		})
	}
}

// acceptAndGoOn: an operator says that the clock is right after all.
func acceptAndGoOn(t *testing.T, v *village, jump time.Duration, people []*person, vote []string) {
	t.Helper()
	was := v.s.house.now()
	said, err := ownOffice{v.s.house}.Clock(t.Context(), true)
	if err != nil || !said.Believed || said.Time.Before(was) {
		t.Fatalf("%+v %v", said, err)
	}
	if code, said := v.ready(); code != http.StatusOK || strings.Contains(said, "half pace") != (jump < 0) {
		t.Errorf("readyz: %d %s", code, said)
	}
	noted := false
	err = v.s.house.book.Journal(context.Background(), 0, func(e store.Entry) bool {
		noted = noted || e.What == "clock.accept" && e.Who == store.ByCommand && strings.Contains(e.About, " → ")
		return true
	})
	if err != nil || !noted {
		t.Errorf("not in the journal: %v", err)
	}
	open := v.s.house.book.Content().Plans[0].Consultations[0].State(v.s.house.now()) == civic.Open
	if open == (jump > 30*24*time.Hour) {
		t.Errorf("open: %v", open)
	}
	if said := keys(t, people[2].phone, vote...); strings.Contains(said, "vote est noté") != open {
		t.Errorf("open: %v, and a vote is told %q", open, said)
	}
	if _, err := (ownOffice{v.s.house}).Clock(t.Context(), true); err == nil {
		t.Error("accepted twice")
	}
}

// TestClockBehindAtTheStart: a machine that lost its clock begins where the
// data ends, stays so over a restart, and an acceptance does too.
func TestClockBehindAtTheStart(t *testing.T) {
	data := t.TempDir()
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	run := func(wall time.Time, code int, words string, args ...string) {
		t.Helper()
		m := &twoClocks{wall: wall}
		h := hand{t: t, clocks: m.read}
		h.wants(code, words, append(args, "--data", data)...)
	}
	run(at, 0, "", "coordinator", "add", "awa", "--role", "administrateur")
	run(at, 0, "machine  2026-11-25T09:00:00Z", "clock")
	run(at, 1, "nothing to accept", "clock", "accept")
	early := at.AddDate(0, 0, -2)
	run(early, 0, "gateway  2026-11-25T09:00:00Z\nmachine  2026-11-23T09:00:00Z\nclock: the machine says", "clock")
	run(time.Unix(0, 0), 0, "clock: the machine says 1970-01-01T00:00:00Z, not believed", "clock")
	run(early, 0, "half pace", "clock", "accept")
	run(early.Add(time.Hour), 0, "half pace", "clock")
	run(early.AddDate(0, 0, -1), 0, "not believed", "clock")
	run(at.AddDate(0, 0, 30), 0, "gateway  2026-12-25", "clock")
}

// TestAJumpOutlivesARestart: what was not believed is not believed by the next
// start either, until an operator accepts it.
func TestAJumpOutlivesARestart(t *testing.T) {
	data, m := t.TempDir(), &twoClocks{wall: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}
	h := hand{t: t, clocks: m.read}
	h.wants(0, "", "coordinator", "add", "awa", "--role", "administrateur", "--data", data)
	serving := func(do func(*house)) {
		t.Helper()
		cfg := config.Default()
		cfg.Data = data
		o, err := openHouse(t.Context(), cfg, world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, clocks: m.read}, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		do(o)
		if err := errors.Join(o.keepDoubt(t.Context()), o.Close()); err != nil { // as the clockwork does
			t.Fatal(err)
		}
	}
	serving(func(*house) { m.pass(time.Minute, 40*24*time.Hour) })
	h.wants(0, "gateway  2026-11-25T09:01:00Z\nmachine  2027-01-04T09:01:00Z\nclock: the machine says", "clock", "--data", data)
	serving(func(*house) { m.pass(time.Hour, 0) })
	h.wants(0, "gateway  2026-11-25T10:01:00Z", "clock", "--data", data)
	m.pass(time.Minute, -40*24*time.Hour)
	serving(func(o *house) {
		if !o.clock.Status().Believed {
			t.Error("set right, and not believed")
		}
	})
	serving(func(*house) { m.pass(time.Minute, 40*24*time.Hour) })
	h.wants(0, "machine  2027-01-04T", "clock", "accept", "--data", data)
	h.wants(0, "gateway  2027-01-04T", "clock", "--data", data)
}
