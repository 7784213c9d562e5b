package sms

import (
	"container/heap"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/outbox"
	"github.com/jamakan/jamakan/store/secret"
)

// SenderConfig is what one provider's sender is made of.
type SenderConfig struct {
	Provider string
	Carrier  Carrier
	Book     *store.Book
	Keys     *secret.Keys
	Now      func() time.Time
	Logger   *slog.Logger
	// Rate is how many segments a second leave, at most; 0: no limit.
	Rate float64
	// Parallel is how many requests are under way at once, 1 at least.
	Parallel int
	// Backoff replaces the built-in waits after attempts that certainly
	// failed.
	Backoff []time.Duration
	// Budget stops bulk messages for the rest of the month once it is spent;
	// zero: no limit.
	Budget outbox.Money
	// QuietFrom and QuietTo are hours of the day in Mali between which bulk
	// messages wait; the same hour: never.
	QuietFrom, QuietTo int
	// Jitter in [0,1) spreads retries; nil: none.
	Jitter func() float64
	// Timeout of one request; 0: 20 seconds.
	Timeout time.Duration
}

// Sender hands the outbox over to one provider. It is safe for concurrent
// use; Run is called once.
type Sender struct {
	cfg   SenderConfig
	limit *rate.Limiter
	wake  chan struct{}
	heard [outbox.Account + 1]atomic.Int64 // answers by class

	mu       sync.Mutex
	known    map[string]bool // references in the queues or under way
	urgent   queue           // answers, receipts, replies
	bulk     queue
	held     map[string]time.Time      // messages to many that are paused, and when one letter asks again
	flight   map[string]outbox.Message // being handed over
	unknown  map[string]lost
	accepted map[string]time.Time // taken, fate not reported yet
	orphans  []orphanReport
	owes     []owed // answers not on disk yet
	pause    pause
	spent    outbox.Money // this month
	counted  bool         // spent holds what was spent before this process began
	month    time.Time
}

// lost is a message of unknown fate and the number it went to, held in memory
// so that a report can find it.
type lost struct {
	m  outbox.Message
	to string
}

// losing opens the number of a message of unknown fate.
func (s *Sender) losing(m outbox.Message) lost {
	to, _, err := s.cfg.Book.OpenLetter(m)
	if err != nil {
		return lost{m: m} // no report will find it
	}
	return lost{m, to}
}

// orphanReport is a final report that no message was known for.
type orphanReport struct {
	r  Report
	at time.Time
}

// NewSender makes a sender.
func NewSender(cfg SenderConfig) *Sender {
	cfg.Parallel = max(cfg.Parallel, 1)
	if cfg.Timeout == 0 {
		cfg.Timeout = 20 * time.Second
	}
	if cfg.Jitter == nil {
		cfg.Jitter = func() float64 { return 0 }
	}
	s := &Sender{
		cfg: cfg, wake: make(chan struct{}, 1), known: map[string]bool{}, held: map[string]time.Time{}, flight: map[string]outbox.Message{},
		unknown: map[string]lost{}, accepted: map[string]time.Time{}, limit: rate.NewLimiter(rate.Inf, 0),
	}
	if cfg.Rate > 0 {
		s.limit = rate.NewLimiter(rate.Limit(cfg.Rate), max(int(cfg.Rate), 10))
	}
	return s
}

// Load reads the outbox at start: what waits is queued, and what was being
// handed over when the process ended becomes unknown.
func (s *Sender) Load(ctx context.Context) error {
	var claimed []outbox.Message
	err := s.cfg.Book.Letters(ctx, func(m outbox.Message) bool {
		if m.Provider != s.cfg.Provider {
			return true
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		switch m.State {
		case outbox.Queued:
			if !s.known[m.Ref] {
				s.push(m)
			}
		case outbox.Claimed:
			claimed = append(claimed, m)
		case outbox.Unknown:
			s.unknown[m.Ref] = s.losing(m)
		case outbox.Accepted:
			s.accepted[m.Ref] = m.Settled
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, m := range claimed {
		m, err := s.cfg.Book.Abandon(ctx, m)
		if errors.Is(err, outbox.ErrStep) {
			continue
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		if m.State == outbox.Queued { // a mutant's
			s.push(m)
		} else {
			s.unknown[m.Ref] = s.losing(m)
		}
		s.mu.Unlock()
	}
	return nil
}

// Run hands messages over until the context ends, then waits for the requests
// under way.
func (s *Sender) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() {
		if err := s.LoadSpent(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Logger.Error("what was spent this month is not known: messages to many wait", "err", err)
		}
	})
	for range s.cfg.Parallel {
		workers.Go(func() { s.work(ctx) })
	}
	workers.Wait()
	return nil
}

// idle is how long a worker sleeps when nothing is due.
const idle = 30 * time.Second

func (s *Sender) work(ctx context.Context) {
	for ctx.Err() == nil {
		m, wait, ok := s.take(ctx)
		if ok {
			s.nudge() // there may be more, for another worker
			s.hand(ctx, m)
			continue
		}
		sleep := time.NewTimer(min(wait, idle))
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-sleep.C:
		}
		sleep.Stop()
	}
}

// Drain hands over everything that is due now, one after the other, and says
// when the next is. Tests and the office call it; Run does the same with many
// workers.
func (s *Sender) Drain(ctx context.Context) (next time.Duration) {
	for ctx.Err() == nil {
		m, wait, ok := s.take(ctx)
		if !ok {
			return wait
		}
		s.hand(ctx, m)
	}
	return 0
}

// take is the next message to hand over, or how long to wait for one.
func (s *Sender) take(ctx context.Context) (m outbox.Message, wait time.Duration, ok bool) {
	if !s.payOwed(ctx) {
		return m, idle, false
	}
	for {
		m, wait, ok = s.next()
		if !ok || s.cfg.Now().Before(m.Expires) {
			return m, wait, ok
		}
		s.expire(ctx, m)
	}
}

func (s *Sender) next() (outbox.Message, time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	if s.pause.why != "" && (s.pause.probing || now.Before(s.pause.until)) {
		if s.pause.probing {
			return outbox.Message{}, idle, false
		}
		return outbox.Message{}, s.pause.until.Sub(now), false
	}
	wait := idle
	for _, q := range []*queue{&s.urgent, &s.bulk} {
		if q.Len() == 0 {
			continue
		}
		if q == &s.bulk {
			if hold := s.holdBulk(now); hold > 0 {
				wait = min(wait, hold)
				continue
			}
			s.passHeld(now)
		}
		first := (*q)[0]
		if first.Due.After(now) {
			wait = min(wait, first.Due.Sub(now))
			continue
		}
		if delay := s.reserve(now, first.Segments); delay > 0 {
			return outbox.Message{}, delay, false
		}
		heap.Pop(q)
		s.flight[first.Ref] = first
		s.pause.probing = s.pause.why != ""
		return first, 0, true
	}
	return outbox.Message{}, wait, false
}

// expire ends a message that is too old.
func (s *Sender) expire(ctx context.Context, m outbox.Message) {
	if _, err := s.cfg.Book.Expire(ctx, m); err != nil && !errors.Is(err, outbox.ErrStep) {
		s.later(m, err)
		return
	}
	s.landed(m)
}

// later puts a message back that could not be written: the disk is full, or
// the store is ending.
func (s *Sender) later(m outbox.Message, err error) {
	s.cfg.Logger.Error("a message waits: the store refused", "ref", m.Ref, "err", err)
	s.mu.Lock()
	delete(s.flight, m.Ref)
	s.push(m)
	s.storeFull()
	s.mu.Unlock()
}

// storeFull pauses the channel: what can't be recorded first is not handed
// over. The lock is held.
func (s *Sender) storeFull() {
	now := s.cfg.Now()
	if s.pause.why == "" {
		s.pause.since = now
	}
	s.pause.why, s.pause.until, s.pause.probing = "store full", now.Add(time.Minute), false
}

// payOwed writes down what is owed, and says whether nothing is left.
func (s *Sender) payOwed(ctx context.Context) bool {
	s.mu.Lock()
	owes := s.owes
	due := s.pause.why == "" || !s.cfg.Now().Before(s.pause.until)
	if due {
		s.owes = nil
	}
	s.mu.Unlock()
	if len(owes) == 0 || !due {
		return len(owes) == 0
	}
	for _, o := range owes {
		s.record(ctx, o)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.owes) == 0
}

// landed forgets a message that is no longer to be handed over.
func (s *Sender) landed(m outbox.Message) {
	s.mu.Lock()
	delete(s.flight, m.Ref)
	delete(s.known, m.Ref)
	s.pause.probing = false
	s.mu.Unlock()
}

// hand claims one message, hands it over, and records the answer.
func (s *Sender) hand(ctx context.Context, m outbox.Message) {
	e164, text, err := s.cfg.Book.OpenLetter(m)
	if err != nil {
		s.cfg.Logger.Error("a message can't be opened: was the master key changed?", "ref", m.Ref, "err", err)
		s.expire(ctx, m)
		return
	}
	claimed, err := s.claim(ctx, m, e164)
	switch {
	case errors.Is(err, store.ErrHeld):
		s.putBack(m)
		return
	case errors.Is(err, store.ErrRecalled):
		s.drop(ctx, m, store.ReasonCancelled)
		return
	case errors.Is(err, store.ErrUnwanted):
		s.drop(ctx, m, store.ReasonStopped)
		return
	case errors.Is(err, outbox.ErrStep):
		s.landed(m)
		return
	case err != nil:
		s.later(m, err)
		return
	}
	// From here on the request may leave: it is finished even when the process
	// is asked to stop.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Timeout)
	r := s.cfg.Carrier.Send(last, Outgoing{Ref: m.Ref, To: e164, Text: text, Bulk: m.Purpose == outbox.Bulk})
	cancel()
	s.settle(context.WithoutCancel(ctx), claimed, r, e164)
}

func (s *Sender) claim(ctx context.Context, m outbox.Message, e164 string) (outbox.Message, error) {
	if m.Purpose == outbox.Bulk {
		return s.cfg.Book.ClaimBulk(ctx, m, e164)
	}
	return s.cfg.Book.Claim(ctx, m)
}

// settle takes a provider's answer.
func (s *Sender) settle(ctx context.Context, m outbox.Message, r outbox.Result, e164 string) {
	s.heard[r.Class].Add(1)
	r = r.Kept() // before it is logged, shown or written
	wait := outbox.Wait(m.Attempts, s.cfg.Jitter(), s.cfg.Backoff)
	if r.Class == outbox.Account {
		wait = s.paused(r)
	}
	s.record(ctx, owed{m, r, wait, e164})
}

// owed is a provider's answer that is not on disk yet.
type owed struct {
	m    outbox.Message
	r    outbox.Result
	wait time.Duration
	e164 string
}

// record writes a provider's answer down. One that the store refuses, because
// the disk is full, is owed: nothing more is handed over until it is written,
// since a message whose answer is known must not be found claimed at the next
// start.
func (s *Sender) record(ctx context.Context, o owed) {
	m, r := o.m, o.r
	next, err := s.cfg.Book.Settle(ctx, m, r, o.wait)
	if errors.Is(err, store.ErrRefused) {
		s.mu.Lock()
		s.owes = append(s.owes, o)
		s.storeFull()
		s.mu.Unlock()
		return
	}
	if err != nil {
		s.cfg.Logger.Error("a provider's answer is not recorded; the message will be shown as unknown", "ref", m.Ref, "class", r.Class, "err", err)
	}
	s.mu.Lock()
	delete(s.flight, m.Ref)
	delete(s.known, m.Ref)
	if r.Class != outbox.Account && s.pause.why != "" && len(s.owes) == 0 {
		s.pause = pause{}
	}
	s.spent, _ = s.spent.Add(r.Cost)
	switch next.State {
	case outbox.Queued:
		s.push(next)
	case outbox.Accepted:
		s.accepted[next.Ref] = next.Settled
	case outbox.Unknown:
		s.unknown[next.Ref] = lost{next, o.e164}
	}
	s.mu.Unlock()
	e164 := o.e164
	if next.State == outbox.Unknown {
		s.cfg.Logger.Warn("a message's fate is unknown: it is shown, and not sent again", "ref", m.Ref, "code", r.Code, "reason", r.Reason)
		s.claimOrphan(ctx, next, e164)
	}
	if r.OptedOut {
		if err := wish(ctx, s.cfg.Book, s.cfg.Keys, e164, true, s.cfg.Now()); err != nil {
			s.cfg.Logger.Error("a number that wants silence is not recorded yet", "err", err)
		}
	}
	s.nudge()
}
