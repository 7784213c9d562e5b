package sms_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/callback/pace"
	"github.com/jamakan/jamakan/sms"
)

// limited is a stage with these limits.
func limited(t *testing.T, l sms.Limits) *stage {
	s := newStage(t, nil)
	s.limit = func(c *sms.Config) { c.Limits = l }
	s.crash()
	return s
}

// Texts over a number's limit are kept sealed and unread, she is told so once,
// STOP is heard all the same, and others are answered.
func TestTextsOverTheLimit(t *testing.T) {
	s := limited(t, sms.Limits{Texts: pace.PerKey(10, 10*time.Minute), Told: pace.PerKey(1, 10*time.Minute)})
	told := 0
	for i := range 30 {
		for _, answer := range s.text("+22376000001", fmt.Sprintf("AVIS la pompe %d", i)) {
			if strings.Contains(answer, "ne sont pas lus") {
				told++
			}
		}
	}
	strays, err := s.book.Strays(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if kept := len(s.opinions()); kept != 10 || strays["limited"] != 20 || told != 1 {
		t.Errorf("%d opinions, %v sealed, told %d times", kept, strays, told)
	}
	if got := s.text("+22376000001", "STOP"); len(got) != 1 {
		t.Errorf("STOP is answered by %q", got)
	}
	if got := s.text("+22376000002", "AIDE"); len(got) != 1 {
		t.Errorf("another number gets %q", got)
	}
}

// Over the provider's limit nothing is lost: it is asked to deliver again.
func TestProviderDeliversAgain(t *testing.T) {
	s := limited(t, sms.Limits{AllTexts: pace.ForAll(5, time.Minute)})
	busy := 0
	post := func(i int) int {
		f := s.inbound(fmt.Sprintf("p-%d", i), fmt.Sprintf("+223760001%02d", i), fmt.Sprintf("AVIS la pompe %d", i))
		status, _ := s.post("/sms/africastalking/demo/inbox", formType, []byte(f.Encode()))
		return status
	}
	var again []int
	for i := range 8 {
		if post(i) == http.StatusServiceUnavailable {
			busy++
			again = append(again, i)
		}
	}
	s.pass(2 * time.Minute)
	for _, i := range again {
		if status := post(i); status != http.StatusOK {
			t.Errorf("delivered again: %d", status)
		}
	}
	if busy != 3 || len(s.opinions()) != 8 {
		t.Errorf("%d busy, %d opinions of 8", busy, len(s.opinions()))
	}
}

// Votes over a number's limit are not recorded, and the answer says so.
func TestVotesOverTheLimit(t *testing.T) {
	s := limited(t, sms.Limits{Ballots: pace.PerKey(1, 10*time.Minute)})
	s.text("+22376000001", "COMMUNE Jamadugu")
	s.text("+22376000001", "VOTE 2")
	got := s.text("+22376000001", "VOTE 3")
	if len(got) != 1 || !strings.Contains(got[0], "n'est PAS not") {
		t.Errorf("told %q", got)
	}
	s.pass(11 * time.Minute)
	if got := s.text("+22376000001", "VOTE 3"); len(got) != 1 || strings.Contains(got[0], "PAS") {
		t.Errorf("later told %q", got)
	}
}
