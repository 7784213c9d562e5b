package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
)

// Three of seven say STOP between the dry run and the confirmation: four are
// left, and four are not written to.
func TestFewLeftAtTheConfirmation(t *testing.T) {
	l := newLedger(t)
	yes := civic.Citizen{Known: true, Lang: "fr", Commune: "01010103", News: civic.NewsYes}
	l.settle(7, some, func(int) civic.Citizen { return yes })
	ctx := context.Background()
	c, err := l.DraftCampaign(ctx, "awa", l.draftFor(civic.Audience{Communes: []civic.Code{"01010103"}}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.TryCampaign(ctx, "awa", c.ID, outbox.Money{}); err != nil {
		t.Fatal(err)
	}
	stopped := yes
	stopped.News = civic.NewsStopped
	for n := range 3 {
		l.profile(some(n), stopped)
	}
	if err := l.ConfirmCampaign(ctx, "awa", c.ID, 7); !errors.Is(err, store.ErrFewRecipients) && !errors.Is(err, store.ErrTrial) && !errors.Is(err, store.ErrTyped) {
		t.Fatalf("confirmed for four: %v", err)
	}
}
