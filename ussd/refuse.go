package ussd

import (
	"context"
	"time"

	"github.com/jamakan/jamakan/callback/refusal"
	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/unusual"
	"github.com/jamakan/jamakan/ussd/menu"
)

// turnAway ends a call that is not for us.
func (g *Gateway) turnAway(why refusal.Reason, key string) Answer {
	g.stats.strangers.Add(1)
	g.cfg.Refused.Count(why, refusal.Shape{Bytes: -1})
	return g.sentence(key)
}

// slow says whether a call may begin, and what is said when it may not. A
// number over its own limit takes nothing of its provider's. The line is held.
func (g *Gateway) slow(ctx context.Context, l *line, now time.Time) (a Answer, slow bool) {
	switch {
	case !l.mayDial(now, g.cfg.DialLimit, g.cfg.DialWindow):
		g.stats.limited.Add(1)
		g.countLimited(l, now)
		g.cfg.Refused.Count(refusal.Number, refusal.Shape{Bytes: -1})
		return g.sentenceTo(ctx, l, "limit.dials"), true
	case !g.cfg.Limits.AllDials.May(now):
		g.stats.limited.Add(1)
		g.countLimited(l, now)
		g.cfg.Refused.Count(refusal.Provider, refusal.Shape{Bytes: -1})
		return g.sentenceTo(ctx, l, "limit.busy"), true
	}
	return a, false
}

// sentenceTo ends a call with a sentence in the caller's language. It is
// looked up once: a number that floods costs no reading.
func (g *Gateway) sentenceTo(ctx context.Context, l *line, key string) Answer {
	if l.lang == "" {
		l.lang = g.cfg.Lang
		if p, err := g.cfg.Book.Person(ctx, l.e164); err == nil && p.Citizen().Lang != "" {
			l.lang = p.Citizen().Lang
		}
	}
	return Answer{Text: g.cfg.Menu.Sentence(key, l.lang), End: true}
}

// mayVote says whether a ballot is within the limits, and the end of the call
// when it is not: nothing is recorded, and she is told so.
func (g *Gateway) mayVote(ctx context.Context, k *call, step menu.Step) (menu.Step, bool) {
	if step.Act.Deed != civic.CastBallot {
		return step, true
	}
	why, key := refusal.Number, "limit.ballots"
	if g.cfg.Limits.Ballots.May(k.line.e164, k.last) {
		if g.cfg.Limits.AllBallots.May(k.last) {
			return step, true
		}
		why, key = refusal.Provider, "vote.failed"
	}
	g.stats.limited.Add(1)
	g.cfg.Refused.Count(why, refusal.Shape{Bytes: -1})
	k.did = NotRecorded
	step.Act = civic.Act{}
	step.Screen = menu.Screen{Text: g.sentenceTo(ctx, k.line, key).Text, End: true}
	return step, false
}

// watch lets a recorded ballot be looked at as it passes.
func (g *Gateway) watch(k *call, act civic.Act, wasKnown bool, out civic.Outcome) {
	if g.cfg.Unusual == nil || act.Deed != civic.CastBallot || out.Verdict != civic.Noted && out.Verdict != civic.Changed {
		return
	}
	b := unusual.Ballot{At: k.last, Commune: act.Citizen.Commune, Consultation: act.Consultation, New: !wasKnown}
	if len(act.Marks) == 1 {
		b.Option = act.Marks[0].Option
	}
	if out.Place != "" {
		b.Commune = out.Place
	}
	if k.keys > 0 {
		b.Pace = k.last.Sub(k.begun) / time.Duration(k.keys)
	}
	g.cfg.Unusual.Saw(k.line.e164, b)
}
