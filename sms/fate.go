package sms

import (
	"context"
	"errors"
	"time"

	"github.com/jamakan/jamakan/civic/msisdn"
	"github.com/jamakan/jamakan/store/outbox"
)

// What becomes of messages after they left: reports for messages whose answer
// was lost, and messages that nobody reports.

// orphanLife is how long a report waits in memory for a message whose answer
// was lost. Reports also wait on disk, by the provider's name of the message.
const orphanLife = 15 * time.Minute

// orphan takes a report of a message the provider names and we don't. If
// exactly one message of unknown fate went to its number, it is that one.
func (s *Sender) orphan(ctx context.Context, r Report) {
	e164, err := msisdn.Normalise(r.Number)
	if err != nil {
		return
	}
	if m, ok := s.theLost(e164); ok && r.Fate.State != "" {
		s.adopt(ctx, m, r)
		return
	}
	if !r.Fate.State.Final() {
		return
	}
	s.mu.Lock()
	now := s.cfg.Now()
	kept := s.orphans[:0]
	for _, o := range s.orphans {
		if now.Sub(o.at) < orphanLife {
			kept = append(kept, o)
		}
	}
	s.orphans = append(kept, orphanReport{r, now})
	if n := len(s.orphans); n > 1000 {
		s.orphans = s.orphans[n-1000:]
	}
	s.mu.Unlock()
}

// theLost is the one message of unknown fate to a number, when there is exactly
// one and none is under way to it.
func (s *Sender) theLost(e164 string) (outbox.Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.flight {
		if to, _, err := s.cfg.Book.OpenLetter(m); err == nil && to == e164 {
			return outbox.Message{}, false
		}
	}
	var found []outbox.Message
	for _, l := range s.unknown {
		if l.to == e164 {
			found = append(found, l.m)
		}
	}
	if len(found) != 1 {
		return outbox.Message{}, false
	}
	return found[0], true
}

// claimOrphan finds the report that came before a message became unknown.
func (s *Sender) claimOrphan(ctx context.Context, m outbox.Message, e164 string) {
	if only, ok := s.theLost(e164); !ok || only.Ref != m.Ref {
		return
	}
	s.mu.Lock()
	var mine []Report
	for _, o := range s.orphans {
		to, err := msisdn.Normalise(o.r.Number)
		if err == nil && to == e164 && !o.at.Before(m.Handed.Add(-time.Second)) {
			mine = append(mine, o.r)
		}
	}
	s.mu.Unlock()
	if len(mine) == 1 {
		s.adopt(ctx, m, mine[0])
	}
}

func (s *Sender) adopt(ctx context.Context, m outbox.Message, r Report) {
	next, err := s.cfg.Book.Adopt(ctx, m, r.ID, r.Fate)
	if err != nil {
		if !errors.Is(err, outbox.ErrStep) {
			s.cfg.Logger.Error("a report is not joined to its message", "ref", m.Ref, "err", err)
		}
		return
	}
	s.mu.Lock()
	delete(s.unknown, m.Ref)
	if !next.State.Final() {
		s.accepted[m.Ref] = next.Settled
	}
	s.mu.Unlock()
}

// reportWait is how long a provider is given to report: after that nobody
// will, and the message is put away as it stands.
const reportWait = 72 * time.Hour

// Sweep counts anew what waits for a report, and puts away what nobody
// reported. The owner calls it every few minutes.
func (s *Sender) Sweep(ctx context.Context) error {
	now := s.cfg.Now()
	accepted, unknown := map[string]time.Time{}, map[string]lost{}
	var over []outbox.Message
	err := s.cfg.Book.Letters(ctx, func(m outbox.Message) bool {
		if m.Provider != s.cfg.Provider || m.State != outbox.Accepted && m.State != outbox.Unknown {
			return true
		}
		if now.Sub(m.Settled) > reportWait {
			over = append(over, m)
			return true
		}
		if m.State == outbox.Accepted {
			accepted[m.Ref] = m.Settled
		} else {
			unknown[m.Ref] = s.losing(m)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, m := range over {
		if _, err := s.cfg.Book.Shelve(ctx, m); err != nil && !errors.Is(err, outbox.ErrStep) {
			return err
		}
	}
	s.mu.Lock()
	s.accepted, s.unknown = accepted, unknown
	s.mu.Unlock()
	return nil
}

// Status is how a sender stands.
type Status struct {
	Provider string
	Paused   string // why, "" when it is not
	Since    time.Time
	Again    time.Time // when one message is tried
	Urgent   int       // answers, receipts and replies that wait
	Bulk     int
	BulkHeld string    // why bulk messages wait: "quiet hours" or "budget"
	BulkFrom time.Time // when they may leave, if they are held
	Oldest   time.Time // cause of the oldest that waits
	Flight   int       // being handed over now
	Unknown  int       // handed over, the answer lost
	Accepted int       // taken by the provider, not reported yet
	Spent    outbox.Money
	Budget   outbox.Money
}

// Status tells how the sender stands.
func (s *Sender) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	st := Status{
		Provider: s.cfg.Provider, Paused: s.pause.why, Since: s.pause.since, Again: s.pause.until, Urgent: s.urgent.Len(), Bulk: s.bulk.Len(),
		Flight: len(s.flight), Unknown: len(s.unknown), Accepted: len(s.accepted), Spent: s.spent, Budget: s.cfg.Budget,
	}
	for _, q := range []queue{s.urgent, s.bulk} {
		for _, m := range q {
			if st.Oldest.IsZero() || m.At.Before(st.Oldest) {
				st.Oldest = m.At
			}
		}
	}
	if hold := s.holdBulk(now); hold > 0 {
		st.BulkHeld, st.BulkFrom = "quiet hours", now.Add(hold)
		if s.cfg.Budget.Amount > 0 && s.spent.Amount >= s.cfg.Budget.Amount {
			st.BulkHeld = "budget"
		}
	}
	return st
}
