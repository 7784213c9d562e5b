package bolt

import (
	"fmt"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// writing is one transaction being made, with what it will change in memory
// once it is on disk.
type writing struct {
	e       *Engine
	tx      *bbolt.Tx
	meta    *bbolt.Bucket
	log     *bbolt.Bucket
	row     *bbolt.Bucket
	kv      *bbolt.Bucket
	now     time.Time
	wrote   bool
	broken  error // a write failed half way: nothing of this transaction is kept
	bytes   int
	tree    store.Tree
	records uint64
	rows    uint64

	voters   map[string]shift[uint64] // in this batch: sequence by voterIndexKey
	arrivals map[string]shift[uint64] // in this batch: arrival by row key, 0 when deleted
	receipts map[uint32]uint64
	adds     []added
	moves    []movedRow
}

type added struct {
	r        civic.Record
	replaced *civic.Record
}

// movedRow is a scattered record's change of place: 0 is nowhere.
type movedRow struct {
	packed   string
	from, to uint64
}

func newWriting(e *Engine, tx *bbolt.Tx) *writing {
	now := e.opts.Now().UTC().Truncate(time.Second)
	if now.Before(e.last) {
		now = e.last
	}
	b := &writing{
		e: e, tx: tx, now: now, tree: e.mem.tree.Clone(), records: e.mem.records, rows: e.mem.rows,
		meta: tx.Bucket(bucketMeta()), log: tx.Bucket(bucketLog()), row: tx.Bucket(bucketRow()), kv: tx.Bucket(bucketKV()),
		voters: map[string]shift[uint64]{}, arrivals: map[string]shift[uint64]{}, receipts: map[uint32]uint64{},
	}
	b.log.FillPercent, b.row.FillPercent = appendFill, appendFill
	return b
}

// apply runs one command: nothing of it, or all of it, is in the transaction.
func (b *writing) apply(cmd store.Command) (store.Result, error) {
	done := store.DoneKey(cmd.ID)
	if kept, ok := b.scattered(done); ok {
		return store.Result{Reply: append([]byte(nil), kept...), Repeat: true}, nil
	}
	change, err := b.decide(cmd)
	if err != nil {
		return store.Result{}, err
	}
	if err := within(change); err != nil {
		return store.Result{}, err
	}
	b.wrote = b.wrote || len(change.Append)+len(change.Delete)+len(change.Put) > 0 || !cmd.Forget
	if !cmd.Forget {
		change.Put = append(change.Put, store.Put{Key: done, Value: change.Reply})
	}
	b.broken = b.write(change)
	return store.Result{Reply: change.Reply}, b.broken
}

// write puts a change into the transaction. Its error leaves a part of it
// there: the whole transaction must be given up.
func (b *writing) write(change store.Change) error {
	for i := range change.Append {
		if err := b.append(&change.Append[i]); err != nil {
			return err
		}
	}
	for _, k := range change.Delete {
		if err := b.delete(k); err != nil {
			return err
		}
	}
	for _, p := range change.Put {
		if err := b.put(p.Key, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// decide calls the command's function; a defect in it ends that command only.
func (b *writing) decide(cmd store.Command) (c store.Change, err error) {
	defer func() {
		if p := recover(); p != nil {
			b.e.opts.Logger.Error("defect in a command", "panic", fmt.Sprint(p))
			err = fmt.Errorf("%w: %v", store.ErrBounds, p)
		}
	}()
	return cmd.Decide(deciding{b, cmd.Reads})
}

func within(c store.Change) error {
	if len(c.Put)+len(c.Delete)+len(c.Append) > store.MaxWrites || len(c.Reply) > 1024 {
		return fmt.Errorf("%w: %d writes, %d bytes of reply", store.ErrBounds, len(c.Put)+len(c.Delete)+len(c.Append), len(c.Reply))
	}
	size := 0
	for _, p := range c.Put {
		size += len(p.Key) + len(p.Value)
		switch p.Key.Kind() {
		case store.KindVoter, store.KindRecord, store.KindReceipt, store.KindDone, "", string(p.Key):
			return fmt.Errorf("%w: %s is not written by commands", store.ErrBounds, p.Key.Kind())
		}
	}
	if size > store.MaxBytes {
		return fmt.Errorf("%w: %d bytes", store.ErrBounds, size)
	}
	for _, r := range c.Append {
		if len(r.Group.Lang) > 8 || len(r.Marks) == 0 || r.Consultation == "" {
			return fmt.Errorf("%w: a record without consultation or marks", store.ErrBounds)
		}
	}
	return nil
}

// append puts a record at the end of the log.
func (b *writing) append(r *civic.Record) error {
	b.records++
	r.Seq, r.At = b.records, b.now
	encoded := store.AppendRecord(nil, r)
	var replaced *civic.Record
	if r.Replaces != 0 {
		var err error
		if replaced, err = recordAt(b.log, r.Replaces); err != nil {
			return err
		}
	}
	b.tree.Append(store.Leaf(r.Receipt, encoded))
	var buf [64]byte
	key := voterIndexKey(buf[:0], r.Consultation, r.Voter)
	was, again := b.voters[string(key)]
	if !again && replaced != nil {
		was.before = replaced.Seq
	}
	b.voters[string(key)] = shift[uint64]{was.before, r.Seq}
	if r.Kind == civic.Cast {
		b.receipts[r.Receipt] = r.Seq
	}
	b.adds = append(b.adds, added{*r, replaced})
	b.bytes += len(encoded)
	return b.log.Put(u64(r.Seq), encoded)
}

func (b *writing) put(k store.Key, value []byte) error {
	b.bytes += len(k) + len(value)
	if !store.Scattered(k.Kind()) {
		return b.kv.Put([]byte(k), value)
	}
	packed := rowKey(nil, k)
	from := b.arrival(packed)
	if from != 0 {
		if err := b.row.Delete(u64(from)); err != nil {
			return err
		}
	}
	b.rows++
	b.moved(packed, from, b.rows)
	return b.row.Put(u64(b.rows), appendRow(nil, packed, b.now, value))
}

func (b *writing) delete(k store.Key) error {
	if !store.Scattered(k.Kind()) {
		return b.kv.Delete([]byte(k))
	}
	packed := rowKey(nil, k)
	from := b.arrival(packed)
	if from == 0 {
		return nil
	}
	b.moved(packed, from, 0)
	return b.row.Delete(u64(from))
}

// moved notes where a row is now.
func (b *writing) moved(packed []byte, from, to uint64) {
	key, before := string(packed), from
	if was, again := b.arrivals[key]; again {
		before = was.before
	}
	b.arrivals[key] = shift[uint64]{before, to}
	b.moves = append(b.moves, movedRow{key, from, to})
}

// arrival is where a scattered record is, in this batch or before it.
func (b *writing) arrival(packed []byte) uint64 {
	if at, ok := b.arrivals[string(packed)]; ok {
		return at.after
	}
	return uint64(b.e.mem.findRow(b.row, packed))
}

func (b *writing) scattered(k store.Key) ([]byte, bool) {
	var buf [64]byte
	at := b.arrival(rowKey(buf[:0], k))
	if at == 0 {
		return nil, false
	}
	r, err := parseRow(b.row.Get(u64(at)))
	return r.value, err == nil
}

// finish writes what the next start begins from.
func (b *writing) finish() error {
	edge, err := b.tree.MarshalBinary()
	if err != nil {
		return err
	}
	if err := b.row.SetSequence(b.rows); err != nil {
		return err
	}
	for name, value := range map[string][]byte{"head": store.AppendHead(nil, b.tree.Head()), "edge": edge, "last": u64(uint64(b.now.Unix())), "reserved": u64(uint64(b.e.receipt.Load()))} {
		if err := b.meta.Put([]byte(name), value); err != nil {
			return err
		}
	}
	return nil
}
