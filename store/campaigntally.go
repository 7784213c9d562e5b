package store

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/jamakan/jamakan/store/outbox"
)

// Tally is how the letters of a message to many stand. It is written by the
// commands that move them, so that it is never behind and never wrong.
type Tally struct {
	Made     int                  // letters, each to another number
	InFrench int                  // of them to numbers whose language has no text
	States   map[outbox.State]int // sums to Made
	Segments int                  // handed over, as the provider counted
	Cost     outbox.Money         // as the provider said
	Stopped  int                  // ended because the number said STOP meanwhile
}

// moved counts a message's change of state.
func (t *Tally) moved(was, now outbox.Message) {
	if t.States == nil {
		t.States = map[outbox.State]int{}
	}
	if was.State != now.State {
		if t.States[was.State]--; t.States[was.State] <= 0 {
			delete(t.States, was.State)
		}
		t.States[now.State]++
	}
	if was.State == outbox.Claimed && now.State != outbox.Queued && now.State != outbox.Refused && now.State != outbox.Expired {
		t.Segments += now.Segments
	}
	if was.Cost.IsZero() {
		t.Cost, _ = t.Cost.Add(now.Cost)
	}
	if was.State != now.State && now.State == outbox.Expired && now.Reason == ReasonStopped {
		t.Stopped++
	}
}

// Waiting are letters that have not left.
func (t *Tally) Waiting() int { return t.States[outbox.Queued] + t.States[outbox.Claimed] }

// tallyKeys are what a command reads that moves a message.
func tallyKeys(campaign string) []Key {
	if campaign == "" {
		return nil
	}
	key, err := campaignKey(campaign)
	if err != nil {
		return nil // not a campaign of ours: nothing is counted
	}
	return []Key{key}
}

// tallied adds a message's change to its campaign's tally.
func tallied(v View, c Change, was, now outbox.Message) (Change, error) {
	for _, key := range tallyKeys(was.Campaign) {
		stored, ok := v.Get(key)
		if !ok {
			continue
		}
		campaign, err := decodeCampaign(key, stored)
		if err != nil {
			return c, err
		}
		campaign.Tally.moved(was, now)
		put, err := putCampaign(key, &campaign)
		if err != nil {
			return c, err
		}
		c.Put = append(c.Put, put)
	}
	return c, nil
}

// atOnce is how many commands wait for the disk together: the engine writes
// them in one commit.
const atOnce = 32

// together does something with each of some, many at once; it ends with the
// first error, when all that began are done.
func together[T any](ctx context.Context, some []T, do func(T) error) error {
	g, going := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, one := range some {
		if going.Err() != nil {
			break
		}
		g.Go(func() error { return do(one) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
