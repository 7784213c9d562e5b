package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// say gives an opinion and returns its reference.
func (l *ledger) say(number, message, commune, topic, words string) string {
	l.t.Helper()
	out, err := l.Commit(context.Background(), store.Deed{
		ID: store.ID(l.keys.Event(message)), Person: l.person(number), Channel: civic.ChannelSMS,
		Act: civic.Act{Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "bm", Commune: civic.Code(commune)}, Topic: topic, Text: words},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return out.Code
}

func (l *ledger) page(f store.Filter) store.Page {
	l.t.Helper()
	p, err := l.Inbox(context.Background(), f)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

func references(p store.Page) []string {
	var all []string
	for _, o := range p.Texts {
		all = append(all, o.Reference)
	}
	return all
}

func (l *ledger) shown(reference string) store.Opinion {
	l.t.Helper()
	o, err := l.Text(context.Background(), reference)
	if err != nil {
		l.t.Fatal(err)
	}
	return o
}

// must fails on an error of a step that has to work.
func (l *ledger) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func TestInboxFilters(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	water := l.say(one, "1", "01010103", "eau", "La pompe de Sɛɲɛ est CASSÉE")
	school := l.say(one, "2", "01010104", "ecole", "l'école n'a pas d’eau")
	rumour := l.say(two, "3", "01010103", "rumeur", "On dit que le maire part")
	lost := l.say(two, "4", "", "eau", "ji tɛ an fɛ")
	l.must(l.Label(ctx, "awa", water, []string{"urgent", "  pompe ", ""}))
	l.must(l.AddAccount(ctx, "root", store.Account{Coordinator: civic.Coordinator{Login: "awa", Role: civic.Coordinating}}))
	l.must(l.Assign(ctx, "root", water, "awa"))
	l.must(l.CloseText(ctx, "awa", school, "doublon"))
	hers := civic.Coordinator{Role: civic.Coordinating, Territory: []civic.Code{"01010103"}}
	for name, tc := range map[string]struct {
		f    store.Filter
		want []string
	}{
		"all, newest first":        {store.Filter{}, []string{lost, rumour, school, water}},
		"her territory":            {store.Filter{Covers: hers.Covers}, []string{lost, rumour, water}},
		"a commune":                {store.Filter{Commune: "01010104"}, []string{school}},
		"a status":                 {store.Filter{Status: civic.Shelved}, []string{school}},
		"who waits":                {store.Filter{Waiting: true}, []string{lost, rumour, water}},
		"a kind from its topic":    {store.Filter{Kind: civic.Rumour}, []string{rumour}},
		"a topic":                  {store.Filter{Topic: "eau"}, []string{lost, water}},
		"a label":                  {store.Filter{Label: "pompe"}, []string{water}},
		"who answers":              {store.Filter{Assignee: "awa"}, []string{water}},
		"words without accents":    {store.Filter{Text: "cassee"}, []string{water}},
		"words with other letters": {store.Filter{Text: "DE SENYE"}, []string{water}},
		"a curly apostrophe":       {store.Filter{Text: "d'eau"}, []string{school}},
		"a reference":              {store.Filter{Text: " " + strings.ToLower(rumour)}, []string{rumour}},
		"nothing":                  {store.Filter{Text: "moulin"}, nil},
		"after one":                {store.Filter{Before: rumour}, []string{school, water}},
	} {
		if got := references(l.page(tc.f)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
	first := l.page(store.Filter{Limit: 3})
	if second := l.page(store.Filter{Limit: 3, Before: first.Next}); first.Next != school || !slices.Equal(references(second), []string{water}) || second.Next != "" {
		t.Errorf("paged: %v then %v", first.Next, references(second))
	}
	c, err := l.InboxCounts(ctx, hers.Covers)
	l.must(err)
	if c.Total != 3 || c.Status[civic.Received] != 3 || len(c.Waiting) != 2 || c.Topics["eau"] != 2 || c.Labels["urgent"] != 1 {
		t.Errorf("%+v", c)
	}
	for _, w := range c.Waiting {
		if w.Commune == "01010103" && (w.N != 2 || w.Reference != water) {
			t.Errorf("%+v", w)
		}
	}
}

// The lines in memory never stay behind the engine, whatever changes texts.
func TestInboxFollows(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	var refs []string
	for i := range 20 {
		refs = append(refs, l.say(fmt.Sprintf("+2237600%04d", i), fmt.Sprint(i), "01010103", "eau", "avis"))
	}
	l.page(store.Filter{})
	var g sync.WaitGroup
	for i, ref := range refs {
		g.Go(func() {
			for _, err := range []error{
				l.ReadText(ctx, "awa", ref), l.SetKind(ctx, "awa", ref, civic.Complaint), l.Label(ctx, "awa", ref, []string{fmt.Sprint("l", i%3)}),
			} {
				if err != nil {
					t.Error(err)
				}
			}
			if i%2 == 0 {
				if err := l.CloseText(ctx, "awa", ref, "sans objet"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	g.Wait()
	orphan := l.text(l.person(one), "orphan", civic.Act{Deed: civic.GiveFeedback, Citizen: civic.Citizen{Lang: "fr"}, Text: "où ?"}, "x").Code
	l.text(l.person(one), "commune", civic.Act{Deed: civic.SaveProfile, Text: orphan, Citizen: civic.Citizen{Lang: "fr", Commune: "01010104"}}, "x")
	l.must(l.EraseTexts(ctx, l.person("+22376000001")))
	fresh, err := store.NewBook(l.engine, l.keys, store.BookOptions{Now: func() time.Time { return l.now }})
	l.must(err)
	for name, f := range map[string]store.Filter{
		"closed": {Status: civic.Shelved}, "seen": {Status: civic.Seen}, "complaints": {Kind: civic.Complaint}, "l1": {Label: "l1"},
		"moved": {Commune: "01010104"}, "erased": {Status: civic.ErasedOnAsk}, "all": {},
	} {
		want, err := fresh.Inbox(ctx, f)
		l.must(err)
		if got := l.page(f); len(want.Texts) == 0 || !slices.Equal(references(got), references(want)) {
			t.Errorf("%s: %d, a new book says %d", name, len(got.Texts), len(want.Texts))
		}
	}
}

// What is done twice is kept once, in the text and in the journal, and the
// journal never holds what was written.
func TestWorkOnTexts(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	ref := l.say(one, "1", "01010103", "eau", "la pompe secrete est cassée, mon numéro 76000001")
	for range 2 {
		l.must(l.ReadText(ctx, "awa", ref))
		l.must(l.SetKind(ctx, "awa", ref, civic.Complaint))
		l.must(l.SetProject(ctx, "awa", ref, "T1"))
		l.must(l.Label(ctx, "awa", ref, []string{"pompe"}))
		l.must(l.Summarise(ctx, "awa", ref, "Une pompe\nen panne\u202e depuis juin"))
		l.must(l.CloseText(ctx, "awa", ref, "traité au marché"))
		l.now = l.now.Add(time.Minute)
	}
	o := l.shown(strings.ToLower(ref))
	if o.Status != civic.Shelved || o.Kind != civic.Complaint || o.Project != "T1" || o.Summary != "Une pompe en panne depuis juin" || len(o.Steps) != 6 || !o.Answerable {
		t.Errorf("%+v", o)
	}
	lines := l.journal()
	if n := strings.Count(lines, `"text.`); n != 6 || strings.Contains(lines, "secrete") || strings.Contains(lines, "76000001") || strings.Contains(lines, "Une pompe") {
		t.Errorf("%d lines: %s", n, lines)
	}
	for name, err := range map[string]error{
		"number in summary": l.Summarise(ctx, "awa", ref, "appelez 76 00.00-01"),
		"number in reason":  l.CloseText(ctx, "awa", ref, "voir +22376000001"),
		"number in a label": l.Label(ctx, "awa", ref, []string{"76000001"}),
	} {
		if !errors.Is(err, store.ErrNumberInText) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, tc := range map[string]struct{ got, want error }{
		"no such text":    {l.ReadText(ctx, "awa", "K7P4XY"), store.ErrNoText},
		"no reference":    {l.ReadText(ctx, "awa", "../../meta"), store.ErrNoText},
		"no such kind":    {l.SetKind(ctx, "awa", ref, "roman"), store.ErrBounds},
		"no such project": {l.SetProject(ctx, "awa", ref, "XX"), store.ErrBounds},
		"no such login":   {l.Assign(ctx, "awa", ref, "nobody"), store.ErrAccount},
		"no reason":       {l.CloseText(ctx, "awa", ref, " "), store.ErrTextLength},
		"too long":        {l.Summarise(ctx, "awa", ref, strings.Repeat("é", 300)), store.ErrTextLength},
	} {
		if !errors.Is(tc.got, tc.want) {
			t.Errorf("%s: %v, want %v", name, tc.got, tc.want)
		}
	}
}

// journal is the whole journal as it is kept.
func (l *ledger) journal() string {
	l.t.Helper()
	var all strings.Builder
	l.must(l.Journal(context.Background(), 0, func(e store.Entry) bool {
		line, err := json.Marshal(e)
		l.must(err)
		all.Write(line)
		all.WriteByte('\n')
		return true
	}))
	return all.String()
}

// Texts from before the desk read the same, those kept by their reference too.
func TestOldTexts(t *testing.T) {
	l := newLedger(t)
	ctx := context.Background()
	newest := l.say(one, "1", "01010103", "eau", "nouveau")
	old := `{"at":"2026-11-20T09:00:00Z","commune":"01010103","lang":"fr","topic":"rumeur","channel":1,"text":"YW5jaWVu","status":"recu","from":null}`
	legacy := civic.FormatReceipt(l.keys.Receipt(77))
	l.raw(store.Put{Key: store.FeedbackKey(legacy), Value: []byte(old)})
	if got := references(l.page(store.Filter{})); !slices.Equal(got, []string{legacy, newest}) {
		t.Errorf("%v", got)
	}
	l.must(l.ReadText(ctx, "awa", legacy))
	if o := l.shown(legacy); o.Text != "ancien" || o.Status != civic.Seen || o.Kind != civic.Rumour || o.Answerable {
		t.Errorf("%+v", o)
	}
	if got := references(l.page(store.Filter{Status: civic.Seen})); !slices.Equal(got, []string{legacy}) {
		t.Errorf("%v", got)
	}
	if err := l.AnswerText(ctx, "awa", legacy, store.Answer{Form: "f", Text: "x", Verdict: store.True}, oneLetter); !errors.Is(err, store.ErrNoSender) {
		t.Errorf("answered: %v", err)
	}
}

// raw writes records as they are.
func (l *ledger) raw(puts ...store.Put) {
	l.t.Helper()
	id := store.ID(l.keys.Event("raw", string(puts[0].Key)))
	if _, err := l.engine.Do(context.Background(), store.Command{ID: id, Forget: true, Decide: func(store.View) (store.Change, error) {
		return store.Change{Put: puts}, nil
	}}); err != nil {
		l.t.Fatal(err)
	}
}

// A hundred thousand texts: what a page takes is told, and its memory does
// not grow with them but for their lines.
func TestInboxOfManyTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 texts")
	}
	l := newLedger(t)
	const many = 100_000
	words := []string{"la pompe est en panne", "l'école n'a pas de maître", "ji tɛ an fɛ dugu kɔnɔ", "la route est coupée par l'eau"}
	var g sync.WaitGroup
	for w := range 16 {
		g.Go(func() {
			for at := 1 + w*25; at < many; at += 16 * 25 {
				var puts []store.Put
				for n := at; n < at+25; n++ {
					o := map[string]any{
						"at": l.now.Add(time.Duration(n) * time.Minute), "commune": fmt.Sprintf("010101%02d", 1+n%12), "lang": "fr", "topic": "eau",
						"channel": 1, "text": []byte(fmt.Sprintf("%s, avis %d", words[n%4], n)), "status": []string{"recu", "repondu", "repondu", "lu"}[n%4],
					}
					v, _ := json.Marshal(o)
					puts = append(puts, store.Put{Key: store.Key(fmt.Sprintf("feedback/%010d", n)), Value: v})
				}
				l.raw(puts...)
			}
		})
	}
	g.Wait()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	l.page(store.Filter{Limit: 50})
	t.Logf("lines made in %v", time.Since(began))
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the lines take %d MB", grown>>20)
	} else {
		t.Logf("the lines take %.1f MB", float64(grown)/(1<<20))
	}
	hers := civic.Coordinator{Role: civic.Coordinating, Territory: []civic.Code{"01010103"}}
	middle := l.page(store.Filter{Limit: 50, Before: civic.FormatReceipt(l.keys.Receipt(50_000))})
	if len(middle.Texts) != 50 {
		t.Fatalf("%d texts", len(middle.Texts))
	}
	for name, f := range map[string]store.Filter{
		"newest": {}, "hers": {Covers: hers.Covers, Waiting: true}, "middle": {Before: middle.Next}, "rare words": {Text: "avis 7"}, "no such words": {Text: "moulin"}, "nothing": {Commune: "09999999"},
	} {
		f.Limit = 50
		t.Logf("%-14s %v", name, fastest(func() { l.page(f) }))
	}
	took := fastest(func() {
		if c, err := l.InboxCounts(context.Background(), hers.Covers); err != nil || c.Total < many/13 {
			t.Errorf("%+v %v", c, err)
		}
	})
	t.Logf("%-14s %v", "counts", took)
	// A search goes on until the words are found or all is read.
	rounds, found := 0, 0
	for f := (store.Filter{Text: "avis 77 ", Limit: 50}); rounds < 100; rounds++ {
		f.Text = "avis 77"
		p := l.page(f)
		found += len(p.Texts)
		if f.Before = p.Next; p.Next == "" {
			break
		}
	}
	if found != 1111 {
		t.Errorf("%d found in %d rounds", found, rounds)
	}
}

// fastest is the best of three: others work on this machine too.
func fastest(f func()) time.Duration {
	best := time.Hour
	for range 3 {
		began := time.Now()
		f()
		best = min(best, time.Since(began))
	}
	return best
}
