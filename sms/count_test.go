package sms_test

import (
	"context"
	"testing"

	"github.com/jamakan/jamakan/civic"
)

// TestTextsAreCounted: each text once, where its sender's commune is, and what
// was not understood.
func TestTextsAreCounted(t *testing.T) {
	s := newStage(t, nil)
	s.text("+22376000001", "commune Benkadi")
	s.text("+22376000001", "1 2") // which one is not guessed
	form := s.inbound("same", "+22366000003", "ji tɛ an fɛ")
	s.deliver(form)
	s.deliver(form) // a repeat
	counts, err := s.book.Traffic(context.Background(), civic.WeekOf(s.now()))
	if err != nil {
		t.Fatal(err)
	}
	sum := func(m civic.Measure, commune civic.Code, operator string) int64 {
		return counts.Sum(func(c civic.TrafficCell) bool {
			return c.Measure == m && c.Commune == commune && c.Operator == operator && c.Channel == civic.ChannelSMS
		})
	}
	if in, odd := sum(civic.TextsIn, "01019902", "orange"), sum(civic.Unclear, "01019902", "orange"); in != 2 || odd != 1 {
		t.Errorf("%d texts, %d not understood, want 2 and 1: %v", in, odd, counts)
	}
	if in := sum(civic.TextsIn, "", "moov"); in != 1 {
		t.Errorf("%d texts of a sender whose commune is not known, want 1: %v", in, counts)
	}
}
