package sms

import (
	"context"
	"errors"
	"time"

	"github.com/jamakan/jamakan/callback/pace"
	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/sms/command"
	"github.com/jamakan/jamakan/store/unusual"
)

// Limits slow down who does too much; nil ones are none.
type Limits struct {
	Texts      *pace.Keys // of one number that are read; more are kept sealed, unread
	Told       *pace.Keys // of one number: how often it is told so
	Ballots    *pace.Keys // of one number
	AllTexts   *pace.Gate // of the provider; more are to be delivered again
	AllBallots *pace.Gate
}

// errBusy: the provider delivers more than its limit. Nothing is lost: it
// delivers again.
var errBusy = errors.New("over the provider's limit")

func (g *Gateway) busy() error {
	g.turnAway(refusal.Provider)
	return errBusy
}

func (g *Gateway) turnAway(why refusal.Reason) {
	g.cfg.Refused.Count(why, refusal.Shape{Bytes: -1})
}

// slow is what becomes of a text over a limit. STOP and EFFACER always pass.
// A text that is not read is kept sealed, and she is told so once in a while.
func (g *Gateway) slow(ctx context.Context, in Inbound, e164 string, step command.Step) (next command.Step, silent bool, err error) {
	now := g.cfg.Now()
	switch {
	case step.Kind == command.Stop || step.Kind == command.Erase:
		return step, false, nil
	case !g.cfg.Limits.Texts.May(e164, now):
		g.turnAway(refusal.Number)
		silent = g.cfg.Limits.Told == nil || !g.cfg.Limits.Told.May(e164, now)
		return g.cfg.Dialogue.Limit(step, "limit.texts"), silent, g.stray(ctx, in, "limited")
	case step.Act.Deed != civic.CastBallot:
		return step, false, nil
	case !g.cfg.Limits.Ballots.May(e164, now):
		g.turnAway(refusal.Number)
		return g.cfg.Dialogue.Limit(step, "limit.ballots"), false, nil
	case !g.cfg.Limits.AllBallots.May(now):
		return step, false, g.busy()
	}
	return step, false, nil
}

// watch lets a recorded ballot be looked at as it passes.
func (g *Gateway) watch(e164 string, at time.Time, act civic.Act, wasKnown bool, out civic.Outcome) {
	if g.cfg.Unusual == nil || act.Deed != civic.CastBallot || out.Verdict != civic.Noted && out.Verdict != civic.Changed {
		return
	}
	b := unusual.Ballot{At: at, Commune: act.Citizen.Commune, Consultation: act.Consultation, New: !wasKnown}
	if len(act.Marks) == 1 {
		b.Option = act.Marks[0].Option
	}
	if out.Place != "" {
		b.Commune = out.Place
	}
	g.cfg.Unusual.Saw(e164, b)
}
