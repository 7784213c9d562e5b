package sms_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// many confirms a message to so many numbers who want news.
func (s *stage) many(numbers int) store.Campaign {
	s.t.Helper()
	ctx := context.Background()
	for n := range numbers {
		s.news(fmt.Sprintf("+2237600%04d", n), civic.NewsYes)
	}
	text := "Le vote finit mardi. Pour arrêter : STOP"
	a, units, segments := gsm.Count(text)
	c, err := s.book.DraftCampaign(ctx, "awa", store.Draft{
		Texts: map[string]string{"fr": "Le vote finit mardi."}, Until: s.now().Add(48 * time.Hour),
		Letters: map[string]store.Letter{"fr": {Provider: "africastalking", Purpose: outbox.Bulk, Text: text, Alphabet: a.String(), Units: units, Segments: segments}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	trial, err := s.book.TryCampaign(ctx, "awa", c.ID, outbox.Money{})
	if err == nil {
		err = s.book.ConfirmCampaign(ctx, "awa", c.ID, trial.Recipients)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// news records whether a number wants news.
func (s *stage) news(number string, wish civic.News) {
	s.t.Helper()
	person, err := s.book.Person(context.Background(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	s.serial++
	_, err = s.book.Commit(context.Background(), store.Deed{
		ID: store.ID(s.keys.Event("news", number, fmt.Sprint(s.serial))), Person: person, Channel: civic.ChannelSMS,
		Act: civic.Act{Deed: civic.SaveProfile, Citizen: civic.Citizen{Lang: "fr", Commune: "99010101", News: wish}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// feed makes letters as the clock does.
func (s *stage) feed() {
	s.t.Helper()
	if _, err := s.book.FeedAll(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) step(c store.Campaign, step civic.CampaignStep) {
	s.t.Helper()
	if err := s.book.StepCampaign(context.Background(), "awa", c.ID, step); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) tally(c store.Campaign) store.Tally {
	s.t.Helper()
	c, err := s.book.Campaign(context.Background(), c.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return c.Tally
}

// pressed hands over so many messages and no more.
func (s *stage) pressed(want int) {
	s.t.Helper()
	before := len(s.stand.Accepted())
	s.sender.Drain(context.Background())
	if got := len(s.stand.Accepted()) - before; got != want {
		s.t.Errorf("%d left, want %d", got, want)
	}
}

// A paused message waits without trying, beside others that leave; it is
// paused after a crash too; resumed, it leaves to everybody but who texted
// STOP; the reports are counted.
func TestManyPausedAndResumed(t *testing.T) {
	s := newStage(t, nil)
	c := s.many(30)
	s.feed()
	s.step(c, civic.PauseCampaign)
	s.pressed(0)
	s.bulk("+22366000001", "Un autre message.")
	s.text("+22366000002", "aide")
	if got := s.stand.Accepted(); len(got) != 2 {
		t.Errorf("%d left beside a paused message, want 2", len(got))
	}
	s.crash()
	s.pressed(0)
	s.pass(time.Hour)
	s.pressed(0)
	for _, m := range s.messages()[outbox.Queued] {
		if m.Attempts != 0 {
			t.Errorf("it tried %d times", m.Attempts)
		}
	}
	s.text("+22376000003", "STOP") // its answer leaves
	s.step(c, civic.ResumeCampaign)
	s.pass(time.Minute)
	s.pressed(29)
	s.feed()
	tally := s.tally(c)
	if tally.Made != 30 || tally.States[outbox.Accepted] != 29 || tally.Stopped != 1 || tally.Segments != 29 || tally.Cost.Amount == 0 {
		t.Errorf("%+v", tally)
	}
	for _, m := range s.stand.Accepted() {
		if m.To != "+22376000003" { // to her the answer to STOP left, and no more
			form := url.Values{"id": {m.ID}, "status": {"Success"}, "phoneNumber": {m.To}, "networkCode": {"99999"}}
			if status, said := s.post("/sms/africastalking/demo/delivery", formType, []byte(form.Encode())); status != http.StatusOK {
				t.Fatal(status, said)
			}
		}
	}
	if tally := s.tally(c); tally.States[outbox.Delivered] != 29 || tally.States[outbox.Expired] != 1 || len(tally.States) != 2 {
		t.Errorf("%+v", tally)
	}
}

// Cancelled at night, what waited is gone by morning, with its reason.
func TestManyCancelledAtNight(t *testing.T) {
	s := newStage(t, nil)
	s.pass(12 * time.Hour) // 21:00
	c := s.many(10)
	s.feed()
	s.pressed(0)
	if st := s.sender.Status(); st.BulkHeld != "quiet hours" || st.BulkFrom.Sub(s.now()) != 10*time.Hour {
		t.Errorf("%+v", st)
	}
	s.step(c, civic.CancelCampaign)
	s.pass(11 * time.Hour)
	s.pressed(0)
	s.stand4("expired 10")
	for _, m := range s.messages()[outbox.Expired] {
		if m.Reason != store.ReasonCancelled {
			t.Errorf("reason %q", m.Reason)
		}
	}
}

// The provider goes away for two days, nights are quiet, and a budget holds
// half: nobody is forgotten, nobody is told twice, and what could not leave in
// time is counted.
func TestManyThroughBadDays(t *testing.T) {
	s := newStage(t, nil)
	c := s.many(250)
	s.stand.SetFaults(faults(t, "unavailable=1"))
	for h := range 47 {
		if h == 30 {
			s.stand.SetFaults(faults(t, "throttle=0.3,silent=0.05,refuse=0.05:403"))
		}
		if h%5 == 0 {
			s.crash()
		}
		s.feed()
		s.sender.Drain(context.Background())
		s.pass(time.Hour)
	}
	got := map[string]int{}
	for _, m := range s.stand.Accepted() {
		if got[m.To]++; got[m.To] > 1 {
			t.Errorf("somebody got it %d times", got[m.To])
		}
	}
	tally := s.tally(c)
	sum := 0
	for _, n := range tally.States {
		sum += n
	}
	if tally.Made != 250 || sum != 250 || tally.States[outbox.Unknown]+tally.States[outbox.Accepted] < len(got) {
		t.Errorf("%d arrived, %+v", len(got), tally)
	}
	t.Logf("%d arrived; %v", len(got), tally.States)
}

// A letter under way while its message is paused is the last: no claim is on
// disk after the pause.
func TestNothingIsClaimedAfterAPause(t *testing.T) {
	s := newStage(t, func(c *sms.SenderConfig) { c.Parallel = 4; c.QuietFrom = 7 })
	c := s.many(200)
	s.feed()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.sender.Run(ctx) }()
	for len(s.stand.Accepted()) < 20 { // it runs
		if ctx.Err() != nil {
			break
		}
	}
	s.step(c, civic.PauseCampaign)
	claimed := s.tally(c).States
	on := claimed[outbox.Claimed] + claimed[outbox.Accepted]
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := len(s.stand.Accepted()); n > on || n == 200 {
		t.Errorf("%d left, %d were claimed when it was paused", n, on)
	}
}
