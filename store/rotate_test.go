package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/bolt"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

func newMaster(t testing.TB) *secret.Keys {
	t.Helper()
	k, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// rotate brings the ledger to another master key, as the verb does.
func (l *ledger) rotate(master *secret.Keys) {
	l.t.Helper()
	path := filepath.Join(l.dir, "jamakan.db")
	turn, err := l.Rotate(master)
	l.must(err)
	l.must(l.engine.Rewrite(context.Background(), path+".rotating", turn, nil))
	l.must(l.engine.Replace(path + ".rotating"))
	l.must(l.engine.Close())
	l.keys = master
	l.open()
	l.keys = l.Keys()
}

// lived is a ledger in which everything that a rotation turns has happened.
type lived struct {
	*ledger
	receipts  map[string]string // number -> her receipt
	reference string            // of an opinion of one, answered
	asked     string            // of an opinion of two, waiting
}

func live(t *testing.T) lived {
	l := lived{ledger: newLedger(t), receipts: map[string]string{}}
	ctx := context.Background()
	for i, number := range []string{one, two} {
		l.receipts[number] = l.vote(l.person(number), fmt.Sprint("v", i), "A", uint16(1+i), "01010103").Code
	}
	l.reference = l.say(one, "o1", "01010103", "eau", "le puits est sec")
	l.asked = l.say(two, "o2", "01010103", "eau", "et la pompe ?")
	l.must(l.AnswerText(ctx, "awa", l.reference, store.Answer{Form: "f", Text: "Elle vient", Lang: "fr"}, spell))
	l.text(l.person(one), "t1", civic.Act{Deed: civic.JustAnswer}, "Bonjour")
	l.giveAway("h1", func(m outbox.Message) bool { return m.Purpose == outbox.Reply })
	c := l.person(two).Citizen()
	c.News = civic.NewsYes
	l.text(l.person(two), "news", civic.Act{Deed: civic.SaveProfile, Citizen: c}, "Bien")
	_, err := l.KeepPart(ctx, l.Group("p", one), 1, store.Part{At: l.now, From: one, Text: "un", Of: 2})
	l.must(err)
	l.must(l.KeepStray(ctx, store.ID(l.keys.Event("s")), "p", "sender", []byte(one)))
	l.must(l.AddAccount(ctx, store.ByCommand, store.Account{Coordinator: civic.Coordinator{Login: "awa", Name: "Awa", Role: civic.Administrator}, Phone: one, Email: "awa@commune.example"}))
	return l
}

func spell(_, text string) ([]store.Letter, error) {
	return []store.Letter{{Provider: "p", Purpose: outbox.Reply, Text: text, Alphabet: "GSM-7", Units: len(text), Segments: 1}}, nil
}

// giveAway gives the first message of a kind to the provider, who names it.
func (l *ledger) giveAway(name string, which func(outbox.Message) bool) {
	l.t.Helper()
	for _, m := range l.letters() {
		if which(m) {
			m, err := l.Claim(context.Background(), m)
			l.must(err)
			_, err = l.Settle(context.Background(), m, outbox.Result{Class: outbox.Took, Handle: name}, time.Minute)
			l.must(err)
			return
		}
	}
	l.t.Fatal("no such message")
}

// TestRotation: after each of three rotations everything that was there goes
// on, and nobody votes twice.
func TestRotation(t *testing.T) {
	l := live(t)
	ctx := context.Background()
	head := l.Head()
	for round := range 3 {
		l.rotate(newMaster(t))
		if l.Head() != head {
			t.Fatal("the ballot log changed")
		}
		l.goesOn(round)
		head = l.Head()
	}
	fate, err := l.Report(ctx, "p", "h1", outbox.Report{State: outbox.Delivered, Raw: "Success"})
	if err != nil || fate != store.ReportTaken {
		t.Errorf("the report of a message from before: %d %v", fate, err)
	}
	if got := l.shown(l.reference); got.Replies[0].State != outbox.Delivered {
		t.Errorf("the answer is %q", got.Replies[0].State)
	}
	l.must(l.EraseTexts(ctx, l.person(one)))
	if got := l.shown(l.reference); got.Status != civic.ErasedOnAsk || got.Text != "" {
		t.Errorf("an opinion from before is not found by EFFACER: %+v", got)
	}
}

// Head is the ballot log's.
func (l *ledger) Head() (h store.Head) {
	_ = l.engine.View(context.Background(), func(s store.Snapshot) error { h = s.Head(); return nil })
	return h
}

// goesOn: what was known before a rotation is known after it.
func (l lived) goesOn(round int) {
	l.t.Helper()
	ctx := context.Background()
	for i, number := range []string{one, two} {
		p := l.person(number)
		if c := p.Citizen(); !c.Known || c.Commune != "01010103" || c.Lang != "bm" {
			l.t.Errorf("the profile of number %d: %+v", i, c)
		}
		if _, _, ok := p.Voted("A"); !ok {
			l.t.Errorf("who voted is forgotten: number %d", i)
		}
		if out, err := l.Receipt(ctx, l.receipts[number]); err != nil || out.Verdict != civic.Found {
			l.t.Errorf("the receipt of number %d: %+v %v", i, out, err)
		}
		out := l.vote(p, fmt.Sprint("again", round, i), "A", uint16(1+i), "01010103")
		if out.Verdict != civic.Changed {
			l.t.Errorf("number %d votes twice: %+v", i, out)
		}
		l.receipts[number] = out.Code
		if again := l.vote(p, fmt.Sprint("again", round, i), "A", uint16(2), "01010103"); again.Code != out.Code {
			l.t.Error("the same message is not known any more")
		}
	}
	if n := l.Standing("A", "01010103").Numbers; n != 2 {
		l.t.Errorf("%d numbers voted, want 2", n)
	}
	if got, err := l.LookAtNumber(ctx, "awa", l.asked); err != nil || got != two {
		l.t.Errorf("who asked: %q %v", got, err)
	}
	if kept, err := l.person(one).Talk(ctx); err != nil || string(kept) != "talk t1" {
		l.t.Errorf("the conversation: %q %v", kept, err)
	}
	for _, m := range l.letters() {
		if to, text, err := l.OpenLetter(m); err != nil || to == "" || text == "" {
			l.t.Errorf("a message that waits: %v", err)
		}
	}
	if a, err := l.Account(ctx, "awa"); err != nil || a.Phone != one || a.Email == "" {
		l.t.Errorf("the account: %+v %v", a, err)
	}
	parts := 0
	l.must(l.WaitingParts(ctx, func(_ [16]byte, p map[int]store.Part) error { parts += len(p); return nil }))
	if parts != 1 || l.person(two).Citizen().News != civic.NewsYes {
		l.t.Errorf("%d parts wait", parts)
	}
}

// TestOldKeyOpensNothing: whoever has the old master key and the data as it is
// after the rotation can open nothing in it and links no number.
func TestOldKeyOpensNothing(t *testing.T) {
	l := live(t)
	old := l.keys
	before, err := os.ReadFile(filepath.Join(l.dir, "jamakan.db"))
	l.must(err)
	secrets := l.secrets(old)
	for name, s := range secrets {
		if !bytes.Contains(before, s) && !strings.Contains(string(before), fmt.Sprintf("%x", s)) {
			t.Fatalf("%s is not in the file before: the test looks for the wrong thing", name)
		}
	}
	l.rotate(newMaster(t))
	l.must(l.engine.Close())
	raw, err := os.ReadFile(filepath.Join(l.dir, "jamakan.db"))
	l.must(err)
	for name, s := range secrets {
		if bytes.Contains(raw, s) || strings.Contains(string(raw), fmt.Sprintf("%x", s)) {
			t.Errorf("%s, which the old key leads to, is still in the file", name)
		}
	}
	l.engine, err = bolt.Open(bolt.Options{Path: filepath.Join(l.dir, "jamakan.db"), Now: func() time.Time { return l.now }})
	l.must(err)
	if _, err := store.NewBook(l.engine, old, store.BookOptions{Now: func() time.Time { return l.now }}); !errors.Is(err, store.ErrKey) || !strings.Contains(err.Error(), l.keys.Fingerprint()) {
		t.Errorf("the old key: %v, want which key it is", err)
	}
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) error {
		ring, ok, err := s.Get("meta/ring")
		if _, no := old.WithRing(ring); !ok || !errors.Is(no, secret.ErrSealed) {
			t.Errorf("the working keys open with the old key: %v", no)
		}
		wrapped, _, _ := s.Get(store.KeyKey("A"))
		if _, no := old.OpenVoterKey("A", wrapped); !errors.Is(no, secret.ErrSealed) {
			t.Errorf("a voter key opens with the old key: %v", no)
		}
		return err
	}))
	l.must(l.engine.Close())
	l.keys = l.master()
	l.open()
}

// secrets are what the old key leads to by its numbers, as stored.
func (l lived) secrets(old *secret.Keys) map[string][]byte {
	all := map[string][]byte{}
	keep := func(name string, b []byte) { all[name] = bytes.Clone(b) }
	for i, number := range []string{one, two} {
		h := old.Citizen(number)
		keep(fmt.Sprint("citizen ", i), h[:])
		talk := old.Session("sms talk", number)
		keep(fmt.Sprint("talk ", i), talk[:])
	}
	event := old.Event("v0")
	keep("a vote's event", event[:])
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) error {
		for name, k := range map[string]store.Key{"contact": store.ContactKey(old.Citizen(one)), "voter key": store.KeyKey("A")} {
			v, ok, err := s.Get(k)
			if err != nil || !ok {
				return fmt.Errorf("%s: %v", name, err)
			}
			keep(name, v)
		}
		return nil
	}))
	return all
}

// master are the keys as an operator gives them.
func (l *ledger) master() *secret.Keys {
	k, err := secret.FromText(l.keys.Text())
	l.must(err)
	return k
}
