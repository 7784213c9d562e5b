package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// clockKey is where the last acceptance of the machine's clock is kept.
const clockKey = Key(KindMeta + "/clock")

// AcceptedClock is an operator's word that the machine's clock is right, though
// it jumped: From is what was believed until then, To what it says.
type AcceptedClock struct{ From, To time.Time }

// AcceptClock keeps it, with a line in the journal.
func (b *Book) AcceptClock(ctx context.Context, who string, a AcceptedClock) error {
	encoded, err := json.Marshal(a)
	if err != nil {
		return err
	}
	seq := b.journalSequence()
	return b.do(ctx, nil, func(v View) (Change, error) {
		said, err := entry(v, seq, who, "clock.accept", a.From.UTC().Format(time.RFC3339)+" → "+a.To.UTC().Format(time.RFC3339))
		return Change{Put: []Put{{clockKey, encoded}, said}}, err
	})
}

// LastAcceptedClock is what AcceptClock kept last; zero: nothing.
func LastAcceptedClock(ctx context.Context, e Engine) (a AcceptedClock, err error) {
	err = e.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(clockKey)
		if err != nil || !ok {
			return err
		}
		if err := json.Unmarshal(v, &a); err != nil {
			return fmt.Errorf("%s: %w: %w", clockKey, ErrCorrupt, err)
		}
		return nil
	})
	return a, err
}
