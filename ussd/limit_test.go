package ussd_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback/pace"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd"
	"github.com/jamakan/jamakan/ussd/phone"
)

// turnedAway are the refusals by reason.
func (s *stage) turnedAway() map[string]int64 {
	all := map[string]int64{}
	for _, row := range s.refused.Rows() {
		all[row.Reason.String()] += row.N
	}
	return all
}

// press dials and presses keys; the last screen.
func press(t testing.TB, p *phone.Phone, keys ...string) string {
	t.Helper()
	screen, err := p.Dial(context.Background(), "")
	for i := 0; err == nil && i < len(keys); i++ {
		screen, err = p.Send(context.Background(), keys[i])
	}
	if err != nil {
		t.Fatal(err)
	}
	return screen.Text
}

// vote is a first call that votes; its last screen.
func vote(t testing.TB, p *phone.Phone) string {
	t.Helper()
	return press(t, p, "2", "1", "1", "1", "3", "1", "1")
}

// One number floods while another votes: the flood is told so in its
// language, and the vote is neither refused nor slower than it was before.
func TestFloodDisturbsNobody(t *testing.T) {
	s := newStage(t)
	calm := callTimes(t, s, 0, 40)
	var stop atomic.Bool
	flooding := make(chan int, 2)
	for range 2 {
		go func() {
			n := 0
			for ; !stop.Load(); n++ {
				s.gateway.Answer(context.Background(), ussd.Turn{
					Session: fmt.Sprintf("flood-%p-%d", &n, n), Number: "+22366000002", Code: "*384*55#", Cumulative: true,
				})
			}
			flooding <- n
		}()
	}
	for s.turnedAway()["limited_number"] == 0 {
		runtime.Gosched()
	}
	loud := callTimes(t, s, 40, 40)
	stop.Store(true)
	n := <-flooding + <-flooding
	counted := s.turnedAway()
	t.Logf("%d dials of one number, %d refused; a vote of another took %v before and %v meanwhile (median), %v at worst",
		n, counted["limited_number"], calm[len(calm)/2], loud[len(loud)/2], loud[len(loud)-1])
	if counted["limited_number"] != int64(n-60) {
		t.Errorf("%d of %d refused, want all but 60", counted["limited_number"], n)
	}
	if worst := loud[len(loud)/2]; worst > 20*calm[len(calm)/2]+50*time.Millisecond {
		t.Errorf("votes of others took %v, %v before", worst, calm[len(calm)/2])
	}
}

// callTimes are the times that votes of so many numbers took.
func callTimes(t *testing.T, s *stage, first, n int) (took []time.Duration) {
	t.Helper()
	for i := range n {
		begun := time.Now()
		if last := vote(t, s.phone(fmt.Sprintf("+223760001%02d", first+i))); !strings.Contains(last, "not") {
			t.Fatalf("vote %d ended with %q", i, last)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took
}

// Who dials too often is told so in the language she speaks.
func TestLimitSpeaksHerLanguage(t *testing.T) {
	for key, want := range map[string]string{"1": "Weleli caman", "2": "Beaucoup d'appels"} {
		s, last := newStage(t), ""
		for i := range 61 {
			turn := ussd.Turn{Session: fmt.Sprint("s", i), Number: "+22376000001", Code: "*384*55#", Cumulative: true}
			last = s.gateway.Answer(context.Background(), turn).Text
			turn.Transcript = key
			s.gateway.Answer(context.Background(), turn)
		}
		if !strings.Contains(last, want) {
			t.Errorf("language %s: told %q", key, last)
		}
	}
}

// Ballots over a number's limit are not recorded, and the screen says so; the
// next window records again. Ballots of others are.
func TestBallotLimit(t *testing.T) {
	s := newStage(t)
	s.change = func(c *ussd.Config) { c.Limits.Ballots = pace.PerKey(2, 10*time.Minute) }
	must(t, s.crash())
	p := s.phone("+22376000001")
	vote(t, p)
	again := func(option string) string { return press(t, p, "1", "1", option, "1", "1") }
	if last := again("2"); strings.Contains(last, "PAS") {
		t.Fatalf("the second is refused: %q", last)
	}
	if last := again("1"); !strings.Contains(last, "n'est PAS not") {
		t.Errorf("the third: %q", last)
	}
	if n := s.ballots(); n[2] != 1 || n[1] != 0 {
		t.Errorf("ballots %v", n)
	}
	s.pass(6 * time.Minute)
	if last := again("1"); strings.Contains(last, "PAS") {
		t.Errorf("later: %q", last)
	}
	if s.turnedAway()["limited_number"] != 1 {
		t.Errorf("counted %v", s.turnedAway())
	}
}

// Over a provider's limit calls end with a sentence; within it nothing is felt.
func TestProviderLimit(t *testing.T) {
	s := newStage(t)
	s.change = func(c *ussd.Config) { c.Limits.AllDials = pace.ForAll(10, time.Minute) }
	must(t, s.crash())
	busy := 0
	for i := range 15 {
		if screen := press(t, s.phone(fmt.Sprintf("+223760001%02d", i))); strings.Contains(screen, "Trop d'appels en ce moment") {
			busy++
		}
	}
	if busy != 5 || s.turnedAway()["limited_provider"] != 5 {
		t.Errorf("%d told, counted %v", busy, s.turnedAway())
	}
}

// What is unusual is seen through a whole call, and every ballot counts.
func TestUnusualIsFlaggedAndCounted(t *testing.T) {
	s := newStage(t)
	watch := unusual.New()
	s.change = func(c *ussd.Config) { c.Unusual = watch }
	must(t, s.crash())
	for i := range 70 {
		vote(t, s.phone(fmt.Sprintf("+223760002%02d", i)))
		s.pass(time.Second)
	}
	seen := map[unusual.Kind]unusual.Flag{}
	for _, f := range watch.Flags() {
		seen[f.Kind] = f
	}
	if len(seen) != 3 || seen[unusual.NewNumbers].N != 70 || seen[unusual.Rhythm].Option != 3 || seen[unusual.InSequence].Commune == "" {
		t.Errorf("flags %+v", seen)
	}
	if n := s.ballots(); n[3] != 70 {
		t.Errorf("ballots %v", n)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
