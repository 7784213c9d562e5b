package sms_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/gsm"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/sms/sandbox"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// say fails unless the messages stand so.
func (s *stage) stand4(want string) {
	s.t.Helper()
	if got := s.states(); got != want {
		s.t.Errorf("messages: %s; want %s", got, want)
	}
}

func faults(t *testing.T, text string) sandbox.Faults {
	t.Helper()
	f, err := sandbox.ParseFaults(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Each way a provider may answer, and where the message stands then.
func TestAnswersOfProviders(t *testing.T) {
	for fault, want := range map[string]string{
		"":                 "accepted 1",
		"refuse=1:403":     "refused 1",
		"refuse=1:404":     "refused 1",
		"refuse=1:406":     "refused 1",
		"refuse=1:407":     "refused 1",
		"refuse=1:409":     "refused 1",
		"refuse=1:500":     "queued 1",
		"refuse=1:501":     "queued 1",
		"refuse=1:401":     "queued 1",
		"refuse=1:402":     "queued 1",
		"refuse=1:405":     "queued 1",
		"refuse=1:502":     "queued 1",
		"throttle=1":       "queued 1",
		"unavailable=1":    "queued 1",
		"account=key":      "queued 1",
		"account=sender":   "queued 1",
		"account=balance":  "queued 1",
		"nonsense=1":       "unknown 1",
		"silent=1":         "unknown 1",
		"error_after=1":    "unknown 1",
		"late=0s,silent=0": "accepted 1",
	} {
		t.Run(fault, func(t *testing.T) {
			s := newStage(t, nil)
			s.stand.SetFaults(faults(t, fault))
			s.text("+22376000001", "aide")
			s.stand4(want)
			taken := len(s.stand.Accepted())
			for range 5 { // nothing is handed over again by itself
				s.sender.Drain(context.Background())
				s.crash()
				s.sender.Drain(context.Background())
			}
			if again := len(s.stand.Accepted()); again > 1 || taken > 1 || taken == 1 && again != 1 {
				t.Errorf("the provider took it %d times, then %d", taken, again)
			}
			stopped, err := s.book.Stopped(context.Background(), "+22376000001")
			if err != nil || stopped != (fault == "refuse=1:406") {
				t.Errorf("stopped %v %v", stopped, err)
			}
		})
	}
}

// What certainly was not taken is tried again over hours, and at last given
// up; its number and text are gone then.
func TestBackoff(t *testing.T) {
	s := newStage(t, nil)
	s.stand.SetFaults(faults(t, "unavailable=1"))
	s.text("+22376000001", "aide")
	tried := 1
	for h := 0; h < 30*60; h++ {
		s.pass(time.Minute)
		before := s.messages()[outbox.Queued]
		s.sender.Drain(context.Background())
		if after := s.messages()[outbox.Queued]; len(before) == 1 && len(after) == 1 && after[0].Attempts > before[0].Attempts {
			tried++
		}
	}
	if tried < 5 || tried > 9 {
		t.Errorf("tried %d times in a day", tried)
	}
	s.stand4("expired 1")
	if m := s.messages()[outbox.Expired][0]; m.To != nil || m.Body != nil {
		t.Error("an expired message keeps its number or text")
	}
	s.stand.SetFaults(sandbox.Faults{})
	s.sender.Drain(context.Background())
	if n := len(s.stand.Accepted()); n != 0 {
		t.Errorf("an expired message left: %d", n)
	}
}

// A fault of the account stops the channel, not the queue; one message at a
// time finds out whether it is mended.
func TestAccountPause(t *testing.T) {
	s := newStage(t, nil)
	s.stand.SetFaults(faults(t, "account=balance"))
	for _, number := range []string{"+22376000001", "+22376000002", "+22376000003"} {
		s.text(number, "aide")
	}
	s.stand4("queued 3")
	st := s.sender.Status()
	if !strings.Contains(st.Paused, "InsufficientBalance") || st.Urgent != 3 {
		t.Errorf("%+v", st)
	}
	s.pass(30 * time.Second)
	s.stand.SetFaults(sandbox.Faults{})
	s.sender.Drain(context.Background())
	s.stand4("queued 3")
	s.pass(2 * time.Minute)
	s.sender.Drain(context.Background())
	s.pass(20 * time.Minute)
	s.sender.Drain(context.Background())
	s.stand4("accepted 3")
	if st := s.sender.Status(); st.Paused != "" {
		t.Errorf("still paused: %+v", st)
	}
}

// A process that dies between claim and answer leaves an unknown message, and
// a report finds it.
func TestCrashWhileHandedOver(t *testing.T) {
	s := newStage(t, nil)
	s.stand.SetFaults(faults(t, "no_reports=1"))
	form := s.inbound("c-1", "+22376000001", "aide")
	s.post("/sms/africastalking/demo/inbox", formType, []byte(form.Encode()))
	queued := s.messages()[outbox.Queued]
	if len(queued) != 1 {
		t.Fatal(s.states())
	}
	if _, err := s.book.Claim(context.Background(), queued[0]); err != nil {
		t.Fatal(err)
	}
	s.crash()
	s.sender.Drain(context.Background())
	s.stand4("unknown 1")
	if len(s.stand.Accepted()) != 0 || s.sender.Status().Unknown != 1 {
		t.Errorf("%+v", s.sender.Status())
	}
	report := "id=ATXid_77&status=Sent&phoneNumber=%2B22376000001"
	s.post("/sms/africastalking/demo/delivery", formType, []byte(report))
	s.stand4("accepted 1")
	s.post("/sms/africastalking/demo/delivery", formType, []byte(strings.Replace(report, "Sent", "Success", 1)))
	s.stand4("delivered 1")
}

// Reports come early, late, twice, in any order: a message moves forward only.
func TestReports(t *testing.T) {
	s := newStage(t, nil)
	s.stand.SetFaults(faults(t, "no_reports=1"))
	report := func(id, status string) {
		t.Helper()
		if code, said := s.post("/sms/africastalking/demo/delivery", formType, []byte("id="+id+"&phoneNumber=%2B22376000001&status="+status)); code != 200 {
			t.Errorf("%d %s", code, said)
		}
	}
	s.text("+22376000001", "aide")
	id := s.stand.Accepted()[0].ID
	report(id, "Sent")
	report(id, "Borked")
	s.stand4("accepted 1")
	if m := s.messages()[outbox.Accepted][0]; len(m.Reports) != 2 || m.Reports[1] != "Borked" {
		t.Errorf("reports %q", m.Reports)
	}
	report(id, "success")
	s.stand4("delivered 1")
	report(id, "Failed")
	report(id, "Sent")
	report(id, "Success")
	s.stand4("delivered 1")
	if m := s.messages()[outbox.Delivered][0]; m.To != nil || m.Body != nil || m.Cost.String() != "XOF 25.0000" {
		t.Errorf("%+v", m)
	}
	report("never-ours", "Success")
	if c := s.gateway.Counts(); c["orphan_reports"] != 1 || c["unknown_status"] != 1 {
		t.Errorf("%v", c)
	}
	// One that comes before the provider's answer is known waits for it.
	s.post("/sms/africastalking/demo/inbox", formType, []byte(s.inbound("e-1", "+22376000001", "stop").Encode()))
	claimed, err := s.book.Claim(context.Background(), s.messages()[outbox.Queued][0])
	if err != nil {
		t.Fatal(err)
	}
	report("early-1", "Success")
	if _, err := s.book.Settle(context.Background(), claimed, outbox.Result{Class: outbox.Took, Handle: "early-1"}, 0); err != nil {
		t.Fatal(err)
	}
	s.stand4("delivered 2")
}

// What nobody reports is put away after three days, as it stands.
func TestShelved(t *testing.T) {
	s := newStage(t, nil)
	s.stand.SetFaults(faults(t, "no_reports=1"))
	s.text("+22376000001", "aide")
	s.pass(73 * time.Hour)
	if err := s.sender.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	live := 0
	if err := s.book.Letters(context.Background(), func(outbox.Message) bool { live++; return true }); err != nil || live != 0 {
		t.Errorf("%d live %v", live, err)
	}
	s.stand4("accepted 1")
	if m := s.messages()[outbox.Accepted][0]; m.To != nil || m.Body != nil {
		t.Error("it keeps its number or text")
	}
}

// bulk puts a message to many into the outbox.
func (s *stage) bulk(number, text string) {
	s.t.Helper()
	a, units, segments := gsm.Count(text)
	person, err := s.book.Person(context.Background(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	s.serial++
	_, err = s.book.Commit(context.Background(), store.Deed{
		ID: store.ID(s.keys.Event("bulk", number, text, string(rune('a'+s.serial)))), Person: person, Channel: civic.ChannelSMS,
		Act: civic.Act{Deed: civic.JustAnswer, Citizen: person.Citizen()},
		Letters: func(civic.Outcome) []store.Letter {
			return []store.Letter{{Provider: "africastalking", Purpose: outbox.Bulk, Text: text, Alphabet: a.String(), Units: units, Segments: segments}}
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// Answers go before messages to many, which wait for the morning, stop for the
// budget, and never reach who said STOP.
func TestBulk(t *testing.T) {
	s := newStage(t, func(c *sms.SenderConfig) { c.Budget, _ = outbox.ParseMoney("XOF 125") })
	s.bulk("+22376000001", "Réunion mardi.")
	s.bulk("+22376000002", "Réunion mardi.")
	s.text("+22376000003", "aide")
	got := s.stand.Accepted()
	if len(got) != 3 || got[0].To != "+22376000003" {
		t.Errorf("an answer waited behind messages to many: %d left", len(got))
	}
	s.pass(11*time.Hour + 30*time.Minute) // 20:30
	s.bulk("+22376000001", "Le vote finit demain.")
	s.text("+22376000003", "stop")
	if len(s.stand.Accepted()) != 4 {
		t.Error("an answer waited for the morning, or a message to many did not")
	}
	if st := s.sender.Status(); st.BulkHeld != "quiet hours" || st.Bulk != 1 {
		t.Errorf("%+v", st)
	}
	s.pass(11 * time.Hour) // 07:30
	s.sender.Drain(context.Background())
	s.bulk("+22376000002", "Le vote finit demain.")
	s.sender.Drain(context.Background())
	if n := len(s.stand.Accepted()); n != 5 {
		t.Errorf("%d left: the month's budget is spent", n)
	}
	if st := s.sender.Status(); st.BulkHeld != "budget" || st.Spent.String() != "XOF 125.0000" {
		t.Errorf("%+v", st)
	}
	s.crash() // what was spent is counted anew from the outbox
	if st := s.sender.Status(); st.Spent.String() != "XOF 125.0000" {
		t.Errorf("after a crash %+v", st)
	}
	s.text("+22376000004", "aide")
	if n := len(s.stand.Accepted()); n != 6 {
		t.Error("the budget stopped an answer")
	}
	s2 := newStage(t, nil)
	s2.text("+22376000001", "STOP")
	s2.bulk("+22376000001", "Réunion mardi.")
	s2.sender.Drain(context.Background())
	s2.stand4("accepted 1, expired 1")
}

// Segments, not messages, are what the rate counts.
func TestRate(t *testing.T) {
	s := newStage(t, func(c *sms.SenderConfig) { c.Rate = 10; c.QuietFrom = 7 })
	long := strings.Repeat("a", 300) // two segments
	for range 8 {
		s.bulk("+22376000001", long)
	}
	s.sender.Drain(context.Background())
	if n := len(s.stand.Accepted()); n != 5 {
		t.Errorf("%d messages of two segments left at once, want 5", n)
	}
	s.pass(time.Second)
	s.sender.Drain(context.Background())
	if n := len(s.stand.Accepted()); n != 8 {
		t.Errorf("%d left after a second, want 8", n)
	}
}

func TestCosts(t *testing.T) {
	s := newStage(t, nil)
	s.text("+22376000001", "commune jamadugu")
	s.text("+22376000001", "vote 1")
	s.bulk("+22376000002", strings.Repeat("ɛ", 80))
	s.sender.Drain(context.Background())
	rows, err := s.book.Costs(context.Background(), begin.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range rows {
		said = append(said, strings.Join([]string{r.Week.String(), string(r.Purpose), r.Alphabet, r.Cost.String()}, " "))
		if r.Purpose == outbox.Bulk && r.Segments != 2 {
			t.Errorf("%d segments", r.Segments)
		}
	}
	if got, want := strings.Join(said, "; "), "2026-W48 answer GSM-7 XOF 25.0000; 2026-W48 bulk UCS-2 XOF 50.0000; 2026-W48 receipt GSM-7 XOF 25.0000"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// A machine that answers every message, on the other side, costs three an hour.
func TestPingPong(t *testing.T) {
	for name, answer := range map[string]func(string) string{
		"fixed":   func(string) string { return "Je suis en réunion, je vous rappelle." },
		"echo":    func(got string) string { return got },
		"oui":     func(string) string { return "OUI" },
		"counter": func(got string) string { return "Message reçu : " + got[:min(len(got), 20)] },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			got := s.text("+22376000001", "Bonjour à tous les amis du village")
			for range 50 {
				if len(got) == 0 {
					break
				}
				s.pass(10 * time.Second)
				got = s.text("+22376000001", answer(got[0]))
			}
			if n := len(s.stand.Accepted()); n > 4 { // the first was a person's
				t.Errorf("it cost %d messages", n)
			}
		})
	}
}
