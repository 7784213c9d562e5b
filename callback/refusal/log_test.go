package refusal_test

import (
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback/refusal"
)

func TestFloodLeavesFewExamples(t *testing.T) {
	now := time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	l := refusal.New(func() time.Time { return now })
	ussd, sms := l.Channel("ussd/a"), l.Channel("sms/a")
	sms.Count(refusal.Large, refusal.Shape{Method: "POST", Bytes: 70_000})
	for range 20 {
		now = now.Add(time.Second)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					ussd.Count(refusal.Token, refusal.Shape{Method: "POST"})
				}
			})
		}
		all.Wait()
	}
	rows := l.Rows()
	if len(rows) != 2 || rows[0].Channel != "sms/a" || rows[1].N != 20*8*50 || !rows[1].Last.Equal(now) {
		t.Errorf("rows %+v", rows)
	}
	recent := l.Recent()
	if len(recent) != 6 || recent[0].Reason != refusal.Token || recent[5].Reason != refusal.Large {
		t.Errorf("examples %+v", recent)
	}
}

// Tests and tools that don't care who was refused give no log.
func TestNobodyCounts(*testing.T) {
	var c *refusal.Channel
	c.Count(refusal.Token, refusal.Shape{})
}

func TestReasonsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range refusal.Reasons() {
		if r.String() == "" || seen[r.String()] {
			t.Errorf("reason %d: name %q", r, r)
		}
		seen[r.String()] = true
	}
}
