package sms

import (
	"sync/atomic"

	"github.com/jamakan/jamakan/sms/command"
	"github.com/jamakan/jamakan/store/outbox"
)

// Stats count what came in. None of them names anybody.
type Stats struct {
	texts, repeats, strangers, failed, malformed, muted atomic.Int64
	reports, orphans, oddStatus, notices                atomic.Int64
	kinds                                               [command.Unsure + 1]atomic.Int64
}

func (s *Stats) count(step command.Step) {
	s.kinds[step.Kind].Add(1)
	if step.Mute {
		s.muted.Add(1)
	}
}

// Counts are the counters by name.
func (g *Gateway) Counts() map[string]int64 {
	s := &g.stats
	all := map[string]int64{
		"texts": s.texts.Load(), "repeats": s.repeats.Load(), "strangers": s.strangers.Load(), "failed": s.failed.Load(),
		"malformed": s.malformed.Load(), "muted": s.muted.Load(), "reports": s.reports.Load(), "orphan_reports": s.orphans.Load(),
		"unknown_status": s.oddStatus.Load(), "notices": s.notices.Load(),
	}
	for k := range s.kinds {
		all["kind_"+command.Kind(k).String()] = s.kinds[k].Load()
	}
	return all
}

// Heard calls fn for every class of answers that the provider may give, with
// how often it did.
func (s *Sender) Heard(fn func(class outbox.Class, n int64)) {
	for c := outbox.Took; c <= outbox.Account; c++ {
		fn(c, s.heard[c].Load())
	}
}

// Provider names the gateway's channel.
func (g *Gateway) Provider() string { return g.cfg.Provider }
