package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// some are numbers for tests.
func some(n int) string { return fmt.Sprintf("+2237600%04d", n) }

// settle writes many profiles, as many at once as the engine takes.
func (l *ledger) settle(many int, number func(int) string, who func(int) civic.Citizen) {
	l.t.Helper()
	var wg sync.WaitGroup
	room := make(chan struct{}, 256)
	for n := range many {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			l.profile(number(n), who(n))
		})
	}
	wg.Wait()
}

// profile records what a number says of itself.
func (l *ledger) profile(number string, c civic.Citizen) {
	p, err := l.Person(context.Background(), number)
	if err != nil {
		l.t.Error(err)
		return
	}
	l.serial.Add(1)
	_, err = l.Commit(context.Background(), store.Deed{
		ID:     store.ID(l.keys.Event("profile", number, fmt.Sprint(l.serial.Load()))),
		Person: p, Act: civic.Act{Deed: civic.SaveProfile, Citizen: c}, Channel: civic.ChannelSMS,
	})
	if err != nil {
		l.t.Error(err)
	}
}

// villager is one of a crowd: two communes, two languages, sexes and ages in
// turn; one in ten said STOP, one in ten was never asked.
func villager(n int) civic.Citizen {
	c := civic.Citizen{
		Known: true, Lang: [...]string{"bm", "fr", "bm", ""}[n%4], Commune: [...]civic.Code{"01010103", "01010104"}[n/4%2],
		Sex: civic.Sex(n % 3), Age: civic.Age(n % 5), News: civic.NewsYes,
	}
	switch n % 10 {
	case 3:
		c.News = civic.NewsStopped
	case 7:
		c.News = civic.NewsUnasked
	}
	return c
}

// letterOf is a text as it leaves.
func letterOf(text string) store.Letter {
	return store.Letter{Provider: "p", Purpose: outbox.Bulk, Text: text + " STOP", Alphabet: "GSM-7", Units: len(text) + 5, Segments: 1 + len(text)/155}
}

// draftFor is a message to an audience, in both languages.
func (l *ledger) draftFor(a civic.Audience) store.Draft {
	d := store.Draft{Audience: a, Until: l.now.Add(48 * time.Hour), Texts: map[string]string{"fr": "Le vote finit mardi.", "bm": strings.Repeat("Wote bɛ ban. ", 13)}}
	d.Letters = map[string]store.Letter{}
	for lang, text := range d.Texts {
		d.Letters[lang] = letterOf(text)
	}
	return d
}

// confirmed is a message to many that runs.
func (l *ledger) confirmed(a civic.Audience) store.Campaign {
	l.t.Helper()
	ctx := context.Background()
	c, err := l.DraftCampaign(ctx, "awa", l.draftFor(a))
	if err != nil {
		l.t.Fatal(err)
	}
	trial, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{})
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.ConfirmCampaign(ctx, "awa", c.ID, trial.Recipients); err != nil {
		l.t.Fatal(err)
	}
	return l.campaign(c.ID)
}

func (l *ledger) campaign(id string) store.Campaign {
	l.t.Helper()
	c, err := l.Campaign(context.Background(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// postman hands over everything that waits, and remembers to whom.
type postman struct {
	l     *ledger
	got   map[string]int // letters by number
	texts map[string]string
}

func (l *ledger) postman() *postman {
	return &postman{l: l, got: map[string]int{}, texts: map[string]string{}}
}

// round hands over what waits; it says how many left.
func (p *postman) round() (left int) {
	p.l.t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, m := range p.l.letters() {
		if m.State != outbox.Queued {
			continue
		}
		wg.Go(func() {
			to, text, err := p.l.OpenLetter(m)
			if err != nil {
				p.l.t.Error(err)
			}
			m, err := p.l.ClaimBulk(context.Background(), m, to)
			switch {
			case errors.Is(err, store.ErrUnwanted):
				_, err = p.l.Drop(context.Background(), m, store.ReasonStopped)
			case err == nil:
				mu.Lock()
				p.got[to]++
				p.texts[to] = text
				left++
				mu.Unlock()
				_, err = p.l.Settle(context.Background(), m, outbox.Result{Class: outbox.Permanent}, 0) // ends it: nothing is kept waiting for a report
			}
			if err != nil && !errors.Is(err, store.ErrHeld) && !errors.Is(err, store.ErrRecalled) {
				p.l.t.Error(err)
			}
		})
	}
	wg.Wait()
	return left
}

// deliver feeds and hands over until nothing happens any more.
func (p *postman) deliver(id string) {
	p.l.t.Helper()
	for {
		_, done, err := p.l.Feed(context.Background(), id)
		if err != nil {
			p.l.t.Fatal(err)
		}
		if n := len(p.l.letters()); n > store.FeedMost {
			p.l.t.Fatalf("%d letters wait", n)
		}
		if done {
			return
		}
		if p.round() == 0 {
			if made, _, _ := p.l.Feed(context.Background(), id); made == 0 {
				return
			}
		}
	}
}

// once fails unless each of the numbers got one letter, and nobody else any.
func (p *postman) once(want func(n int) bool, many int) {
	p.l.t.Helper()
	count := 0
	for n := range many {
		got, should := p.got[some(n)], 0
		if want(n) {
			should, count = 1, count+1
		}
		if got != should {
			p.l.t.Errorf("number %d got %d letters, want %d (%+v)", n, got, should, villager(n))
		}
	}
	if count != len(p.got) {
		p.l.t.Errorf("%d numbers got a letter, want %d", len(p.got), count)
	}
}

func women(n int) bool {
	c := villager(n)
	return c.Commune == "01010103" && c.Sex == civic.Female && c.News == civic.NewsYes
}

// 10,000 profiles: the dry run counts whom the message then reaches, each once,
// in her language.
func TestMessageToMany(t *testing.T) {
	const many = 10_000
	l := newLedger(t)
	l.settle(many, some, villager)
	audience := civic.Audience{Communes: []civic.Code{"01010103"}, Sexes: []civic.Sex{civic.Female}}
	want, bm, inFrench := 0, 0, 0
	for n := range many {
		if women(n) {
			want++
			if villager(n).Lang == "bm" {
				bm++
			}
		}
	}
	begun := time.Now()
	d := l.draftFor(audience)
	trial, err := l.DryRun(context.Background(), &d, outbox.Money{Amount: 25_0000, Currency: "XOF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a dry run over %d profiles: %v", trial.Profiles, time.Since(begun))
	segments := 2*bm + want - bm
	if trial.Recipients != want || trial.Few || trial.ByLang["bm"] != bm || trial.ByLang["fr"] != want-bm || trial.InFrench != inFrench ||
		trial.Segments != segments || trial.Cost.Amount != int64(segments)*25_0000 || trial.Profiles != many {
		t.Errorf("%+v; want %d, %d in Bambara", trial, want, bm)
	}
	if trial.Skips.Stopped == 0 || trial.Skips.NotAsked == 0 || trial.Skips.NoContact != 0 {
		t.Errorf("skips %+v", trial.Skips)
	}
	c := l.confirmed(audience)
	p := l.postman()
	begun = time.Now()
	p.deliver(c.ID)
	t.Logf("%d letters made, claimed and settled: %v", want, time.Since(begun))
	p.once(women, many)
	c = l.campaign(c.ID)
	if c.State != civic.CampaignDone || c.Tally.Made != want || c.Tally.States[outbox.Refused] != want || len(c.Tally.States) != 1 || c.Skips != trial.Skips {
		t.Errorf("%s %+v %+v", c.State, c.Tally, c.Skips)
	}
	for number, text := range p.texts {
		if profile := l.person(number).Citizen(); (profile.Lang == "bm") != strings.HasPrefix(text, "Wote") || !strings.HasSuffix(text, "STOP") {
			t.Errorf("%q to one who speaks %q", text, profile.Lang)
		}
	}
}

// dying is an engine that dies after so many commands: the last one may be
// applied without anybody hearing of it.
type dying struct {
	store.Engine
	left    atomic.Int64
	applies bool
}

func (d *dying) Do(ctx context.Context, cmd store.Command) (store.Result, error) {
	switch left := d.left.Add(-1); {
	case left > 0:
		return d.Engine.Do(ctx, cmd)
	case left == 0 && d.applies:
		_, _ = d.Engine.Do(ctx, cmd)
	}
	return store.Result{}, store.ErrStopped
}

// Profiles change and the process dies again and again while a message to many
// is made, between two portions and within one: nobody gets two, nobody is
// missed.
func TestManyThroughCrashes(t *testing.T) {
	const many = 3000
	l := newLedger(t)
	l.settle(many, some, villager)
	c := l.confirmed(civic.Audience{Communes: []civic.Code{"01010103"}, Sexes: []civic.Sex{civic.Female}})
	p := l.postman()
	cut := 0
	for round := range 60 {
		engine := &dying{Engine: l.engine, applies: round%2 == 0}
		engine.left.Store(int64(2 + round*7%45))
		dies, err := store.NewBook(engine, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := dies.Feed(context.Background(), c.ID); err != nil {
			if cut++; !errors.Is(err, store.ErrStopped) {
				t.Fatal(err)
			}
		}
		if err := l.engine.Close(); err != nil {
			t.Fatal(err)
		}
		l.open()
		for n := round * 50; n < round*50+50; n++ { // rewritten: they move to the end
			who := villager(n)
			who.Asked = true
			l.profile(some(n), who)
		}
		if round%7 == 0 {
			p.round()
		}
	}
	t.Logf("%d of 60 feedings were cut; %d letters had left before the last", cut, len(p.got))
	if cut < 10 {
		t.Error("the feeding was hardly ever cut")
	}
	p.deliver(c.ID)
	p.once(women, many)
	if c = l.campaign(c.ID); c.State != civic.CampaignDone || c.Tally.Made != len(p.got) {
		t.Errorf("%s, made %d, %d arrived", c.State, c.Tally.Made, len(p.got))
	}
}

// STOP, EFFACER and a new commune in the middle: who is not of the audience any
// more gets nothing, even when her letter was made.
func TestStopInTheMiddle(t *testing.T) {
	const many = 900
	l := newLedger(t)
	l.settle(many, some, func(n int) civic.Citizen {
		return civic.Citizen{Known: true, Lang: "fr", Commune: "01010103", News: civic.NewsYes}
	})
	c := l.confirmed(civic.Audience{Communes: []civic.Code{"01010103"}})
	if made, done, err := l.Feed(context.Background(), c.ID); made != store.FeedMost || done || err != nil {
		t.Fatalf("%d %v %v", made, done, err)
	}
	stopped := map[int]bool{}
	for _, n := range []int{3, 400, 850} {
		stopped[n] = true
		l.profile(some(n), civic.Citizen{Known: true, Lang: "fr", Commune: "01010103", News: civic.NewsStopped})
	}
	for _, n := range []int{5, 860} {
		stopped[n] = true
		p := l.person(some(n))
		if _, err := l.Commit(context.Background(), store.Deed{ID: store.ID(l.keys.Event("erase", some(n))), Person: p, Act: civic.Act{Deed: civic.EraseMe}, Channel: civic.ChannelSMS}); err != nil {
			t.Fatal(err)
		}
	}
	p := l.postman()
	p.deliver(c.ID)
	p.once(func(n int) bool { return !stopped[n] }, many)
	if c = l.campaign(c.ID); c.State != civic.CampaignDone || c.Tally.Stopped == 0 || c.Tally.Made != len(p.got)+c.Tally.Stopped {
		t.Errorf("%s %+v", c.State, c.Tally)
	}
}
