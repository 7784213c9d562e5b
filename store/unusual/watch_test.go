package unusual_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/store/unusual"
)

func start() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }

func ballot(at time.Time, option uint16) unusual.Ballot {
	return unusual.Ballot{At: at, Commune: "01010103", Consultation: "KDK/1", Option: option, Pace: 4 * time.Second}
}

// honest is a village's hour: numbers from anywhere, options by taste, moments
// by chance.
func honest(w *unusual.Watch, r *rand.Rand, from time.Time, n int) {
	at := from
	for range n {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(time.Hour) / float64(n)))
		b := ballot(at, uint16(1+r.IntN(4)))
		b.New = r.IntN(4) == 0
		w.Saw(fmt.Sprintf("+223%08d", 60_000_000+r.IntN(40_000_000)), b)
	}
}

func kinds(w *unusual.Watch) (all []unusual.Kind) {
	for _, f := range w.Flags() {
		all = append(all, f.Kind)
	}
	return all
}

func TestHonestHoursAreNotFlagged(t *testing.T) {
	w, r := unusual.New(), rand.New(rand.NewPCG(1, 2))
	flagged := 0
	for day := range 100 {
		honest(w, r, start().AddDate(0, 0, day), 200)
	}
	flagged = len(w.Flags())
	if flagged > 1 {
		t.Errorf("%d flags in 100 honest hours: %+v", flagged, w.Flags())
	}
}

func TestNumbersNeverSeenBefore(t *testing.T) {
	w, r := unusual.New(), rand.New(rand.NewPCG(1, 2))
	honest(w, r, start(), 100)
	at := start().Add(70 * time.Minute)
	for i := range 80 {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(3*time.Second)))
		b := ballot(at, uint16(1+i%3))
		b.New = true
		w.Saw(fmt.Sprintf("+223%08d", 60_000_000+r.IntN(40_000_000)), b)
	}
	got := w.Flags()
	if len(got) != 1 || got[0].Kind != unusual.NewNumbers || got[0].N != 80 || got[0].Commune != "01010103" || got[0].Option != 0 {
		t.Errorf("%+v", got)
	}
}

func TestNumbersInSequence(t *testing.T) {
	w, r := unusual.New(), rand.New(rand.NewPCG(1, 2))
	honest(w, r, start(), 200)
	for i := range 25 {
		at := start().Add(61*time.Minute + time.Duration(i)*15*time.Second + time.Duration(r.IntN(14_000))*time.Millisecond)
		w.Saw(fmt.Sprintf("+223%08d", 66_000_100+i), ballot(at, uint16(1+i%3)))
	}
	got := w.Flags()
	if len(got) != 1 || got[0].Kind != unusual.InSequence || got[0].N < 15 {
		t.Errorf("%+v", got)
	}
}

func TestMachineRhythm(t *testing.T) {
	for name, change := range map[string]func(i int, b *unusual.Ballot){
		"even":  func(i int, b *unusual.Ballot) { b.At = start().Add(time.Duration(i) * 20 * time.Second) },
		"quick": func(_ int, b *unusual.Ballot) { b.Pace = 100 * time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			w, r := unusual.New(), rand.New(rand.NewPCG(1, 2))
			at := start()
			for i := range 29 {
				at = at.Add(time.Duration(r.ExpFloat64() * float64(20*time.Second)))
				b := ballot(at, 2)
				change(i, &b)
				w.Saw(fmt.Sprintf("+223%08d", 60_000_000+r.IntN(40_000_000)), b)
			}
			got := kinds(w)
			if len(got) == 0 || got[0] != unusual.Rhythm || w.Flags()[0].Option != 2 {
				t.Errorf("%+v", w.Flags())
			}
		})
	}
}

// A flag grows over slots, is told to the journal once, and a new one begins
// after that.
func TestOneFlagGrows(t *testing.T) {
	w := unusual.New()
	send := func(from time.Time, n int) {
		for i := range n {
			b := ballot(from.Add(time.Duration(i)*time.Second), 0)
			b.New = true
			w.Saw(fmt.Sprintf("+223%08d", 60_000_000+int(from.Unix()%1000)*10_000+i*10), b)
		}
	}
	send(start(), 100)
	send(start().Add(10*time.Minute), 500)
	got := w.Flags()
	if len(got) != 1 || got[0].N != 600 || !got[0].From.Equal(start()) {
		t.Fatalf("%+v", got)
	}
	if now := got[0].To.Add(time.Minute); len(w.Done(now, false)) != 0 {
		t.Error("told while it may grow")
	}
	told := w.Done(got[0].To.Add(time.Hour), false)
	if len(told) != 1 || len(w.Done(got[0].To.Add(time.Hour), true)) != 0 {
		t.Errorf("told %+v", told)
	}
	w.Untold(told[0])
	if len(w.Done(got[0].To.Add(time.Hour), true)) != 1 {
		t.Error("what the journal refused is lost")
	}
}

// No flag holds a number, whatever is asked of it.
func TestNoNumberInFlags(t *testing.T) {
	w := unusual.New()
	for i := range 200 {
		b := ballot(start().Add(time.Duration(i)*time.Second), 1)
		b.New, b.Pace = true, time.Millisecond
		w.Saw(fmt.Sprintf("+223%08d", 66_000_100+i), b)
	}
	text := fmt.Sprintf("%+v", w.Flags())
	if len(w.Flags()) < 3 || strings.Contains(text, "223660") {
		t.Error(text)
	}
}

func TestNobodyLooks(*testing.T) {
	var w *unusual.Watch
	w.Saw("+22300000000", unusual.Ballot{})
	w.Flags()
}

func BenchmarkSaw(b *testing.B) {
	w, r := unusual.New(), rand.New(rand.NewPCG(1, 2))
	at := start()
	for b.Loop() {
		at = at.Add(2 * time.Millisecond)
		w.Saw("+22360000000", ballot(at, uint16(1+r.IntN(4))))
	}
}
