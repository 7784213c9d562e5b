package store_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// counts are the tally and the inbox in figures.
func (l *ledger) figures() string {
	l.t.Helper()
	c, err := l.InboxCounts(context.Background(), nil)
	l.must(err)
	return fmt.Sprint(l.Standing("A", "01010103"), c.Total)
}

// nothingOf fails when anything but her ballot leads to a number.
func (l *ledger) nothingOf(number string, references ...string) {
	l.t.Helper()
	l.must(l.engine.View(context.Background(), func(s store.Snapshot) error {
		h := l.keys.Citizen(number)
		for _, k := range []store.Key{store.CitizenKey(h), store.ContactKey(h), store.Key("erase/" + fmt.Sprintf("%x", h))} {
			if _, ok, err := s.Get(k); ok || err != nil {
				l.t.Errorf("%s is there: %v", k.Kind(), err)
			}
		}
		return nil
	}))
	for _, r := range references {
		if o := l.shown(r); o.Status != civic.ErasedOnAsk || o.Text != "" || o.Answerable || len(o.Replies) > 0 && o.Replies[0].Text != "" {
			l.t.Errorf("text %s: %+v", r, o)
		}
	}
	for _, m := range l.letters() {
		if to, _, err := l.OpenLetter(m); err == nil && to == number {
			l.t.Errorf("a message waits for her: %s %s", m.Purpose, m.State)
		}
	}
}

// TestErasure: EFFACER takes away profile, number, conversation, texts and
// their answers, and what waits to be sent; tallies stay; once more changes
// nothing.
func TestErasure(t *testing.T) {
	l := live(t)
	ctx := context.Background()
	was := l.figures()
	for range 2 {
		l.must(l.EraseTexts(ctx, l.person(one)))
		l.nothingOf(one, l.reference)
		if kept, err := l.person(one).Talk(ctx); err != nil || kept != nil {
			t.Errorf("the conversation is there: %q %v", kept, err)
		}
		parts := 0
		l.must(l.WaitingParts(ctx, func([16]byte, map[int]store.Part) error { parts++; return nil }))
		if parts > 0 {
			t.Error("a part of a long text of hers waits")
		}
		if got := l.figures(); got != was {
			t.Errorf("figures are %s, were %s", got, was)
		}
	}
	if _, err := l.LookAtNumber(ctx, "awa", l.asked); err != nil {
		t.Errorf("another's number is gone: %v", err)
	}
	if _, _, voted := l.person(one).Voted("A"); !voted {
		t.Error("she could vote twice")
	}
	l.text(l.person(one), "erase", civic.Act{Deed: civic.EraseMe}, "Effacés")
	l.must(l.FinishErasures(ctx))
	if waits := l.letters(); len(waits) == 0 || waits[len(waits)-1].State != outbox.Queued {
		t.Error("the answer to EFFACER does not leave")
	}
}

// TestErasureFromTheDesk: the same by a coordinator, in the journal, without a
// number.
func TestErasureFromTheDesk(t *testing.T) {
	l := live(t)
	ctx := context.Background()
	was := l.figures()
	l.must(l.EraseSender(ctx, "awa", l.asked))
	l.nothingOf(two, l.asked)
	if got := l.figures(); got != was {
		t.Errorf("figures are %s, were %s", got, was)
	}
	var line store.Entry
	l.must(l.Journal(ctx, 0, func(e store.Entry) bool { line = e; return false }))
	if line.What != "text.erase" || line.Who != "awa" || line.About != l.asked || len(line.Changes) > 0 {
		t.Errorf("the journal: %+v", line)
	}
	if err := l.EraseSender(ctx, "awa", l.asked); !errors.Is(err, store.ErrErased) {
		t.Errorf("once more: %v, want ErrErased", err)
	}
}

// TestErasureGoesOn: a crash at any command of an erasure leaves a mark, and
// the next start ends it.
func TestErasureGoesOn(t *testing.T) {
	for at := 1; ; at++ {
		l := live(t)
		was := l.figures()
		l.now = l.now.Add(time.Second)
		book, err := store.NewBook(&cutShort{Engine: l.engine, after: at}, l.master(), store.BookOptions{Now: func() time.Time { return l.now }})
		l.must(err)
		p, err := book.Person(context.Background(), one)
		l.must(err)
		if err := book.EraseTexts(context.Background(), p); err == nil {
			if at < 4 {
				t.Fatalf("an erasure of %d commands", at)
			}
			return
		}
		l.must(l.engine.Close())
		l.open()
		l.must(l.FinishErasures(context.Background()))
		if at > 1 { // before the first nothing was promised
			l.nothingOf(one, l.reference)
		}
		if got := l.figures(); got != was {
			t.Errorf("after a crash at command %d figures are %s, were %s", at, got, was)
		}
	}
}

// cutShort is an engine that takes so many commands less one.
type cutShort struct {
	store.Engine
	after int
}

var errDead = errors.New("dead")

func (d *cutShort) Do(ctx context.Context, cmd store.Command) (store.Result, error) {
	if d.after--; d.after <= 0 {
		return store.Result{}, errDead
	}
	return d.Engine.Do(ctx, cmd)
}

// TestErasureInFlight: a message that is in a provider's hands when she has
// herself erased never leaves a second time, whatever the provider answers.
func TestErasureInFlight(t *testing.T) {
	for _, class := range []outbox.Class{outbox.Took, outbox.Transient, outbox.Account, outbox.Ambiguous, outbox.Permanent} {
		l := newLedger(t)
		ctx := context.Background()
		l.text(l.person(one), "t", civic.Act{Deed: civic.JustAnswer}, "Bonjour")
		m, err := l.Claim(ctx, l.letters()[0])
		l.must(err)
		l.must(l.EraseTexts(ctx, l.person(one)))
		m, err = l.Settle(ctx, m, outbox.Result{Class: class, Handle: "h"}, time.Minute)
		l.must(err)
		if m.State == outbox.Queued || m.To != nil || m.Body != nil {
			t.Errorf("after %s it is %s", class, m.State)
		}
		l.must(l.FinishErasures(ctx))
		l.nothingOf(one)
	}
}

// TestErasureOfACampaignsLetter: a message to many that waits for her is
// ended, and the campaign's figures stay right.
func TestErasureOfACampaignsLetter(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	l.settle(40, some, func(int) civic.Citizen {
		return civic.Citizen{Lang: "fr", Commune: "01010103", News: civic.NewsYes}
	})
	c, err := l.DraftCampaign(ctx, "awa", l.draftFor(civic.Audience{}))
	l.must(err)
	trial, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{})
	l.must(err)
	l.must(l.ConfirmCampaign(ctx, "awa", c.ID, trial.Recipients))
	made, _, err := l.Feed(ctx, c.ID)
	l.must(err)
	l.must(l.EraseTexts(ctx, l.person(some(5))))
	l.nothingOf(some(5))
	if _, _, err = l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	c, err = l.Campaign(ctx, c.ID)
	l.must(err)
	if c.Tally.States[outbox.Queued] != made-1 || c.Tally.States[outbox.Expired] != 1 || c.Tally.Made != made {
		t.Errorf("%+v after %d letters", c.Tally, made)
	}
	l.nothingOf(some(5))
}

// TestRotationKnowsEveryKind: a new kind of record can't be forgotten.
func TestRotationKnowsEveryKind(t *testing.T) {
	l := newLedger(t)
	turn, err := l.Rotate(newMaster(t))
	l.must(err)
	file, err := parser.ParseFile(token.NewFileSet(), "engine.go", nil, 0)
	l.must(err)
	known := 0
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Kind") || len(v.Values) == 0 {
			return true
		}
		kind, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		l.must(err)
		switch kind {
		case store.KindVoter, store.KindRecord, store.KindReceipt:
			return true // they follow the log
		}
		_, _, _, err = turn.Turn(store.Key(kind+"/x"), nil, func(store.Key) ([]byte, bool, error) { return nil, false, nil })
		if err != nil && strings.Contains(err.Error(), "does not know") {
			t.Errorf("%v", err)
		}
		known++
		return true
	})
	if known < 20 {
		t.Errorf("%d kinds were found in engine.go", known)
	}
}
