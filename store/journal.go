package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Entry is one line of the journal: who did what at the desk. It holds no
// number and no text of a citizen. Lines are written in the command that does
// the thing, and never changed.
type Entry struct {
	Seq     int64     `json:"-"`
	At      time.Time `json:"at"`
	Who     string    `json:"who,omitempty"` // a login, or what acts by itself: "jamakan", "commande"
	What    string    `json:"what"`          // "plan.import", "text.answer", ...: said in words by the desk
	About   string    `json:"about,omitempty"`
	Changes []Said    `json:"changes,omitempty"`
}

// Said is one thing that an entry says. Journals from before the desk kept it
// as an object.
type Said string

// UnmarshalJSON reads both.
func (s *Said) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*s = Said(text)
		return nil
	}
	var old struct{ What string }
	err := json.Unmarshal(b, &old)
	*s = Said(old.What)
	return err
}

// Who acts without a login.
const (
	ByItself  = "jamakan"  // the clock
	ByCommand = "commande" // a verb on the machine
)

// journalSequence is the next place in the journal: nanoseconds since 1970,
// each once, so that lines lie in the order they were written.
func (b *Book) journalSequence() int64 {
	for {
		was := b.auditSeq.Load()
		next := max(was+1, b.opts.Now().UnixNano())
		if b.auditSeq.CompareAndSwap(was, next) {
			return next
		}
	}
}

// maxEntryLines and maxEntryLine bound what one entry holds.
const (
	maxEntryLines = 200
	maxEntryLine  = 400
)

// entry makes a line of the journal, to be put by the command that does the
// thing.
func entry(v View, seq int64, who, what, about string, changes ...string) (Put, error) {
	e := Entry{At: v.Now(), Who: who, What: what, About: about}
	for _, c := range changes[:min(len(changes), maxEntryLines)] {
		if r := []rune(c); len(r) > maxEntryLine {
			c = string(r[:maxEntryLine])
		}
		e.Changes = append(e.Changes, Said(c))
	}
	encoded, err := json.Marshal(e)
	return Put{Key(fmt.Sprintf("%s/%020d", KindAudit, seq)), encoded}, err
}

// Note writes one line of the journal, for what changes nothing else: a log-in,
// an export, a refusal.
func (b *Book) Note(ctx context.Context, who, what, about string, changes ...string) error {
	seq := b.journalSequence()
	return b.do(ctx, nil, func(v View) (Change, error) {
		said, err := entry(v, seq, who, what, about, changes...)
		return Change{Put: []Put{said}}, err
	})
}

// Journal calls fn for the lines of the journal, newest first, from before a
// place (0: the newest), until fn returns false.
func (b *Book) Journal(ctx context.Context, before int64, fn func(Entry) bool) error {
	keys, err := b.journalKeys(ctx, before)
	if err != nil {
		return err
	}
	for i := len(keys) - 1; i >= 0 && ctx.Err() == nil; i-- {
		var e Entry
		err := b.engine.View(ctx, func(s Snapshot) error {
			v, ok, err := s.Get(keys[i])
			if err != nil || !ok {
				return errors.Join(err, fmt.Errorf("%s: %w: a line of the journal is gone", keys[i], ErrCorrupt))
			}
			return json.Unmarshal(v, &e)
		})
		if err != nil {
			return err
		}
		if _, err := fmt.Sscanf(string(keys[i]), KindAudit+"/%d", &e.Seq); err != nil {
			return fmt.Errorf("%s: %w: %w", keys[i], ErrCorrupt, err)
		}
		if !fn(e) {
			return nil
		}
	}
	return ctx.Err()
}

// journalKeys are the places of the journal before one, oldest first.
func (b *Book) journalKeys(ctx context.Context, before int64) ([]Key, error) {
	var keys []Key
	limit := Key(fmt.Sprintf("%s/%020d", KindAudit, before))
	err := b.engine.View(ctx, func(s Snapshot) error {
		return s.Scan(KindAudit+"/", "", func(k Key, _ []byte) bool {
			if before > 0 && k >= limit {
				return false
			}
			keys = append(keys, k)
			return true
		})
	})
	return keys, err
}
