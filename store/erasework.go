package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// eraseLetters ends what waits to be sent to her from before the erasure, and
// takes number and text from what was sent. waits says that one is in the
// hands of a provider.
func (b *Book) eraseLetters(ctx context.Context, citizen [16]byte, mark erasure) (waits bool, err error) {
	var hers []outbox.Message
	err = b.Letters(ctx, func(m outbox.Message) bool {
		if len(m.To) > 0 && mark.after(m) && b.isTo(m, citizen) {
			hers = append(hers, m)
		}
		return true
	})
	for _, m := range hers {
		if err != nil {
			return waits, err
		}
		switch m.State {
		case outbox.Queued:
			_, err = b.Drop(ctx, m, ReasonErased)
		case outbox.Claimed:
			waits = true
		default:
			_, err = b.Shelve(ctx, m)
		}
		if errors.Is(err, outbox.ErrStep) { // it moved meanwhile
			waits, err = true, nil
		}
	}
	return waits, err
}

// eraseParts drops the parts of long texts of hers that wait for the others.
func (b *Book) eraseParts(ctx context.Context, citizen [16]byte) error {
	var hers []Key
	err := b.WaitingParts(ctx, func(group [16]byte, parts map[int]Part) error {
		for n, p := range parts {
			if b.keys.Citizen(p.From) == citizen {
				hers = append(hers, partKey(group, n))
			}
		}
		return nil
	})
	return errors.Join(err, inCommands(ctx, hers, MaxReads, func(some []Key) error {
		return b.do(ctx, nil, func(View) (Change, error) { return Change{Delete: some}, nil })
	}))
}

// isTo says whether a message goes to a number whose keyed hash is known.
func (b *Book) isTo(m outbox.Message, citizen [16]byte) bool {
	to, err := b.keys.Open(toOwner(m.Ref), m.To)
	return err == nil && b.keys.Citizen(string(to)) == citizen
}

// eraseOpinions erases the texts of a person's opinions, and the way back to
// her from them, a few at a time. Lines in memory say which may be hers: to read
// every text for each EFFACER would let one number that repeats it hold up all
// others. A text that was recorded just before the erasure may not be among the
// lines yet, so the last ones are read from the engine.
func (b *Book) eraseOpinions(ctx context.Context, citizen [16]byte) error {
	if err := b.inbox.build(ctx, b); err != nil {
		return err
	}
	maybe, last := b.inbox.of(b, citizen)
	for some := range slices.Chunk(maybe, MaxReads) {
		mine := some[:0:0]
		err := b.engine.View(ctx, func(s Snapshot) error {
			for _, k := range some {
				v, ok, err := s.Get(k)
				if err != nil {
					return err
				}
				if ok && b.isHers(k, v, citizen) {
					mine = append(mine, k)
				}
			}
			return nil
		})
		if err := errors.Join(err, b.blankAll(ctx, mine)); err != nil {
			return err
		}
	}
	return b.eraseFrom(ctx, last, citizen)
}

// eraseFrom erases those of a person's opinions that come after a key.
func (b *Book) eraseFrom(ctx context.Context, after Key, citizen [16]byte) error {
	for more := true; more; {
		var mine []Key
		err := b.engine.View(ctx, func(s Snapshot) error {
			seen := 0
			more = false
			return s.Scan(KindFeedback+"/", after, func(k Key, v []byte) bool {
				after = k
				if b.isHers(k, v, citizen) {
					mine = append(mine, k)
				}
				seen++
				more = seen == scanSome || len(mine) == MaxReads
				return !more
			})
		})
		if err := errors.Join(err, b.blankAll(ctx, mine)); err != nil {
			return err
		}
	}
	return nil
}

// isHers says whether a stored opinion leads to a citizen.
func (b *Book) isHers(k Key, v []byte, citizen [16]byte) bool {
	var o opinion
	if json.Unmarshal(v, &o) != nil || len(o.From) == 0 {
		return false
	}
	owner, err := b.owner(b.referenceOf(k), &o)
	return err == nil && owner == citizen
}

// blankAll erases some opinions in one command.
func (b *Book) blankAll(ctx context.Context, mine []Key) error {
	if len(mine) == 0 {
		return nil
	}
	if err := b.do(ctx, mine, func(v View) (Change, error) { return blank(v, mine) }); err != nil {
		return err
	}
	b.inbox.touch(b, mine...)
	return nil
}

// blank erases some opinions, unless they are already.
func blank(v View, keys []Key) (Change, error) {
	var c Change
	for _, k := range keys {
		stored, ok := v.Get(k)
		if !ok {
			continue
		}
		o, err := decodeOpinion(k, stored)
		if err != nil {
			return c, err
		}
		if o.Status == civic.ErasedOnAsk && len(o.From) == 0 {
			continue
		}
		o.erase()
		put, err := putJSON(k, o)
		if err != nil {
			return c, err
		}
		c.Put = append(c.Put, put)
	}
	return c, nil
}

// recalled says whether a message that comes back to be tried again is to
// somebody who had herself erased since it was made.
func recalled(v View, mark Key, m outbox.Message) bool {
	stored, ok := v.Get(mark)
	var e erasure
	return ok && json.Unmarshal(stored, &e) == nil && e.after(m)
}

// receiver is where the mark of a message's receiver would be, and what tells
// whether a name that a provider gives the message holds her number. Such a
// name names nothing: its keyed hash would be one of her number, kept for weeks
// by who has the key, after EFFACER too.
func (b *Book) receiver(m outbox.Message) (mark Key, isHers func(name string) bool) {
	to, err := b.keys.Open(toOwner(m.Ref), m.To)
	if err != nil || len(to) < 8 {
		return eraseKey([16]byte{}), func(string) bool { return false } // nobody's
	}
	local := string(to[len(to)-8:])
	return eraseKey(b.keys.Citizen(string(to))), func(name string) bool {
		return strings.Contains(strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, name), local)
	}
}
