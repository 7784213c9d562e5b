package ussd_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/ussd/phone"
)

// keys presses keys, each callback so many times, and returns the last screen.
func (s *stage) press(p *phone.Phone, times int, keys ...string) (last phone.Screen) {
	s.t.Helper()
	for _, k := range keys {
		var err error
		if last, err = p.Send(context.Background(), k); err != nil {
			s.t.Fatal(err)
		}
		for range times - 1 {
			again, err := p.Retry(context.Background())
			if err != nil || again.Text != last.Text {
				s.t.Fatalf("the same callback again: %q, then %q %v", last.Text, again.Text, err)
			}
		}
	}
	return last
}

// until brings a new number to the sentence before the questions.
func (s *stage) until(number string) *phone.Phone {
	s.t.Helper()
	p := s.phone(number)
	if _, err := p.Dial(context.Background(), ""); err != nil {
		s.t.Fatal(err)
	}
	if got := s.press(p, 1, "2", "1", "1", "1", "3", "1", "1", "1", "1", "2"); !strings.Contains(got.Text, "compté à part") {
		s.t.Fatalf("she is at %q", got.Text)
	}
	return p
}

func (s *stage) file() [32]byte {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dir, "jamakan.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	return sha256.Sum256(raw)
}

func (s *stage) apart() map[civic.ApartQuestion]civic.Apart {
	s.t.Helper()
	rows, err := s.book.Apart(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[civic.ApartQuestion]civic.Apart{}
	for _, r := range rows {
		all[r.Question] = r.N
	}
	return all
}

// TestRepliesLeaveNoTrace: whatever she answers, or if she passes, refuses or
// hangs up, the database file is the same to the byte as before the first
// question, free pages too; and so it stays when the process stops. Her next
// call does not ask again.
func TestRepliesLeaveNoTrace(t *testing.T) {
	for what, keys := range map[string][]string{
		"yes, yes": {"1", "1", "1"}, "no, no": {"1", "2", "2"}, "passed both": {"1", "0", "0"}, "yes, passed": {"1", "1", "0"},
		"refused": {"0"}, "hung up before": {}, "hung up between": {"1", "1"}, "lost": {"1", "7", "7", "7"},
	} {
		t.Run(what, func(t *testing.T) {
			s := stageAsking(t, civic.ApartQuestions())
			p := s.until("+22376000001")
			if err := s.book.StopTraffic(context.Background()); err != nil { // counts of calls are written apart from this
				t.Fatal(err)
			}
			before := s.file()
			last := s.press(p, 2, keys...)
			if len(keys) == 3 && !last.End {
				t.Errorf("the last question does not end the call: %q", last.Text)
			}
			if err := s.book.FlushApart(context.Background()); err != nil {
				t.Fatal(err)
			}
			if err := s.book.StopApart(context.Background()); err != nil {
				t.Fatal(err)
			}
			if s.file() != before {
				t.Error("the file tells that she answered")
			}
			s.pass(20 * time.Minute)
			p.Hangup()
			if first, err := p.Dial(context.Background(), ""); err != nil || !strings.Contains(first.Text, "Que voulez-vous faire") {
				t.Errorf("her next call begins with %q, %v", first.Text, err)
			}
		})
	}
}

// TestAnswerIsOneWhateverIsRepeated: five times each callback, from 30 numbers,
// is 30 replies to each question.
func TestAnswerIsOneWhateverIsRepeated(t *testing.T) {
	s := stageAsking(t, civic.ApartQuestions())
	want := map[civic.ApartQuestion]civic.Apart{}
	for n := range 30 {
		p := s.until(fmt.Sprintf("+22376%06d", n))
		first, second := n%3, n%2
		s.press(p, 5, "1", []string{"0", "1", "2"}[first], []string{"1", "2"}[second])
		a, b := want[civic.AboutDisability], want[civic.AboutDisplacement]
		a[first]++
		b[1+second]++
		want[civic.AboutDisability], want[civic.AboutDisplacement] = a, b
	}
	if err := s.book.FlushApart(context.Background()); err != nil {
		t.Fatal(err)
	}
	for q, n := range s.apart() {
		if n.Total() != 20 {
			t.Errorf("%s: %v are on disk while the gateway runs, want all but 10", q, n)
		}
	}
	if err := s.book.StopApart(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := s.apart(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestNothingIsAskedThatIsOff: with none of the questions in service nobody is
// asked, and with one only that one; nothing is counted of what is off.
func TestNothingIsAskedThatIsOff(t *testing.T) {
	for _, on := range [][]civic.ApartQuestion{nil, {civic.AboutDisability}, {civic.AboutDisplacement}} {
		s := stageAsking(t, on)
		for n := range 12 {
			p := s.phone(fmt.Sprintf("+22376%06d", n))
			if _, err := p.Dial(context.Background(), ""); err != nil {
				t.Fatal(err)
			}
			last := s.press(p, 1, "2", "1", "1", "1", "3", "1", "1", "1", "1", "2")
			if len(on) == 0 {
				if !strings.Contains(last.Text, "c'est noté") {
					t.Fatalf("she is asked %q", last.Text)
				}
				continue
			}
			asked := s.press(p, 1, "1")
			if displaced := strings.Contains(asked.Text, "fui"); displaced != (on[0] == civic.AboutDisplacement) {
				t.Fatalf("%v: she is asked %q", on, asked.Text)
			}
			if last := s.press(p, 1, "1"); !last.End {
				t.Fatalf("then %q", last.Text)
			}
		}
		if err := s.book.StopApart(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := s.apart()
		if len(got) != len(on) || len(on) == 1 && got[on[0]] != (civic.Apart{0, 12, 0}) {
			t.Errorf("%v in service, %v counted", on, got)
		}
	}
}

// TestNoCallOutlivesItsQuestions: a call whose memory is gone, by a crash or a
// second gateway, thanks and ends, whatever is repeated or pressed: what she
// answered before may have been counted.
func TestNoCallOutlivesItsQuestions(t *testing.T) {
	for at, keys := range [][]string{{}, {"1"}, {"1", "1"}, {"1", "1", "1"}} {
		s := stageAsking(t, civic.ApartQuestions())
		p := s.until("+22376000001")
		s.press(p, 1, keys...)
		if err := s.crash(); err != nil {
			t.Fatal(err)
		}
		again, err := p.Retry(context.Background())
		if err != nil || strings.Contains(again.Text, "du mal") || strings.Contains(again.Text, "fui") || !again.End {
			t.Errorf("after %d keys a repeat gets %q, %v", at, again.Text, err)
		}
		if err := s.book.StopApart(context.Background()); err != nil || len(s.apart()) != 0 {
			t.Errorf("%v %v", err, s.apart())
		}
	}
}

// TestTwoCallsOfOneNumberAskOnce: who says sex and age in two calls is asked in
// the first that recorded them.
func TestTwoCallsOfOneNumberAskOnce(t *testing.T) {
	s := stageAsking(t, civic.ApartQuestions())
	first := s.phone("+22376000001")
	if _, err := first.Dial(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	s.press(first, 1, "2", "1", "1", "1", "3", "1", "1", "1", "1") // at her age
	c := civic.Citizen{Known: true, Sex: civic.Female, Age: civic.Over60, Asked: true}
	person, err := s.book.Person(context.Background(), "+22376000001")
	if err != nil {
		t.Fatal(err)
	}
	was := person.Citizen()
	c.Lang, c.Commune = was.Lang, was.Commune
	if out, err := s.book.Commit(context.Background(), store.Deed{ID: store.ID{9}, Person: person, Channel: civic.ChannelUSSD, Act: civic.Act{Deed: civic.DeclareGroup, Citizen: c}}); err != nil || !out.First {
		t.Fatal(out, err)
	}
	if got := s.press(first, 1, "2"); !strings.Contains(got.Text, "c'est noté") {
		t.Errorf("the second call asks %q", got.Text)
	}
}
