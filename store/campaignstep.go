package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// The steps of a message to many: each is one command, with its line in the
// journal.

// ConfirmCampaign lets a message to many leave. typed is the number of
// recipients as the coordinator typed it: ErrTyped when it is not that of the
// dry run. ErrTrial, ErrFewRecipients, civic.ErrCampaignStep.
//
// The profiles are looked at once more: a message that would now reach too few,
// or others than were tried, is tried again first.
func (b *Book) ConfirmCampaign(ctx context.Context, who, id string, typed int) error {
	tried, err := b.Campaign(ctx, id)
	if err != nil {
		return err
	}
	again, err := b.DryRun(ctx, &tried.Draft, tried.Trial.Price)
	if err != nil {
		return err
	}
	return b.changeCampaign(ctx, who, id, "campaign.confirm", func(c *Campaign, now time.Time) ([]string, error) {
		next, err := c.State.After(civic.ConfirmCampaign)
		switch {
		case err != nil:
			return nil, err
		case c.Trial.At.IsZero() || now.Sub(c.Trial.At) > TrialLife:
			return nil, ErrTrial
		case c.Trial.Few || again.Few:
			return nil, ErrFewRecipients
		case typed != c.Trial.Recipients:
			return nil, ErrTyped
		case !c.Until.After(now):
			return nil, fmt.Errorf("%w: its time is over", ErrBounds)
		}
		c.State, c.By, c.Started = next, who, now
		return []string{fmt.Sprintf("recipients %d", c.Trial.Recipients), fmt.Sprintf("segments %d", c.Trial.Segments)}, nil
	})
}

// StepCampaign pauses, resumes or cancels a message to many;
// civic.ErrCampaignStep when it can't be. A cancelled one's letters that wait
// are ended: what leaves while the command is written is one request at most
// for each that is under way.
func (b *Book) StepCampaign(ctx context.Context, who, id string, step civic.CampaignStep) error {
	if step == civic.ConfirmCampaign || step == civic.FinishCampaign {
		return fmt.Errorf("%w: %s is not asked for so", civic.ErrCampaignStep, step)
	}
	err := b.changeCampaign(ctx, who, id, "campaign."+string(step), func(c *Campaign, now time.Time) ([]string, error) {
		return []string{fmt.Sprintf("made %d", c.Tally.Made)}, c.step(step, now)
	})
	if err == nil && step == civic.CancelCampaign {
		err = b.recall(ctx, id)
	}
	return err
}

func (c *Campaign) step(step civic.CampaignStep, now time.Time) (err error) {
	if c.State, err = c.State.After(step); err == nil && c.State.Over() {
		c.Ended = now
	}
	return err
}

// expireCampaign cancels one whose time is over.
func (b *Book) expireCampaign(ctx context.Context, id string) error {
	return b.changeCampaign(ctx, ByItself, id, "campaign.late", func(c *Campaign, now time.Time) ([]string, error) {
		c.Why = Late
		return []string{fmt.Sprintf("made %d", c.Tally.Made)}, c.step(civic.CancelCampaign, now)
	})
}

// finishCampaign ends one whose letters all left or were ended.
func (b *Book) finishCampaign(ctx context.Context, id string) error {
	return b.changeCampaign(ctx, ByItself, id, "campaign.done", func(c *Campaign, now time.Time) ([]string, error) {
		return []string{fmt.Sprintf("made %d", c.Tally.Made)}, c.step(civic.FinishCampaign, now)
	})
}

// Why a message of a campaign was ended before it left.
const (
	ReasonCancelled = "cancelled" // its campaign was
	ReasonStopped   = "stopped"   // the number does not want messages any more
)

// recall ends what waits of a cancelled message to many.
func (b *Book) recall(ctx context.Context, id string) error {
	var waiting []outbox.Message
	err := b.Letters(ctx, func(m outbox.Message) bool {
		if m.Campaign == id && m.State == outbox.Queued {
			waiting = append(waiting, m)
		}
		return true
	})
	if err != nil {
		return err
	}
	return together(ctx, waiting, func(m outbox.Message) error {
		_, err := b.Drop(ctx, m, ReasonCancelled)
		if errors.Is(err, outbox.ErrStep) {
			return nil // it was taken meanwhile
		}
		return err
	})
}

// Drop ends a message that is not to leave any more, for a reason.
func (b *Book) Drop(ctx context.Context, m outbox.Message, reason string) (outbox.Message, error) {
	return b.step(ctx, m, nil, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		next, err := m.Drop(reason, v.Now())
		return next, nil, nil, err
	})
}

// ClaimBulk marks a message to many that is about to be handed over, as Claim
// does, if in that moment its campaign runs and the number wants it; else
// ErrHeld, ErrRecalled or ErrUnwanted, and nothing is written. Once a pause, a
// cancellation or a STOP is on disk, nothing more is claimed.
func (b *Book) ClaimBulk(ctx context.Context, m outbox.Message, e164 string) (outbox.Message, error) {
	mine := CitizenKey(b.keys.Citizen(e164))
	return b.step(ctx, m, []Key{mine}, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		if err := b.wanted(v, mine, m.Campaign); err != nil {
			return m, nil, nil, err
		}
		next, err := m.Claim(v.Now())
		return next, nil, nil, err
	})
}

// wanted says whether a message to many may leave now.
func (b *Book) wanted(v View, citizen Key, campaign string) error {
	news := civic.NewsUnasked
	if stored, ok := v.Get(citizen); ok {
		c, err := decodeProfile(stored)
		if err != nil {
			return err
		}
		news = c.News
	}
	if news == civic.NewsStopped || campaign != "" && news != civic.NewsYes {
		return ErrUnwanted
	}
	if campaign == "" {
		return nil
	}
	key, err := campaignKey(campaign)
	if err != nil {
		return err
	}
	stored, ok := v.Get(key)
	if !ok {
		return ErrRecalled
	}
	c, err := decodeCampaign(key, stored)
	switch {
	case err != nil:
		return err
	case c.State == civic.CampaignPaused:
		return ErrHeld
	case c.State != civic.CampaignRunning:
		return ErrRecalled
	}
	return nil
}
