package sms

import (
	"context"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// pause is a fault of the whole account.
type pause struct {
	since   time.Time
	until   time.Time // then one message is tried
	why     string
	probing bool
	times   int
}

// LoadSpent sums what this month's messages cost. It reads all of them: Run
// does it beside its work, and messages to many wait for it where there is a
// budget.
func (s *Sender) LoadSpent(ctx context.Context) error {
	month := monthOf(s.cfg.Now())
	rows, err := s.cfg.Book.Costs(ctx, month)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.month, s.spent, s.counted = month, outbox.Money{}, true
	for _, row := range rows {
		if row.Provider == s.cfg.Provider {
			s.spent, _ = s.spent.Add(row.Cost)
		}
	}
	return nil
}

func monthOf(t time.Time) time.Time {
	t = t.In(civic.Bamako)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, civic.Bamako)
}

// reserve takes a message's segments from the rate limit, or says how long to
// wait for them.
func (s *Sender) reserve(now time.Time, segments int) time.Duration {
	n := max(segments, 1)
	if s.cfg.Rate > 0 {
		n = min(n, s.limit.Burst())
	}
	r := s.limit.ReserveN(now, n)
	if delay := r.DelayFrom(now); delay > 0 {
		r.CancelAt(now)
		return delay
	}
	return 0
}

// holdBulk is how long bulk messages wait: for the morning, or for the next
// month's budget.
func (s *Sender) holdBulk(now time.Time) time.Duration {
	if month := monthOf(now); month.After(s.month) {
		s.month, s.spent = month, outbox.Money{}
	}
	if s.cfg.Budget.Amount > 0 && !s.counted {
		return time.Second
	}
	if b := s.cfg.Budget; b.Amount > 0 && s.spent.Amount >= b.Amount {
		return s.month.AddDate(0, 1, 0).Sub(now)
	}
	return quiet(now, s.cfg.QuietFrom, s.cfg.QuietTo)
}

// quiet is how long the quiet hours still last, 0 outside them.
func quiet(now time.Time, from, to int) time.Duration {
	if from == to {
		return 0
	}
	local := now.In(civic.Bamako)
	hour := local.Hour()
	inside := hour >= from && hour < to
	if from > to {
		inside = hour >= from || hour < to
	}
	if !inside {
		return 0
	}
	end := time.Date(local.Year(), local.Month(), local.Day(), to, 0, 0, 0, civic.Bamako)
	if !end.After(local) {
		end = end.AddDate(0, 0, 1)
	}
	return end.Sub(local)
}

// probes are how long an account's fault is left alone before one message is
// tried again.
func probes() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
}

// paused stops the channel for a fault of the account.
func (s *Sender) paused(r outbox.Result) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	if s.pause.why == "" {
		s.pause.since = now
	}
	steps := probes()
	wait := steps[min(s.pause.times, len(steps)-1)]
	if len(s.cfg.Backoff) > 0 {
		wait = min(wait, s.cfg.Backoff[len(s.cfg.Backoff)-1])
	}
	s.pause.why, s.pause.until, s.pause.probing = r.Code+" "+r.Reason, now.Add(wait), false
	s.pause.times++
	s.cfg.Logger.Error("the provider takes nothing from this account; the channel is paused", "provider", s.cfg.Provider, "code", r.Code, "reason", r.Reason, "again", wait)
	return wait
}
