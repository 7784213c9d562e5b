package civic_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"pgregory.net/rapid"
)

func TestWeekOfInstants(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-23T00:00:00Z":      "2026-W48",
		"2026-11-22T23:59:59Z":      "2026-W47",
		"2026-11-23T00:30:00+01:00": "2026-W47", // still Sunday in Bamako
		"2024-12-30T00:00:00Z":      "2025-W01",
		"2027-01-01T12:00:00Z":      "2026-W53",
		"2023-01-01T12:00:00Z":      "2022-W52",
		"2024-02-29T12:00:00Z":      "2024-W09",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := civic.WeekOf(instant).String(); got != want {
			t.Errorf("WeekOf(%s): got %s, want %s", at, got, want)
		}
	}
}

func TestParseWeekRefuses(t *testing.T) {
	for _, typed := range []string{"", "2026", "2026-48", "2026W48", "2026-W00", "2026-W54", "2025-W53", "2026-w48", "+026-W48", "2026-W 8", "2026-W048", "20２6-W4"} {
		if got, err := civic.ParseWeek(typed); !errors.Is(err, civic.ErrWeek) || got != (civic.Week{}) {
			t.Errorf("ParseWeek(%q): got %v, %v, want ErrWeek", typed, got, err)
		}
	}
}

func TestWeeksFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "second"), 0)
		w := civic.WeekOf(at)
		if at.Before(w.Start()) || !at.Before(w.End()) {
			t.Fatalf("%v is not within %s", at, w)
		}
		if w.Next().Prev() != w || w.Prev().Next() != w || !w.Before(w.Next()) || w.Before(w) || w.Next().Start() != w.End() {
			t.Fatalf("%s: neighbours %s and %s", w, w.Prev(), w.Next())
		}
		if w.Start().Weekday() != time.Monday || w.Ended(w.End().Add(-1)) || !w.Ended(w.End()) {
			t.Fatalf("%s runs from %v to %v", w, w.Start(), w.End())
		}
		text, err := json.Marshal(map[civic.Week]civic.Week{w: w})
		if err != nil {
			t.Fatal(err)
		}
		var back map[civic.Week]civic.Week
		if err := json.Unmarshal(text, &back); err != nil || back[w] != w {
			t.Fatalf("got %v, %v back from %s", back, err, text)
		}
	})
}

func FuzzParseWeek(f *testing.F) {
	f.Add("2026-W48")
	f.Add("2026-W53")
	f.Fuzz(func(t *testing.T, typed string) {
		if w, err := civic.ParseWeek(typed); err == nil && w.String() != typed {
			t.Errorf("ParseWeek(%q): got %s", typed, w)
		}
	})
}
