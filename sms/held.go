package sms

import (
	"container/heap"
	"context"
	"errors"
	"time"

	"github.com/jamakan/jamakan/store/outbox"
)

// holdTime is how long letters of a paused message to many wait before one of
// them asks again whether it was resumed.
const holdTime = 30 * time.Second

// putBack takes back a letter whose message to many is paused. It was not
// handed over and did not try: nothing is written, and its attempts stay.
func (s *Sender) putBack(m outbox.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	until := s.cfg.Now().Add(holdTime)
	s.held[m.Campaign] = until
	delete(s.flight, m.Ref)
	s.pause.probing = false
	m.Due = until
	s.push(m)
}

// passHeld puts letters of paused messages to many behind the others, without
// taking anything from the rate: others don't wait for them. The lock is held.
func (s *Sender) passHeld(now time.Time) {
	for len(s.bulk) > 0 && !s.bulk[0].Due.After(now) {
		until, ok := s.held[s.bulk[0].Campaign]
		if !ok {
			return
		}
		if !until.After(now) { // this one asks
			delete(s.held, s.bulk[0].Campaign)
			return
		}
		s.bulk[0].Due = until
		heap.Fix(&s.bulk, 0)
	}
}

// drop ends a letter that is not to leave any more.
func (s *Sender) drop(ctx context.Context, m outbox.Message, reason string) {
	if _, err := s.cfg.Book.Drop(ctx, m, reason); err != nil && !errors.Is(err, outbox.ErrStep) {
		s.later(m, err)
		return
	}
	s.landed(m)
}
