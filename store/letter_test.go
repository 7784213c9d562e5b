package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// text commits an act that came by SMS, with one answer.
func (l *ledger) text(p *store.Person, message string, act civic.Act, answer string) civic.Outcome {
	l.t.Helper()
	if act.Citizen == (civic.Citizen{}) {
		act.Citizen = p.Citizen()
	}
	out, err := l.Commit(context.Background(), store.Deed{
		ID: store.ID(l.keys.Event(message)), Person: p, Channel: civic.ChannelSMS, Act: act, SessionKey: p.TalkKey(),
		Session: func(civic.Outcome) []byte { return p.SealTalk([]byte("talk " + message)) },
		Letters: func(civic.Outcome) []store.Letter {
			return []store.Letter{{Provider: "p", Purpose: outbox.Answer, Text: answer, Alphabet: "GSM-7", Units: len(answer), Segments: 1}}
		},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

func (l *ledger) letters() []outbox.Message {
	l.t.Helper()
	var all []outbox.Message
	if err := l.Letters(context.Background(), func(m outbox.Message) bool { all = append(all, m); return true }); err != nil {
		l.t.Fatal(err)
	}
	return all
}

// A STOP that is texted during a call is not undone by what the call records
// afterwards, from a profile read before it.
func TestAStopDuringACall(t *testing.T) {
	l := newLedger(t)
	l.vote(l.person(one), "m1", "A", 1, "01010103")
	call := l.person(one)
	texting := l.person(one)
	stop := texting.Citizen()
	stop.News, stop.Commune = civic.NewsStopped, "01010104"
	l.text(texting, "stop", civic.Act{Deed: civic.SaveProfile, Citizen: stop}, "C'est fait")
	c := call.Citizen()
	c.Sex, c.Asked = civic.Female, true
	if _, err := l.Commit(context.Background(), store.Deed{
		ID: store.ID(l.keys.Event("m2")), Person: call, Channel: civic.ChannelUSSD, Act: civic.Act{Deed: civic.DeclareGroup, Citizen: c},
	}); err != nil {
		t.Fatal(err)
	}
	got := l.person(one).Citizen()
	if got.News != civic.NewsStopped || got.Commune != "01010104" || got.Sex != civic.Female || !got.Asked || got.Lang != "bm" {
		t.Errorf("%+v", got)
	}
	if call.Citizen() != got {
		t.Errorf("the call goes on with %+v", call.Citizen())
	}
}

// An answer is there with its cause, once; what the rules forbid is answered
// all the same.
func TestAnswersComeWithTheirCause(t *testing.T) {
	l := newLedger(t)
	var posted []outbox.Message
	l.OnLetter(func(m outbox.Message) { posted = append(posted, m) })
	c := civic.Citizen{Lang: "fr", Commune: "01010103"}
	for range 2 {
		l.text(l.person(one), "m1", civic.Act{Deed: civic.GiveFeedback, Citizen: c, Text: "le puits"}, "Merci")
	}
	no := l.text(l.person(one), "m2", civic.Act{Deed: civic.CastBallot, Citizen: c, Consultation: "A", Marks: []civic.Mark{{Option: 77, Value: 1}}}, "Non")
	if no.Verdict != civic.NotAllowed {
		t.Errorf("%+v", no)
	}
	all := l.letters()
	if len(all) != 2 || len(posted) != 2 || all[0].Ref == all[1].Ref {
		t.Fatalf("%d letters, %d told", len(all), len(posted))
	}
	for i, want := range []string{"Merci", "Non"} {
		m := posted[i]
		to, text, err := l.OpenLetter(m)
		if err != nil || to != one || text != want || m.State != outbox.Queued || !m.Expires.Equal(m.At.Add(24*time.Hour)) {
			t.Errorf("%q %q %v %+v", to, text, err, m)
		}
		if strings.Contains(string(m.To)+string(m.Body), want) || strings.Contains(string(m.To), "76000001") {
			t.Error("not sealed")
		}
	}
	kept, err := l.person(one).Talk(context.Background())
	if err != nil || string(kept) != "talk m2" {
		t.Errorf("%q %v", kept, err)
	}
}

// References are not given again when the process comes back: an opinion would
// take another's place.
func TestReferencesOverRestarts(t *testing.T) {
	l := newLedger(t)
	seen := map[string]bool{}
	for i := range 60 {
		out := l.text(l.person(one), fmt.Sprint("m", i), civic.Act{Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "fr"}, Text: fmt.Sprint("avis ", i)}, "x")
		if seen[out.Code] {
			t.Fatalf("the reference of opinion %d was given before", i)
		}
		seen[out.Code] = true
		if i%10 == 9 {
			if err := l.engine.Close(); err != nil {
				t.Fatal(err)
			}
			l.open()
		}
	}
	n := 0
	if err := l.Opinions(context.Background(), func(store.Opinion) bool { n++; return true }); err != nil || n != 60 {
		t.Errorf("%d opinions %v", n, err)
	}
	for code := range seen {
		if out, err := l.Receipt(context.Background(), code); err != nil || out.Verdict != civic.Heard {
			t.Errorf("%+v %v", out, err)
		}
	}
}

// What is erased is hers only, and all of hers; it stays counted.
func TestErase(t *testing.T) {
	l := newLedger(t)
	say := func(number, message string) {
		l.text(l.person(number), message, civic.Act{Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "fr", Commune: "01010103"}, Text: "avis " + message}, "x")
	}
	for i := range 40 {
		say(one, fmt.Sprint("a", i))
	}
	say(two, "b")
	l.vote(l.person(one), "v", "A", 2, "01010103")
	me := l.person(one)
	if err := l.EraseTexts(context.Background(), me); err != nil {
		t.Fatal(err)
	}
	l.text(me, "erase", civic.Act{Deed: civic.EraseMe}, "Effacés")
	kept, erased := 0, 0
	if err := l.Opinions(context.Background(), func(o store.Opinion) bool {
		switch {
		case o.Status == "efface" && o.Text == "" && o.Commune == "01010103":
			erased++
		case o.Text == "avis b":
			kept++
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if erased != 40 || kept != 1 {
		t.Errorf("%d erased, %d kept", erased, kept)
	}
	again := l.person(one)
	if again.Citizen().Known || me.Citizen().Known {
		t.Errorf("%+v", again.Citizen())
	}
	if _, _, ok := again.Voted("A"); !ok {
		t.Error("her ballot is gone")
	}
	if out := l.vote(again, "v2", "A", 3, "01010103"); out.Verdict != civic.Changed {
		t.Errorf("she votes twice: %+v", out)
	}
}

// Nothing of a message leads to a ballot: not its reference, not its key.
func TestAMessageDoesNotLeadToABallot(t *testing.T) {
	l := newLedger(t)
	p := l.person(one)
	c := civic.Citizen{Lang: "fr", Commune: "01010103"}
	l.text(p, "v", civic.Act{Deed: civic.CastBallot, Citizen: c, Consultation: "A", Marks: []civic.Mark{{Option: 2, Value: 1}}}, "Code")
	ref := l.letters()[0].Ref
	if err := l.engine.View(context.Background(), func(s store.Snapshot) error {
		return s.Records(1, func(r civic.Record) bool {
			if ref == fmt.Sprintf("%x", r.Event) || ref == fmt.Sprintf("%x", r.Voter) || ref == fmt.Sprintf("%x", r.Nonce) {
				t.Error("the message's reference is in the ballot's record")
			}
			return true
		})
	}); err != nil {
		t.Fatal(err)
	}
}

// A step that does not fit the state is an error, and writes nothing.
func TestSteps(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	l.text(l.person(one), "m", civic.Act{Deed: civic.JustAnswer}, "x")
	m := l.letters()[0]
	if _, err := l.Settle(ctx, m, outbox.Result{Class: outbox.Took}, 0); !errors.Is(err, outbox.ErrStep) {
		t.Errorf("settled before it was claimed: %v", err)
	}
	claimed, err := l.Claim(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Claim(ctx, m); !errors.Is(err, outbox.ErrStep) {
		t.Errorf("claimed twice: %v", err)
	}
	if _, err := l.Expire(ctx, claimed); !errors.Is(err, outbox.ErrStep) {
		t.Errorf("expired while it is handed over: %v", err)
	}
	done, err := l.Settle(ctx, claimed, outbox.Result{Class: outbox.Permanent, Code: "403"}, 0)
	if err != nil || done.State != outbox.Refused || len(l.letters()) != 0 {
		t.Errorf("%+v %v", done, err)
	}
}
