package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// How many letters of one message to many wait in the outbox at most, and how
// many profiles are taken in one step.
const (
	FeedMost = 500
	feedSome = 100
)

// Feed makes letters of a running message to many, as many as may wait, and
// ends one that is through or whose time is over. It is called again and
// again; it returns how many letters it made, and done when there is nothing
// more to do.
//
// Each letter is one command, whose id is a keyed hash of the message to many
// and the citizen: the engine remembers it longer than the message to many
// lives, so nobody gets two, whatever crashes in between and however often a
// profile is met again. That the message runs, that she wants it and whether
// she voted is decided in that command. The cursor moves on when the letters
// of all before it are on disk, so nobody is missed.
func (b *Book) Feed(ctx context.Context, id string) (made int, done bool, err error) {
	b.feeding.Lock()
	defer b.feeding.Unlock()
	for {
		c, err := b.Campaign(ctx, id)
		if err != nil {
			return made, false, err
		}
		switch {
		case c.State.Over() && c.Tally.States[outbox.Queued] > 0:
			return made, false, b.recall(ctx, id)
		case c.State.Over(), c.State == civic.CampaignDraft:
			return made, true, nil
		case !b.opts.Now().Before(c.Until):
			if err := b.expireCampaign(ctx, id); err != nil {
				return made, false, err
			}
			continue
		case c.State != civic.CampaignRunning:
			return made, false, nil
		case c.Fed && c.Tally.Waiting() == 0:
			return made, true, b.finishCampaign(ctx, id)
		}
		room := FeedMost - c.Tally.Waiting()
		if c.Fed || room <= 0 {
			return made, false, nil
		}
		some, err := b.feedSome(ctx, &c, min(room, feedSome))
		made += some
		if err != nil {
			return made, false, ignoreStep(err)
		}
	}
}

// ignoreStep: that it was paused or cancelled meanwhile is no error.
func ignoreStep(err error) error {
	if errors.Is(err, ErrHeld) || errors.Is(err, ErrRecalled) {
		return nil
	}
	return err
}

// FeedAll feeds every message to many that is not over.
func (b *Book) FeedAll(ctx context.Context) (made int, err error) {
	all, err := b.Campaigns(ctx)
	if err != nil {
		return 0, err
	}
	var failed error
	for _, c := range slices.Backward(all) { // the oldest first
		if c.State == civic.CampaignDraft || c.State.Over() && c.Tally.States[outbox.Queued] == 0 {
			continue
		}
		some, _, err := b.Feed(ctx, c.ID)
		made += some
		failed = errors.Join(failed, err)
	}
	return made, failed
}

// feedSome makes the letters of some profiles behind the cursor, then moves
// the cursor.
func (b *Book) feedSome(ctx context.Context, c *Campaign, most int) (made int, err error) {
	some, skips, last, err := b.addressees(ctx, c, most)
	if err != nil {
		return 0, err
	}
	results := make([]error, len(some))
	err = together(ctx, indexes(len(some)), func(i int) error {
		results[i] = b.write(ctx, c, some[i])
		return unlessSkipped(results[i])
	})
	for _, r := range results {
		switch {
		case errors.Is(r, errAlready), errors.Is(r, errNotHers):
		case errors.Is(r, ErrUnwanted):
			skips.Stopped++
		case errors.Is(r, errNoContact):
			skips.NoContact++
		case r == nil && err == nil:
			made++
		}
	}
	if err != nil {
		return made, err
	}
	from := c.Cursor
	return made, b.changeCampaign(ctx, ByItself, c.ID, "", func(c *Campaign, _ time.Time) ([]string, error) {
		if c.Cursor != from {
			return nil, fmt.Errorf("%w: another one feeds it", civic.ErrCampaignStep)
		}
		if c.Fed = last == 0; !c.Fed {
			c.Cursor = last
		}
		c.Skips.Stopped += skips.Stopped
		c.Skips.NotAsked += skips.NotAsked
		c.Skips.NoContact += skips.NoContact
		return nil, nil
	})
}

// Why no letter is made, without an error.
var (
	errAlready   = errors.New("made before")
	errNotHers   = errors.New("not of the audience any more")
	errNoContact = errors.New("no number")
)

func unlessSkipped(err error) error {
	if errors.Is(err, errAlready) || errors.Is(err, errNotHers) || errors.Is(err, errNoContact) || errors.Is(err, ErrUnwanted) {
		return nil
	}
	return err
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
