package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// Sensitive replies (does she see, hear and walk with difficulty; did she flee)
// are counted apart, so that nobody who takes the database, its freed pages,
// its backups and its key can tell what anyone said. These are the ways a reply
// could be joined to a person, and why each is closed:
//
//   - A record of hers. There is none. That she was asked is the bit of her
//     profile that says sex and age were asked, written in that command, before
//     the first of these questions is on her screen. To answer, to pass over
//     and to hang up leave the same bytes: none.
//   - A reply kept for repeats, a call's position, an event's id. A reply is no
//     command: it has no id and moves no position. The last question ends the
//     call, so that no later command of it hashes a chain of keys that holds
//     the reply.
//   - The order of the log, the batch of the committer, a page that bbolt freed.
//     A count that grew by one would stand beside the ballot recorded in the
//     same second, in pages that are freed and not wiped. So replies wait in
//     memory, as sums. At the tick of a clock, where 20 or more wait for one
//     consultation, commune and question, all but 10 of them are added to the
//     stored count in a command of its own: which 10 stay is drawn by chance. Any
//     two states of the count that were ever on disk, or in any two backups,
//     differ by 10 replies or more, from among those who were asked between them
//     and those drawn to stay before.
//   - Time. A count has none: not a week. It is published once, in the week in
//     which its consultation closed.
//
// The price is named where the figure stands: what waits is lost in a crash,
// and fewer than 10 are dropped at a clean stop, since a write of so few would
// tell on them. So no screen says "noted": they thank. The other price is that
// a reply is counted once because the call remembers it: a call whose memory is
// gone is never asked again (ussd/menu).
//
// What remains is in docs/security.md: where all who are asked say the same,
// that they do is no secret to who has the file.

const (
	// apartBatch is the fewest replies that one write adds.
	apartBatch = 10
	// apartStay is how many stay behind while the gateway runs.
	apartStay = 10
	// ApartWaits is how many replies to one question, of one commune, may wait
	// in memory, and be lost when the gateway stops.
	ApartWaits = apartBatch + apartStay - 1
)

// apart are the replies that wait.
type apart struct {
	mu      sync.Mutex
	waiting map[civic.ApartAt]civic.Apart
	writing sync.Mutex // over writes, so that each is whole before the next
}

func apartKey(at civic.ApartAt) Key {
	return Key(KindApart + "/" + at.Consultation + "/" + string(at.Commune) + "/" + string(at.Question))
}

// CountApart counts a reply, in memory. It never fails and never waits for the
// disk, and promises no record: see above.
func (b *Book) CountApart(at civic.ApartAt, said civic.Reply) {
	if said >= civic.Replies {
		return
	}
	b.apart.mu.Lock()
	defer b.apart.mu.Unlock()
	if b.apart.waiting == nil {
		b.apart.waiting = map[civic.ApartAt]civic.Apart{}
	}
	n := b.apart.waiting[at]
	n[said]++
	b.apart.waiting[at] = n
}

// FlushApart writes what may be written of the replies that wait. The owner
// calls it every minute, whatever was answered.
func (b *Book) FlushApart(ctx context.Context) error { return b.writeApart(ctx, apartStay) }

// StopApart writes the last of them, where they are enough. The rest is gone.
func (b *Book) StopApart(ctx context.Context) error { return b.writeApart(ctx, 0) }

// writeApart writes replies by 10 or more, and lets some stay.
func (b *Book) writeApart(ctx context.Context, stay int64) error {
	b.apart.writing.Lock()
	defer b.apart.writing.Unlock()
	var failed error
	for _, at := range b.apartWaiting() {
		batch, err := b.drawApart(at, stay)
		if err != nil {
			return err
		}
		if batch.Total() == 0 {
			continue
		}
		if err := b.addApart(ctx, at, batch); err != nil {
			b.returnApart(at, batch)
			failed = errors.Join(failed, fmt.Errorf("replies counted apart: %w", err))
		}
	}
	return failed
}

func (b *Book) apartWaiting() []civic.ApartAt {
	b.apart.mu.Lock()
	defer b.apart.mu.Unlock()
	return slices.Collect(maps.Keys(b.apart.waiting))
}

// drawApart takes what may be written out of what waits: nothing, unless a
// batch and those who stay are there. Who stays is drawn one by one.
func (b *Book) drawApart(at civic.ApartAt, stay int64) (civic.Apart, error) {
	b.apart.mu.Lock()
	defer b.apart.mu.Unlock()
	batch := b.apart.waiting[at]
	if batch.Total() < apartBatch+stay {
		return civic.Apart{}, nil
	}
	var kept civic.Apart
	for range stay {
		drawn, err := rand.Int(rand.Reader, big.NewInt(batch.Total()))
		if err != nil {
			return civic.Apart{}, err
		}
		at := drawn.Int64()
		for said := range batch {
			if at -= batch[said]; at < 0 {
				batch[said]--
				kept[said]++
				break
			}
		}
	}
	b.apart.waiting[at] = kept
	return batch, nil
}

// returnApart brings back what could not be written.
func (b *Book) returnApart(at civic.ApartAt, batch civic.Apart) {
	b.apart.mu.Lock()
	defer b.apart.mu.Unlock()
	b.apart.waiting[at] = sumApart(b.apart.waiting[at], batch)
}

func sumApart(a, b civic.Apart) civic.Apart {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

func (b *Book) addApart(ctx context.Context, at civic.ApartAt, batch civic.Apart) error {
	key := apartKey(at)
	return b.do(ctx, []Key{key}, func(v View) (Change, error) {
		sum := batch
		if stored, ok := v.Get(key); ok {
			was, err := readApart(key, stored)
			if err != nil {
				return Change{}, err
			}
			sum = sumApart(was.N, batch)
		}
		encoded, err := json.Marshal(sum)
		return Change{Put: []Put{{key, encoded}}}, err
	})
}

// readApart reads a stored count: its key says where, its value how many.
func readApart(key Key, stored []byte) (civic.ApartRow, error) {
	var r civic.ApartRow
	parts := strings.Split(string(key), "/")
	if len(parts) != 4 {
		return r, fmt.Errorf("%s: %w: not a place of replies", key, ErrCorrupt)
	}
	r.ApartAt = civic.ApartAt{Consultation: parts[1], Commune: civic.Code(parts[2]), Question: civic.ApartQuestion(parts[3])}
	var n []int64
	if err := json.Unmarshal(stored, &n); err != nil || len(n) != civic.Replies {
		return r, fmt.Errorf("%s: %w: not a count of replies", key, ErrCorrupt)
	}
	r.N = civic.Apart(n)
	return r, nil
}

// Apart are the counts on disk, in a fixed order. What waits is not in them.
func (b *Book) Apart(ctx context.Context) (all []civic.ApartRow, err error) {
	err = b.engine.View(ctx, func(s Snapshot) (failed error) {
		return errors.Join(s.Scan(KindApart+"/", "", func(k Key, v []byte) bool {
			var r civic.ApartRow
			if r, failed = readApart(k, v); failed == nil {
				all = append(all, r)
			}
			return failed == nil
		}), failed)
	})
	civic.SortApart(all)
	return all, err
}

// closedApart are the counts of consultations that closed in a week: the one
// report they stand in.
func (b *Book) closedApart(ctx context.Context, w civic.Week) ([]civic.ApartRow, error) {
	all, err := b.Apart(ctx)
	var some []civic.ApartRow
	for _, r := range all {
		c, _ := b.Content().Consultation(r.Consultation)
		if c != nil && c.State(w.End()) == civic.Closed && civic.WeekOf(c.Closes.Add(-time.Nanosecond)) == w {
			some = append(some, r)
		}
	}
	return some, err
}

// checkApart verifies what can be: each count is of a question that there is,
// in a commune of its consultation, and of no more replies than numbers voted.
// That a reply is the one that was given, nobody can verify, as nobody may know
// it.
func (b *Book) checkApart(ctx context.Context) (problems []string, err error) {
	wrong := func(k Key, format string, args ...any) {
		problems = append(problems, string(k)+": "+fmt.Sprintf(format, args...))
	}
	totals := map[civic.ApartAt]int64{}
	err = b.engine.View(ctx, func(s Snapshot) error {
		return s.Scan(KindApart+"/", "", func(k Key, v []byte) bool {
			r, err := readApart(k, v)
			if err != nil {
				problems = append(problems, err.Error())
				return true
			}
			switch c, _ := b.Content().Consultation(r.Consultation); {
			case c == nil:
				wrong(k, "no consultation %s", r.Consultation)
			case !c.Covers(r.Commune):
				wrong(k, "%s is not in the consultation's scope", r.Commune)
			case r.Question != civic.AboutDisability && r.Question != civic.AboutDisplacement:
				wrong(k, "no such question")
			case min(r.N[0], r.N[1], r.N[2]) < 0 || r.N.Total() < apartBatch:
				wrong(k, "%v can't be: replies are written by %d or more", r.N, apartBatch)
			}
			totals[civic.ApartAt{Consultation: r.Consultation, Question: r.Question}] += r.N.Total()
			return true
		})
	})
	for at, n := range totals {
		voted := 0
		if c, _ := b.Content().Consultation(at.Consultation); c != nil {
			for _, commune := range c.Scope {
				voted += b.engine.Standing(c.Code, commune).Numbers
			}
		}
		if n > int64(voted) {
			wrong(apartKey(at), "%d replies of %d numbers that voted", n, voted)
		}
	}
	return problems, err
}
