package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Retention is how long what is known of people is kept. Zero fields are the
// defaults. The journal, the ballot log, and what was counted are kept for
// good; what a channel needs for hours or days has limits of its own (Sweep).
type Retention struct {
	Profiles int // months without a sign of life after which profile and number are forgotten
	Contacts int // days that a number is kept after the last answer, when she does not want news
	Texts    int // months that a text is kept after its answer or closing
	Strays   int // days that what is nobody's text is kept
}

// DefaultRetention is what a gateway keeps when nothing else is said.
func DefaultRetention() Retention {
	return Retention{Profiles: 12, Contacts: 30, Texts: 12, Strays: 30}
}

func (r Retention) orDefault() Retention {
	d := DefaultRetention()
	for _, f := range []struct{ mine, usual *int }{{&r.Profiles, &d.Profiles}, {&r.Contacts, &d.Contacts}, {&r.Texts, &d.Texts}, {&r.Strays, &d.Strays}} {
		if *f.mine <= 0 {
			*f.mine = *f.usual
		}
	}
	return r
}

// A profile says in which month its number last called or texted: no finer,
// so that it tells nothing of when somebody voted. A call that records nothing
// is noted in memory and written with the next minute, once a month a number.

// month is a calendar month in Mali, counted from the year 0.
type month int

func monthOf(t time.Time) month {
	t = t.In(civic.Bamako)
	return month(t.Year()*12 + int(t.Month()) - 1)
}

// noticed are numbers that showed life in a month that their profile does not
// say yet.
type noticed struct {
	mu   sync.Mutex
	keys map[[16]byte]bool
}

// noticedMost bounds what waits in memory: who is left out is noticed at her
// next call.
const noticedMost = 100_000

// Seen notes that the number called or texted. It writes nothing itself.
func (p *Person) Seen() {
	p.mu.Lock()
	stale := p.profile.Known && p.month < monthOf(p.book.opts.Now())
	p.mu.Unlock()
	if !stale {
		return
	}
	n := &p.book.noticed
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.keys == nil {
		n.keys = map[[16]byte]bool{}
	}
	if len(n.keys) < noticedMost {
		n.keys[p.key] = true
	}
}

// flushSeen writes the month into the profiles of who was noticed.
func (b *Book) flushSeen(ctx context.Context) error {
	b.noticed.mu.Lock()
	keys := b.noticed.keys
	b.noticed.keys = nil
	b.noticed.mu.Unlock()
	var all []Key
	for k := range keys {
		all = append(all, CitizenKey(k))
	}
	return b.stamp(ctx, all)
}

// stamp writes this month into profiles that say an earlier one, or none.
func (b *Book) stamp(ctx context.Context, keys []Key) error {
	return inCommands(ctx, keys, MaxReads, func(some []Key) error {
		return b.do(ctx, some, func(v View) (c Change, err error) {
			now := monthOf(v.Now())
			for _, k := range some {
				stored, ok := v.Get(k)
				if !ok {
					continue
				}
				who, was, err := readProfile(stored)
				if err != nil {
					return c, err
				}
				if was >= now {
					continue
				}
				encoded, err := encodeProfile(who, now)
				if err != nil {
					return c, err
				}
				c.Put = append(c.Put, Put{k, encoded})
			}
			return c, nil
		})
	})
}

// inCommands works through many things, a few a command.
func inCommands[T any](ctx context.Context, all []T, most int, do func([]T) error) error {
	for len(all) > 0 && ctx.Err() == nil {
		n := min(most, len(all))
		if err := do(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return ctx.Err()
}

// forgetMost is how many of a kind one sweep forgets at most: votes wait for
// its commands.
const forgetMost = 2000

// daily is how often numbers and texts are gone through.
const daily = 24 * time.Hour

// retain forgets what is over. It is called with every sweep; what one sweep
// leaves, the next one does.
func (b *Book) retain(ctx context.Context, now time.Time) error {
	err := errors.Join(b.FinishErasures(ctx), b.forgetProfiles(ctx, now))
	b.retaining.Lock()
	defer b.retaining.Unlock()
	if now.Before(b.retained.Add(daily)) && !now.Before(b.retained) {
		return err
	}
	more, failed := b.forgetTexts(ctx, now)
	left, broken := b.forgetContacts(ctx, now)
	err = errors.Join(err, failed, broken, b.forgetAccounts(ctx))
	if err == nil && !more && !left {
		b.retained = now
	}
	return err
}

// forgetProfiles forgets who was silent for so many months: profile and
// number. Profiles lie in the order they were written, so the first one that
// is young enough ends it. One that says no month, from before they did,
// begins with this one.
func (b *Book) forgetProfiles(ctx context.Context, now time.Time) error {
	limit := monthOf(now) - month(b.opts.Keep.Profiles)
	var silent, undated []Key
	err := b.walk(ctx, KindCitizen, func(_ Snapshot, k Key, v []byte) (bool, error) {
		_, last, err := readProfile(v)
		switch {
		case err != nil || last >= limit:
			return false, err
		case last == 0:
			undated = append(undated, k)
		default:
			silent = append(silent, k)
		}
		return len(silent)+len(undated) < forgetMost, nil
	})
	if err != nil {
		return err
	}
	return errors.Join(b.stamp(ctx, undated), inCommands(ctx, silent, MaxReads, func(some []Key) error {
		return b.do(ctx, some, func(v View) (c Change, err error) {
			for _, k := range some {
				stored, ok := v.Get(k)
				if !ok {
					continue
				}
				if _, last, err := readProfile(stored); err != nil || last == 0 || last >= limit {
					continue // she called meanwhile
				}
				h, err := citizenOf(k)
				if err != nil {
					return c, err
				}
				c.Delete = append(c.Delete, k, ContactKey(h))
			}
			return c, nil
		})
	}))
}

// walk calls fn for the records of a scattered kind, oldest first, until it
// returns false. No snapshot lives long.
func (b *Book) walk(ctx context.Context, kind string, fn func(Snapshot, Key, []byte) (bool, error)) error {
	after, ended := uint64(0), false
	for !ended && ctx.Err() == nil {
		err := b.engine.View(ctx, func(s Snapshot) error {
			var failed error
			seen := 0
			last, err := s.Walk(kind, after, func(_ uint64, k Key, v []byte) bool {
				more, err := fn(s, k, v)
				failed, ended = err, !more || err != nil
				seen++
				return !ended && seen < scanSome
			})
			after, ended = last, ended || last == 0
			return errors.Join(err, failed)
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
