package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// What waited when the backup was made may have left since: nothing of it ever
// leaves again by itself, and messages to many wait for a person.
func TestAfterRestore(t *testing.T) {
	const many = 300
	l, ctx := newLedger(t), context.Background()
	l.hamlet(many)
	c := l.confirmed(civic.Audience{Communes: []civic.Code{"01010103"}})
	if _, _, err := l.Feed(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	waiting := l.letters()
	if _, err := l.ClaimBulk(ctx, waiting[0], some(0)); err != nil && !errors.Is(err, store.ErrUnwanted) {
		t.Fatal(err)
	}
	made := l.now
	if _, err := l.Claim(ctx, waiting[1]); err != nil {
		t.Fatal(err)
	}
	r, err := l.AfterRestore(ctx, store.ByCommand, store.Restoration{Made: made, Ballots: 7, Skipped: 5})
	if err != nil || r.Messages != len(waiting) || len(r.Campaigns) != 1 {
		t.Fatalf("%+v %v, %d waited", r, err, len(waiting))
	}
	if left := l.postman().round(); left != 0 {
		t.Errorf("%d letters of the backup left", left)
	}
	for _, m := range l.letters() {
		if m.State != outbox.Unknown || m.Reason == "" {
			t.Fatalf("a letter that waited is %s", m.State)
		}
		if _, err := l.Claim(ctx, m); !errors.Is(err, outbox.ErrStep) {
			t.Fatalf("claimed again: %v", err)
		}
	}
	now := l.campaign(c.ID)
	if now.State != civic.CampaignPaused || now.Tally.States[outbox.Unknown] != len(waiting) {
		t.Errorf("the message to many is %s, its tally %+v", now.State, now.Tally)
	}
	if made, _, err := l.Feed(ctx, c.ID); made != 0 || err != nil {
		t.Errorf("paused, it made %d, %v", made, err)
	}
	if kept, ok, err := l.LastRestore(ctx); err != nil || !ok || kept.Messages != r.Messages || !kept.Made.Equal(made) {
		t.Errorf("kept: %+v %v %v", kept, ok, err)
	}
	var first store.Entry
	if err := l.Journal(ctx, 0, func(e store.Entry) bool { first = e; return false }); err != nil || first.What != "data.restore" || len(first.Changes) != 4 {
		t.Errorf("journal: %+v %v", first, err)
	}
}

// Receipt numbers that may have been told after the backup are never given,
// not even after the next start.
func TestSkippedReceipts(t *testing.T) {
	l, ctx := newLedger(t), context.Background()
	was, err := l.engine.Reserve()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.engine.SkipReceipts(1_000_000); err != nil {
		t.Fatal(err)
	}
	if _, err := l.AfterRestore(ctx, store.ByCommand, store.Restoration{Made: l.now, Skipped: 1_000_000}); err != nil {
		t.Fatal(err)
	}
	if err := l.engine.Close(); err != nil {
		t.Fatal(err)
	}
	l.open()
	out := l.vote(l.person(some(1)), "v", "A", 1, "01010103")
	if n, err := l.engine.Reserve(); err != nil || n <= was+1_000_000 || out.Code == "" {
		t.Errorf("after %d and the restore comes %d, %v, %+v", was, n, err, out)
	}
	if err := l.engine.SkipReceipts(civic.Receipts - 5); !errors.Is(err, store.ErrRefused) {
		t.Errorf("more than there are: %v", err)
	}
}
