package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/jamakan/jamakan/callback"
	"github.com/jamakan/jamakan/callback/pace"
	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/sms"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd"
)

// doors are what the channels share: who was turned away, what one number may
// do by all of them, and what looks unusual.
type doors struct {
	cfg     config.Config
	proxies []netip.Prefix
	refused *refusal.Log
	unusual *unusual.Watch
	ballots *pace.Keys
}

func newDoors(h *house) (doors, error) {
	proxies, err := config.Networks("proxies", h.cfg.Proxies)
	return doors{
		cfg: h.cfg, proxies: proxies, refused: refusal.New(h.now), unusual: unusual.New(),
		ballots: pace.PerKey(h.cfg.Limits.Ballots, h.cfg.Limits.Window),
	}, err
}

// door is who may come in to one channel.
func (d doors) door(kind, name string, tokens, networks []string) (callback.Door, error) {
	from, err := config.Networks(kind+"."+name+".networks", networks)
	return callback.Door{
		Tokens: tokens, From: from, Proxies: d.proxies, LoopbackOnly: d.cfg.Demo,
		Refused: d.refused.Channel(kind + "/" + name),
	}, err
}

// dialLimits are the limits of one provider's calls.
func (d doors) dialLimits() ussd.Limits {
	l := d.cfg.Limits
	return ussd.Limits{
		Ballots:  d.ballots,
		AllDials: pace.ForAll(l.ProviderDials, time.Minute), AllBallots: pace.ForAll(l.ProviderBallots, time.Minute),
	}
}

// textLimits are the limits of one provider's texts.
func (d doors) textLimits() sms.Limits {
	l := d.cfg.Limits
	return sms.Limits{
		Texts: pace.PerKey(l.Texts, l.Window), Told: pace.PerKey(1, time.Hour), Ballots: d.ballots,
		AllTexts: pace.ForAll(l.ProviderTexts, time.Minute), AllBallots: pace.ForAll(l.ProviderBallots, time.Minute),
	}
}

// tellUnusual writes what was flagged into the journal, so that it outlives
// the process.
func (d doors) tellUnusual(ctx context.Context, book *store.Book, now time.Time, last bool) error {
	for _, f := range d.unusual.Done(now, last) {
		if err := book.Note(ctx, store.ByItself, "unusual."+string(f.Kind), aboutFlag(f)); err != nil {
			d.unusual.Untold(f)
			return err
		}
	}
	return nil
}

// aboutFlag is a flag in the journal: how many, where, when. The option is
// only on the desk's page, which knows whether results may be seen.
func aboutFlag(f unusual.Flag) string {
	from, to := f.From.In(civic.Bamako), f.To.In(civic.Bamako)
	return fmt.Sprintf("%d/%d · %s · %s · %s-%s", f.N, f.Of, f.Commune, f.Consultation, from.Format("02/01/2006 15:04"), to.Format("15:04"))
}
