package ussd

import "sync/atomic"

// Stats are counts since the start, for readiness and the desk. They hold
// nothing of anybody.
type Stats struct {
	turns, recorded, failed, repeats     atomic.Int64
	conflicts, strangers, limited, live  atomic.Int64
	malformed                            atomic.Int64
	endSuccess, endIncomplete, endFailed atomic.Int64
	endOther                             atomic.Int64
}

// count counts an end-of-session event by its status.
func (s *Stats) count(e End) {
	switch e.Status {
	case "Success":
		s.endSuccess.Add(1)
	case "Incomplete":
		s.endIncomplete.Add(1)
	case "Failed":
		s.endFailed.Add(1)
	default:
		s.endOther.Add(1)
	}
}

// Counts gives the counts by name.
func (g *Gateway) Counts() map[string]int64 {
	s := &g.stats
	return map[string]int64{
		"turns": s.turns.Load(), "recorded": s.recorded.Load(), "failed": s.failed.Load(),
		"repeats": s.repeats.Load(), "conflicts": s.conflicts.Load(), "strangers": s.strangers.Load(),
		"limited": s.limited.Load(), "live": s.live.Load(), "malformed": s.malformed.Load(),
		"end_success": s.endSuccess.Load(), "end_incomplete": s.endIncomplete.Load(),
		"end_failed": s.endFailed.Load(), "end_other": s.endOther.Load(),
	}
}
