package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Filter is which texts a list holds. The zero Filter holds all.
type Filter struct {
	Covers   func(civic.Code) bool // of whose commune she may read; nil: every one
	Commune  civic.Code
	Status   civic.FeedbackStatus
	Waiting  bool // somebody still waits for an answer
	Kind     civic.FeedbackKind
	Topic    string
	Label    string
	Assignee string
	Text     string // a part of what was written, whatever its capitals and accents; or a reference
	Before   string // the reference after which the page goes on: Page.Next
	Limit    int    // of one page, 1 to MaxPage; 0: MaxPage
}

// MaxPage is how many texts one page holds at most.
const MaxPage = 100

// maxLooks is how many texts are read for one page when their words are looked
// for: a search of many more goes on from where it stopped.
const maxLooks = 4000

// Page is one page of texts, newest first.
type Page struct {
	Texts []Opinion
	Next  string // Before of the page after this one; "" when this is the last
	// Reached is how far back a search by words has come when it stopped
	// before the page was full; zero when it did not.
	Reached time.Time
}

// Inbox is one page of citizens' texts.
func (b *Book) Inbox(ctx context.Context, f Filter) (Page, error) {
	if err := b.inbox.build(ctx, b); err != nil {
		return Page{}, err
	}
	if f.Limit <= 0 || f.Limit > MaxPage {
		f.Limit = MaxPage
	}
	if strings.TrimSpace(f.Text) != "" {
		return b.search(ctx, f)
	}
	found := b.inbox.find(b, f, f.Limit+1)
	var page Page
	if len(found) > f.Limit {
		found = found[:f.Limit]
		page.Next = b.referenceOf(found[f.Limit-1].key(b))
	}
	err := b.engine.View(ctx, func(s Snapshot) (err error) {
		page.Texts, err = b.readLines(s, found, nil)
		return err
	})
	return page, err
}

// search is a page of the texts that hold some words.
func (b *Book) search(ctx context.Context, f Filter) (Page, error) {
	words := plainText(f.Text)
	number, reference := b.numberOf(f.Text)
	candidates := b.inbox.find(b, f, maxLooks+1)
	stopped := len(candidates) > maxLooks
	candidates = candidates[:min(len(candidates), maxLooks)]
	var page Page
	for some := range slices.Chunk(candidates, scanSome) {
		err := b.engine.View(ctx, func(s Snapshot) error {
			texts, err := b.readLines(s, some, func(l line, o *opinion) bool {
				return reference && l.number == number || strings.Contains(plainText(string(o.Text)), words)
			})
			page.Texts = append(page.Texts, texts...)
			return err
		})
		if err != nil {
			return page, err
		}
		if len(page.Texts) > f.Limit {
			page.Texts = page.Texts[:f.Limit]
			page.Next = page.Texts[f.Limit-1].Reference
			return page, nil
		}
	}
	if stopped {
		last := candidates[len(candidates)-1]
		page.Next, page.Reached = b.referenceOf(last.key(b)), time.Unix(last.at, 0).UTC()
	}
	return page, nil
}

// readLines reads the texts of some lines, those that keep says (nil: all).
func (b *Book) readLines(s Snapshot, some []line, keep func(line, *opinion) bool) ([]Opinion, error) {
	var out []Opinion
	for _, l := range some {
		k := l.key(b)
		v, ok, err := s.Get(k)
		if err != nil {
			return out, err
		}
		if !ok {
			continue
		}
		o, err := decodeOpinion(k, v)
		if err != nil {
			return out, err
		}
		if keep == nil || keep(l, &o) {
			out = append(out, o.shown(b.referenceOf(k)))
		}
	}
	return out, nil
}

// numberOf is the number behind a reference that was typed; false when it is
// none.
func (b *Book) numberOf(typed string) (uint32, bool) {
	shown, err := civic.ParseReceipt(strings.TrimSpace(typed))
	if err != nil {
		return 0, false
	}
	return b.keys.ReceiptNumber(shown), true
}

// InboxCounts are the texts of a territory in figures.
type InboxCounts struct {
	Total   int
	Status  map[civic.FeedbackStatus]int
	Waiting []Waiting      // by commune: who waits longest first
	Topics  map[string]int // of all of them
	Labels  map[string]int
}

// Waiting is how many texts of one commune wait for an answer, and which waits
// longest.
type Waiting struct {
	Commune   civic.Code
	N         int
	Oldest    time.Time
	Reference string
}

// InboxCounts counts the texts of a territory (covers nil: all of them).
func (b *Book) InboxCounts(ctx context.Context, covers func(civic.Code) bool) (InboxCounts, error) {
	if err := b.inbox.build(ctx, b); err != nil {
		return InboxCounts{}, err
	}
	return b.inbox.count(b, covers), nil
}
