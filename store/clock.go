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
		return Change{Put: []Put{{clockKey, encoded}, said}, Delete: []Key{clockDoubtKey}}, err
	})
}

// clockDoubtKey is where a jump of the machine's clock is kept while nobody has
// accepted it.
const clockDoubtKey = Key(KindMeta + "/clock_doubt")

// ClockDoubt is a jump that is not believed: Told was the time when the machine
// said Wall. A start that knew nothing of it would believe the machine.
type ClockDoubt struct{ Told, Wall time.Time }

// DoubtClock keeps it; the zero doubt takes it away.
func (b *Book) DoubtClock(ctx context.Context, d ClockDoubt) error {
	if d == (ClockDoubt{}) {
		return b.do(ctx, nil, func(View) (Change, error) { return Change{Delete: []Key{clockDoubtKey}}, nil })
	}
	encoded, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return b.do(ctx, nil, func(View) (Change, error) { return Change{Put: []Put{{clockDoubtKey, encoded}}}, nil })
}

// LastClockDoubt is what DoubtClock kept last; zero: nothing.
func LastClockDoubt(ctx context.Context, e Engine) (d ClockDoubt, err error) {
	err = kept(ctx, e, clockDoubtKey, &d)
	return d, err
}

// LastAcceptedClock is what AcceptClock kept last; zero: nothing.
func LastAcceptedClock(ctx context.Context, e Engine) (a AcceptedClock, err error) {
	err = kept(ctx, e, clockKey, &a)
	return a, err
}

// kept reads one record, if it is there.
func kept(ctx context.Context, e Engine, key Key, into any) error {
	return e.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(key)
		if err != nil || !ok {
			return err
		}
		if err := json.Unmarshal(v, into); err != nil {
			return fmt.Errorf("%s: %w: %w", key, ErrCorrupt, err)
		}
		return nil
	})
}
