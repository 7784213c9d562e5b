package bolt

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// View gives fn a snapshot; see store.Engine.
func (e *Engine) View(_ context.Context, fn func(store.Snapshot) error) (err error) {
	defer faultsPanic()()
	defer func() {
		if p := recover(); p != nil {
			if _, fault := p.(interface{ Addr() uintptr }); !fault {
				panic(p) // a defect of the caller, not of the file
			}
			err = fmt.Errorf("%w: reading it failed: %v; run jamakan check", store.ErrCorrupt, p)
		}
	}()
	s, err := e.snapshot()
	if err != nil {
		return err
	}
	defer func() { _ = s.tx.Rollback() }() // of a read transaction: it can't fail
	return fn(s)
}

// snapshot opens a transaction together with what memory has of it: while mu
// is held, the file shows what memory has, or the commit that is being written.
func (e *Engine) snapshot() (*snapshot, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	tx, err := e.db.Begin(false)
	if err != nil {
		return nil, err
	}
	at := e.tip
	if e.pending != nil && tx.ID() == e.pending.id {
		at = e.pending
	}
	return &snapshot{e: e, tx: tx, past: past{at: at, last: at}}, nil
}

// snapshot is one moment of the file, and of what memory had then.
type snapshot struct {
	e  *Engine
	tx *bbolt.Tx

	mu   sync.Mutex // over past: a snapshot may be read by several at once
	past past
}

// remember locks memory, with what came after the snapshot taken back.
func (s *snapshot) remember() (release func()) {
	s.mu.Lock()
	s.past.catchUp() // most of it without holding commits up
	s.e.mu.RLock()
	s.past.catchUp()
	return s.release
}

func (s *snapshot) release() {
	s.e.mu.RUnlock()
	s.mu.Unlock()
}

// Get reads a key.
func (s *snapshot) Get(k store.Key) ([]byte, bool, error) {
	kind := k.Kind()
	switch {
	case store.Scattered(kind):
		r, ok, err := s.row(k)
		return bytes.Clone(r.value), ok, err
	case kind == store.KindVoter, kind == store.KindRecord, kind == store.KindReceipt:
		v, ok := derived(k, s.tx.Bucket(bucketLog()), s.find)
		return bytes.Clone(v), ok, nil
	}
	v := s.tx.Bucket(bucketKV()).Get([]byte(k))
	return bytes.Clone(v), v != nil, nil
}

// row reads a scattered record.
func (s *snapshot) row(k store.Key) (row, bool, error) {
	var buf [64]byte
	packed := rowKey(buf[:0], k)
	rows := s.tx.Bucket(bucketRow())
	at := s.arrival(rows, packed)
	if at == 0 {
		return row{}, false, nil
	}
	r, err := parseRow(rows.Get(u64(at)))
	return r, err == nil, err
}

func (s *snapshot) arrival(rows *bbolt.Bucket, packed []byte) uint64 {
	defer s.remember()()
	if at, other := s.past.row(packed); other {
		return at
	}
	return uint64(s.e.mem.findRow(rows, packed))
}

// find looks a derived key up as memory had it.
func (s *snapshot) find(kind, consultation string, voter [16]byte, number uint32) uint64 {
	var buf [64]byte
	defer s.remember()()
	if kind != store.KindVoter {
		if !s.past.at.published && s.past.at.receipts[number] != 0 {
			return s.past.at.receipts[number]
		}
		return s.e.mem.receiptAt(number) // one that came later is not in the transaction
	}
	if seq, other := s.past.voter(voterIndexKey(buf[:0], consultation, voter)); other {
		return seq
	}
	return uint64(s.e.mem.findVoter(s.tx.Bucket(bucketLog()), consultation, voter))
}

// Scan walks keys in order.
func (s *snapshot) Scan(prefix, after store.Key, fn func(store.Key, []byte) bool) error {
	switch kind := prefix.Kind(); {
	case store.Scattered(kind), kind == store.KindVoter, kind == store.KindRecord, kind == store.KindReceipt:
		return fmt.Errorf("%w: %s", store.ErrScan, kind)
	}
	c := s.tx.Bucket(bucketKV()).Cursor()
	start := []byte(max(prefix, after))
	k, v := c.Seek(start)
	if after != "" && bytes.Equal(k, []byte(after)) {
		k, v = c.Next()
	}
	for ; k != nil && bytes.HasPrefix(k, []byte(prefix)); k, v = c.Next() {
		if !fn(store.Key(k), bytes.Clone(v)) {
			return nil
		}
	}
	return nil
}

// Records walks the log.
func (s *snapshot) Records(from uint64, fn func(civic.Record) bool) error {
	c := s.tx.Bucket(bucketLog()).Cursor()
	seq := max(from, 1)
	for k, v := c.Seek(u64(seq)); k != nil; k, v = c.Next() {
		r, err := store.DecodeRecord(seq, v)
		if err != nil {
			return err
		}
		if !fn(r) {
			return nil
		}
		seq++
	}
	return nil
}

// Counts copies a consultation's counters.
func (s *snapshot) Counts(consultation string) (civic.Counts, error) {
	defer s.remember()()
	now := maps.Clone(s.e.mem.counts[consultation])
	if now == nil {
		now = civic.Counts{}
	}
	return s.past.counts(now, consultation, s.e.tip), nil
}

// Flows are a week's ballots, from memory.
func (s *snapshot) Flows(week civic.Week) ([]civic.BallotFlow, error) {
	defer s.remember()()
	if s.past.at == s.e.tip {
		return s.e.mem.flows.Of(week), nil
	}
	return s.past.flows(maps.Clone(s.e.mem.flows), s.e.tip).Of(week), nil
}

// Head is the tree's head in this snapshot.
func (s *snapshot) Head() store.Head {
	h, err := storedHead(s.tx.Bucket(bucketMeta()))
	if err != nil {
		return store.Head{}
	}
	return h
}

// Standing is a consultation's total in a commune.
func (e *Engine) Standing(consultation string, place civic.Code) civic.Standing {
	e.mu.RLock()
	defer e.mu.RUnlock()
	s := e.mem.standing[standingKey{consultation, place}]
	s.Votes = maps.Clone(s.Votes)
	return s
}

// Reserve gives the next receipt number. One that is reserved and never
// committed is given again after a restart: nobody was told it.
func (e *Engine) Reserve() (uint32, error) {
	n := e.receipt.Add(1) - 1
	if n >= civic.Receipts {
		return 0, fmt.Errorf("%w: every receipt of six characters is given", store.ErrRefused)
	}
	return n, nil
}

// Health tells how the engine is.
func (e *Engine) Health() store.Health {
	e.mu.RLock()
	h := store.Health{LastAt: e.mem.lastAt, Records: e.mem.records, Waiting: int(e.waiting.Load())}
	e.mu.RUnlock()
	select {
	case <-e.done:
		h.Err = e.why()
		return h
	default:
	}
	if full := e.full.Load(); full != nil {
		h.Err = *full
	}
	if h.Room = e.room(); h.Room <= 0 && h.Err == nil && e.opts.Reserve > 0 {
		h.Err = e.short()
	}
	if err := e.db.View(func(tx *bbolt.Tx) error { h.Bytes = tx.Size(); return nil }); err != nil && h.Err == nil {
		h.Err = err
	}
	return h
}

// Backup writes a consistent copy of the file.
func (e *Engine) Backup(_ context.Context, w io.Writer) (n int64, err error) {
	err = e.db.View(func(tx *bbolt.Tx) error {
		n, err = tx.WriteTo(w)
		return err
	})
	return n, err
}

// sweepSome is how many rows one sweep's command looks at: votes wait for it.
const sweepSome = 2000

// Sweep deletes expired scattered records, oldest arrivals first, a few at a
// time.
func (e *Engine) Sweep(ctx context.Context, before map[string]time.Time) (int, error) {
	deleted := 0
	from := uint64(1)
	for ctx.Err() == nil {
		keys, next, err := e.expired(from, before)
		if err != nil {
			return deleted, err
		}
		if len(keys) > 0 {
			n, err := e.deleteRows(ctx, keys)
			deleted += n
			if err != nil {
				return deleted, err
			}
		}
		if next == 0 {
			return deleted, nil
		}
		from = next
	}
	return deleted, ctx.Err()
}

// expired are packed keys that are over, at most store.MaxWrites, and where to
// go on (0: nowhere).
func (e *Engine) expired(from uint64, before map[string]time.Time) (keys [][]byte, next uint64, err error) {
	defer faultsPanic()()
	defer damaged(&err)
	err = e.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketRow()).Cursor()
		seen := 0
		latest := int64(0)
		for _, t := range before {
			latest = max(latest, t.Unix())
		}
		for k, v := c.Seek(u64(from)); k != nil; k, v = c.Next() {
			r, err := parseRow(v)
			if err != nil {
				return err
			}
			if r.at >= latest {
				return nil // arrivals are in order of time
			}
			if t, named := before[r.kind]; named && r.at < t.Unix() {
				keys = append(keys, bytes.Clone(r.packed))
			}
			if seen++; seen == sweepSome || len(keys) == store.MaxWrites {
				next = arrivalOf(k) + 1
				return nil
			}
		}
		return nil
	})
	return keys, next, err
}
