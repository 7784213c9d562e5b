package outbox

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func fresh() Message {
	return Message{Ref: "r", Provider: "p", Purpose: Answer, State: Queued, At: start, Due: start, Expires: start.Add(24 * time.Hour), To: []byte("to"), Body: []byte("body")}
}

// rank is how far a state is: a message's rank never goes down, but from
// claimed back to queued when it certainly did not leave.
func rank(s State) int {
	switch s {
	case Queued:
		return 0
	case Claimed:
		return 1
	case Unknown:
		return 2
	case Accepted:
		return 3
	}
	return 4
}

// Whatever happens, in any order, a message only moves forward; what is final
// stays and holds neither number nor text; and it is handed over again only
// after an answer that certainly took nothing.
func TestOnlyForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, now := fresh(), start
		mayTake := false // the provider may have it
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "seconds")) * time.Second)
			was, next, err := m, m, error(nil)
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				if next, err = m.Claim(now); err == nil && mayTake {
					t.Fatal("handed over again though the provider may have it")
				}
			case 1:
				class := Class(rapid.IntRange(1, 5).Draw(t, "class"))
				if next, err = m.Settle(Result{Class: class, Handle: "h"}, now, time.Minute); err == nil {
					mayTake = class == Took || class == Ambiguous
				}
			case 2:
				if next, err = m.Abandon(now); err == nil {
					mayTake = true
				}
			case 3:
				next, err = m.Expire(now)
			default:
				state := rapid.SampledFrom([]State{Accepted, Delivered, Failed, ""}).Draw(t, "report")
				next, _ = m.Reported(Report{State: state, Raw: "raw"}, now)
			}
			if err != nil {
				if !errors.Is(err, ErrStep) {
					t.Fatal(err)
				}
				continue
			}
			if was.State.Final() && next.State != was.State {
				t.Fatalf("%s became %s", was.State, next.State)
			}
			if rank(next.State) < rank(was.State) && !(was.State == Claimed && next.State == Queued) {
				t.Fatalf("%s became %s", was.State, next.State)
			}
			if next.State.Final() && (next.To != nil || next.Body != nil) {
				t.Fatalf("%s keeps its number or text", next.State)
			}
			if len(next.Reports) > MaxReports {
				t.Fatal("too many reports kept")
			}
			m = next
		}
	})
}

func TestWait(t *testing.T) {
	last := time.Duration(0)
	for attempt := 1; attempt <= 10; attempt++ {
		d := Wait(attempt, 0, nil)
		if d < last {
			t.Errorf("attempt %d waits %v after %v", attempt, d, last)
		}
		if j := Wait(attempt, 0.999, nil); j < d || j > d+d/5 {
			t.Errorf("jitter %v of %v", j, d)
		}
		last = d
	}
	if last < 6*time.Hour {
		t.Error("hours, not minutes")
	}
	if Wait(3, 0, []time.Duration{time.Second}) != time.Second {
		t.Error("given steps")
	}
}

func TestAccountIsNotTheMessagesFault(t *testing.T) {
	m, _ := fresh().Claim(start)
	m, err := m.Settle(Result{Class: Account}, start, time.Minute)
	if err != nil || m.Attempts != 0 || m.State != Queued {
		t.Errorf("%+v %v", m, err)
	}
}

func TestMoney(t *testing.T) {
	for s, want := range map[string]Money{
		"KES 0.8000": {8000, "KES"}, "XOF 25.0000": {250_000, "XOF"}, "XOF 25": {250_000, "XOF"}, "0": {}, "": {}, "USD 0.0079": {79, "USD"},
		"XOF 1785,5": {17_855_000, "XOF"}, "NGN 12.34567": {123_456, "NGN"},
	} {
		got, err := ParseMoney(s)
		if err != nil || got != want {
			t.Errorf("%q: %+v %v", s, got, err)
		}
	}
	for _, s := range []string{"NaN", "KES", "KES -1", "1 2 3", "KES 1e9", "kes 1", "XOF 99999999999999", "-5"} {
		if got, err := ParseMoney(s); err == nil {
			t.Errorf("%q is %+v", s, got)
		}
	}
	var back Money
	b, err := json.Marshal(Money{8000, "KES"})
	if err != nil || json.Unmarshal(b, &back) != nil || back != (Money{8000, "KES"}) {
		t.Errorf("%s %+v", b, back)
	}
	if _, ok := (Money{1, "KES"}).Add(Money{1, "XOF"}); ok {
		t.Error("two currencies added")
	}
}

// What a provider writes of its own may hold the number: it is not kept.
func TestReasonsHoldNoNumber(t *testing.T) {
	m, err := fresh().Claim(start)
	if err != nil {
		t.Fatal(err)
	}
	m, err = m.Settle(Result{Class: Took, Handle: "h", Code: "101", Reason: "sent to +22376000001 at 10"}, start, 0)
	if err != nil || m.Reason != "sent to +*********** at 10" || m.Code != "101" {
		t.Errorf("%q %q %v", m.Code, m.Reason, err)
	}
	m, _ = m.Reported(Report{Raw: "Failed 76000001", Reason: "76000001: absent"}, start)
	if m.Reports[0] != "Failed ********" || m.Reason != "********: absent" {
		t.Errorf("%q %q", m.Reports, m.Reason)
	}
}
