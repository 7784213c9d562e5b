package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// rebuild makes the memory from the file. After a stop that was not clean the
// whole file is verified first, pages and tree; after a clean one the edge of
// the tree is taken as it was left.
func (e *Engine) rebuild(verify bool) error {
	defer faultsPanic()()
	return e.db.View(func(tx *bbolt.Tx) error {
		if verify {
			for err := range tx.Check() {
				return fmt.Errorf("%s: %w: %w; restore the last backup", e.opts.Path, store.ErrCorrupt, err)
			}
		}
		m, err := load(tx, verify, e.opts.Progress)
		if err != nil {
			return fmt.Errorf("%s: %w; restore the last backup", e.opts.Path, err)
		}
		e.mem = *m
		return nil
	})
}

// load reads log and rows once. With verify, the tree is computed anew and
// held against the stored head.
func load(tx *bbolt.Tx, verify bool, progress func(done, total uint64)) (*memory, error) {
	meta, log := tx.Bucket(bucketMeta()), tx.Bucket(bucketLog())
	head, err := storedHead(meta)
	if err != nil {
		return nil, err
	}
	m := &memory{
		voters: newIndex(int(head.Size) * 2), scattered: newIndex(int(head.Size) * 2),
		counts: map[string]civic.Counts{}, flows: civic.Flows{}, standing: map[standingKey]civic.Standing{},
	}
	if !verify {
		if err := m.tree.UnmarshalBinary(meta.Get([]byte("edge"))); err != nil {
			return nil, err
		}
	}
	c := log.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if len(k) != 8 || binary.BigEndian.Uint64(k) != m.records+1 {
			return nil, fmt.Errorf("log: %w: after record %d comes key %x", store.ErrCorrupt, m.records, k)
		}
		r, err := store.DecodeRecord(m.records+1, v)
		if err != nil {
			return nil, err
		}
		if r.At.Before(m.lastAt) {
			return nil, fmt.Errorf("record %d: %w: earlier than the one before", r.Seq, store.ErrCorrupt)
		}
		if verify {
			m.tree.Append(store.Leaf(r.Receipt, v))
		}
		var replaced *civic.Record
		if r.Replaces != 0 {
			if replaced, err = recordAt(log, r.Replaces); err != nil {
				return nil, err
			}
		}
		m.add(&r, replaced)
		if progress != nil && r.Seq%8192 == 0 {
			progress(r.Seq, head.Size)
		}
	}
	if got := m.tree.Head(); got != head {
		return nil, fmt.Errorf("ballot log: %w: its tree has %d leaves and root %x, the stored head %d and %x", store.ErrCorrupt, got.Size, got.Root[:6], head.Size, head.Root[:6])
	}
	if err := m.loadRows(tx); err != nil {
		return nil, err
	}
	if n := meta.Get([]byte("reserved")); len(n) == 8 {
		m.reserved = uint32(binary.BigEndian.Uint64(n))
	}
	if at := meta.Get([]byte("last")); len(at) == 8 {
		if last := time.Unix(int64(binary.BigEndian.Uint64(at)), 0).UTC(); last.After(m.lastAt) {
			m.lastAt = last
		}
	}
	return m, nil
}

func storedHead(meta *bbolt.Bucket) (store.Head, error) {
	b := meta.Get([]byte("head"))
	if b == nil {
		var empty store.Tree
		return empty.Head(), nil
	}
	return store.ParseHead(b)
}

func (m *memory) loadRows(tx *bbolt.Tx) error {
	rows := tx.Bucket(bucketRow())
	c := rows.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if len(k) != 8 {
			return fmt.Errorf("row: %w: key %x", store.ErrCorrupt, k)
		}
		r, err := parseRow(v)
		if err != nil {
			return err
		}
		m.rows = binary.BigEndian.Uint64(k)
		m.scattered.set(r.packed, 0, uint32(m.rows))
	}
	if n := rows.Sequence(); n > m.rows {
		m.rows = n
	}
	return nil
}

func recordAt(log *bbolt.Bucket, seq uint64) (*civic.Record, error) {
	b := log.Get(u64(seq))
	if b == nil {
		return nil, fmt.Errorf("record %d: %w: it is replaced, and not there", seq, store.ErrCorrupt)
	}
	r, err := store.DecodeRecord(seq, b)
	return &r, err
}

// add counts and indexes one record of the log.
func (m *memory) add(r, replaced *civic.Record) {
	var buf [64]byte
	old := uint32(0)
	if replaced != nil {
		old = uint32(replaced.Seq)
	}
	m.voters.set(voterIndexKey(buf[:0], r.Consultation, r.Voter), old, uint32(r.Seq))
	if r.Kind == civic.Cast {
		m.receipts.set(r.Receipt, uint32(r.Seq))
	}
	counts := m.counts[r.Consultation]
	if counts == nil {
		counts = civic.Counts{}
		m.counts[r.Consultation] = counts
	}
	counts.Add(r, replaced)
	m.flows.Add(r)
	if replaced != nil {
		m.stand(replaced, -1)
	}
	m.stand(r, +1)
	m.records, m.lastAt = r.Seq, r.At
}

func (m *memory) stand(r *civic.Record, by int) {
	k := standingKey{r.Consultation, r.Place}
	s := m.standing[k]
	if s.Votes == nil {
		s.Votes = map[uint16]int{}
	}
	s.Numbers += by
	for _, mark := range r.Marks {
		if s.Votes[mark.Option] += by; s.Votes[mark.Option] == 0 {
			delete(s.Votes, mark.Option)
		}
	}
	m.standing[k] = s
}

// findVoter returns the sequence of a voter's record that counts, or 0.
func (m *memory) findVoter(log *bbolt.Bucket, consultation string, voter [16]byte) uint32 {
	var buf [64]byte
	return m.voters.find(voterIndexKey(buf[:0], consultation, voter), func(seq uint32) bool {
		r, err := recordAt(log, uint64(seq))
		return err == nil && r.Voter == voter && r.Consultation == consultation
	})
}

// findRow returns the arrival of a scattered record, or 0.
func (m *memory) findRow(rows *bbolt.Bucket, packed []byte) uint32 {
	return m.scattered.find(packed, func(arrival uint32) bool {
		r, err := parseRow(rows.Get(u64(uint64(arrival))))
		return err == nil && bytes.Equal(r.packed, packed)
	})
}
