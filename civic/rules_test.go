package civic_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
)

func TestCheckByRule(t *testing.T) {
	options := []civic.Option{{Number: 1, Cost: 10}, {Number: 2, Cost: 20}, {Number: 3, Cost: 30}, {Number: 11, Cost: 5}}
	consultation := func(rule civic.Rule, most int) civic.Consultation {
		return civic.Consultation{Rule: rule, Max: most, Budget: 30, Options: options}
	}
	mark := func(pairs ...int) (marks []civic.Mark) {
		for i := 0; i < len(pairs); i += 2 {
			marks = append(marks, civic.Mark{Option: uint16(pairs[i]), Value: int16(pairs[i+1])})
		}
		return marks
	}
	for _, row := range []struct {
		name  string
		c     civic.Consultation
		marks []civic.Mark
		want  error
	}{
		{"choose one", consultation(civic.Choose, 0), mark(11, 1), nil},
		{"choose none", consultation(civic.Choose, 0), nil, civic.ErrEmpty},
		{"choose two", consultation(civic.Choose, 0), mark(1, 1, 2, 1), civic.ErrTooMany},
		{"choose a stranger", consultation(civic.Choose, 0), mark(4, 1), civic.ErrOption},
		{"choose option 0", consultation(civic.Choose, 0), mark(0, 1), civic.ErrOption},
		{"choose with a mark", consultation(civic.Choose, 0), mark(1, 2), civic.ErrMark},
		{"choose with nothing", consultation(civic.Choose, 0), mark(1, 0), civic.ErrMark},
		{"yes", consultation(civic.YesNo, 0), mark(1, 1), nil},
		{"yes and no", consultation(civic.YesNo, 0), mark(1, 1, 2, 1), civic.ErrTooMany},
		{"approve two", consultation(civic.Approve, 2), mark(1, 1, 3, 1), nil},
		{"approve three of two", consultation(civic.Approve, 2), mark(1, 1, 2, 1, 3, 1), civic.ErrTooMany},
		{"approve twice", consultation(civic.Approve, 2), mark(1, 1, 1, 1), civic.ErrRepeated},
		{"approve all, no limit", consultation(civic.Approve, 0), mark(1, 1, 2, 1, 3, 1, 11, 1), nil},
		{"rank", consultation(civic.Rank, 3), mark(3, 1, 1, 2), nil},
		{"rank with a gap", consultation(civic.Rank, 3), mark(3, 1, 1, 3), civic.ErrMark},
		{"rank equal", consultation(civic.Rank, 3), mark(3, 1, 1, 1), civic.ErrRepeated},
		{"budget kept", consultation(civic.Budget, 0), mark(1, 1, 2, 1), nil},
		{"budget broken", consultation(civic.Budget, 0), mark(1, 1, 3, 1), civic.ErrOverBudget},
		{"scale", consultation(civic.Scale, 5), mark(1, 5, 2, 1), nil},
		{"scale above", consultation(civic.Scale, 5), mark(1, 6), civic.ErrMark},
		{"scale below", consultation(civic.Scale, 5), mark(1, 0), civic.ErrMark},
	} {
		if got := row.c.Check(row.marks); !errors.Is(got, row.want) {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
}

func TestVotingFollowsPhaseAndDates(t *testing.T) {
	annulled := samplePlan().Consultations[0]
	annulled.Annulled = &civic.Annulment{At: during}
	open := samplePlan().Consultations[0]
	for _, phase := range civic.Phases() {
		plan := civic.Plan{Phase: phase}
		for _, row := range []struct {
			at       time.Time
			c        *civic.Consultation
			want     civic.State
			mayVote  bool
			instants string
		}{
			{opens.Add(-time.Second), &open, civic.NotOpen, false, "just before"},
			{opens, &open, civic.Open, true, "opening"},
			{closes.Add(-time.Second), &open, civic.Open, true, "last second"},
			{closes, &open, civic.Closed, false, "closing"},
			{during, &annulled, civic.Annulled, false, "annulled"},
		} {
			if got := row.c.State(row.at); got != row.want {
				t.Errorf("%s: got state %d, want %d", row.instants, got, row.want)
			}
			if got, want := plan.MayVote(row.c, row.at), row.mayVote && phase == civic.Priorisation; got != want {
				t.Errorf("phase %s, %s: got %t, want %t", phase, row.instants, got, want)
			}
		}
	}
	if got, want := open.LastDay().Format(time.DateOnly), "2026-12-20"; got != want {
		t.Errorf("last day: got %s, want %s", got, want)
	}
}

func TestResultsVisibleByVisibility(t *testing.T) {
	for visibility, want := range map[civic.Visibility][3]bool{
		civic.Live: {false, true, true}, civic.ParticipationOnly: {false, false, true}, civic.AfterClose: {false, false, true},
	} {
		c := samplePlan().Consultations[0]
		c.Visibility = visibility
		if got := [3]bool{c.ResultsVisible(before), c.ResultsVisible(during), c.ResultsVisible(after)}; got != want {
			t.Errorf("%s: got %v, want %v", visibility, got, want)
		}
		c.Annulled = &civic.Annulment{At: during}
		if c.ResultsVisible(after) {
			t.Errorf("%s: an annulled consultation has results", visibility)
		}
	}
}

func TestOptionNumbersAvoidNineAndZero(t *testing.T) {
	got := civic.OptionNumbers(24)
	want := []int{1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 26, 27, 28}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
