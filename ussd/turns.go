package ussd

import (
	"sync/atomic"
	"time"

	"github.com/jamakan/jamakan/store/meter"
	"github.com/jamakan/jamakan/ussd/menu"
)

// Outcome is how a turn of a call in memory ended.
type Outcome uint8

// The outcomes.
const (
	Shown       Outcome = iota // the dialogue went on
	Invalid                    // the input was no key of the screen
	Recorded                   // what the turn asked is on disk
	NotRecorded                // it is not, and she was told so
	Repeated                   // a turn answered before got its answer again
	outcomes
)

// String is the outcome's name in metrics.
func (o Outcome) String() string {
	return [...]string{"shown", "invalid", "recorded", "not_recorded", "repeated"}[o]
}

// Outcomes lists every outcome.
func Outcomes() []Outcome { return []Outcome{Shown, Invalid, Recorded, NotRecorded, Repeated} }

// turns count turns by the screen they led to, and how long they took.
type turns struct {
	screens map[menu.Name]*[outcomes]atomic.Int64 // every screen of the menu: never written after New
	took    *meter.Histogram                      // microseconds
}

func newTurns(m *menu.Menu) turns {
	t := turns{
		screens: map[menu.Name]*[outcomes]atomic.Int64{},
		took:    meter.NewHistogram(500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 5_000_000),
	}
	for _, name := range m.Screens() {
		t.screens[name] = &[outcomes]atomic.Int64{}
	}
	return t
}

func (t *turns) count(screen menu.Name, o Outcome) {
	if n := t.screens[screen]; n != nil {
		n[o].Add(1)
	}
}

func (t *turns) time(d time.Duration) { t.took.Observe(d.Microseconds()) }

// Turns calls fn for every screen and outcome that was counted.
func (g *Gateway) Turns(fn func(screen string, o Outcome, n int64)) {
	for name, counts := range g.turns.screens {
		for _, o := range Outcomes() {
			if n := counts[o].Load(); n > 0 {
				fn(string(name), o, n)
			}
		}
	}
}

// Took is how long turns took, in microseconds.
func (g *Gateway) Took() meter.Seen { return g.turns.took.Seen() }

// Provider names the gateway's channel.
func (g *Gateway) Provider() string { return g.cfg.Provider }
