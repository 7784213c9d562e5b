package bolt

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"time"

	bbolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Bounds of one batch: what one transaction takes at most.
const (
	maxBatch      = 4096
	maxBatchBytes = 16 << 20
	watchEvery    = 256 // commits between two looks at whether the file was moved
)

// request is a command that waits for its end.
type request struct {
	cmd    store.Command
	result store.Result
	err    error
	done   chan struct{}
}

// Do runs a command; see store.Engine.
func (e *Engine) Do(_ context.Context, cmd store.Command) (store.Result, error) {
	if err := bounded(cmd); err != nil {
		return store.Result{}, err
	}
	r := &request{cmd: cmd, done: make(chan struct{})}
	e.waiting.Add(1)
	defer e.waiting.Add(-1)
	select {
	case <-e.done:
		return store.Result{}, e.why()
	case e.queue <- r:
	}
	select {
	case <-r.done:
	case <-e.stopped:
		select {
		case <-r.done: // it was the last one
		default:
			return store.Result{}, e.why() // never taken from the queue
		}
	}
	return r.result, r.err
}

func bounded(cmd store.Command) error {
	if cmd.ID == (store.ID{}) || cmd.Decide == nil {
		return fmt.Errorf("%w: no id, or nothing to decide", store.ErrBounds)
	}
	if len(cmd.Reads) > store.MaxReads {
		return fmt.Errorf("%w: %d reads", store.ErrBounds, len(cmd.Reads))
	}
	return nil
}

// why is the error of commands that come after the end.
func (e *Engine) why() error {
	if f := e.failure.Load(); f != nil {
		return fmt.Errorf("%w: %w", store.ErrStopped, *f)
	}
	return store.ErrStopped
}

// commitLoop is the one writer: it takes every command that waits when the
// last commit ended, and answers them together.
func (e *Engine) commitLoop() {
	defer close(e.stopped)
	defer e.end(nil)
	batch := make([]*request, 0, maxBatch)
	for n := 1; ; n++ {
		batch = batch[:0]
		select {
		case r := <-e.queue:
			batch = append(batch, r)
		case <-e.stop:
			if batch = e.drain(batch); len(batch) == 0 {
				return
			}
		}
		runtime.Gosched() // turns that are ready to vote join this commit, not the next
		batch = e.drain(batch)
		if n%watchEvery == 0 {
			if err := e.moved(); err != nil {
				e.fail(batch, err)
				return
			}
		}
		if err := e.commit(batch); err != nil {
			return
		}
	}
}

// drain takes what waits, up to a batch.
func (e *Engine) drain(batch []*request) []*request {
	for len(batch) < maxBatch {
		select {
		case r := <-e.queue:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// end says that nothing more is accepted.
func (e *Engine) end(cause error) {
	e.dead.Do(func() {
		if cause != nil {
			e.failure.Store(&cause)
		}
		close(e.done)
	})
}

// fail ends the engine: what was being written may or may not be there.
func (e *Engine) fail(batch []*request, cause error) {
	e.opts.Logger.Error("the store stops: a write's outcome is unknown", "err", cause)
	e.end(cause)
	answer(batch, fmt.Errorf("%w: %w", store.ErrUnknown, cause))
}

func answer(batch []*request, err error) {
	for _, r := range batch {
		if err != nil && r.err == nil {
			r.result, r.err = store.Result{}, err
		}
		close(r.done)
	}
}

// commit runs a batch as one transaction. Its error means that the engine has
// ended.
func (e *Engine) commit(batch []*request) error {
	b, err := e.run(batch)
	if err == nil && b.wrote {
		if answersEarly && len(b.adds) > 0 {
			e.publish(b)
			answer(batch, nil)
			slowDisk()
			return b.tx.Commit()
		}
		err = b.tx.Commit()
		if err == nil && e.opts.fail != nil {
			err = e.opts.fail()
		}
	} else if b != nil && b.tx != nil {
		_ = b.tx.Rollback() // nothing was written: the error, if any, is told below
	}
	switch {
	case err == nil:
		e.publish(b)
		if b.wrote {
			e.full.Store(nil)
		}
		answer(batch, nil)
		return nil
	case refused(err):
		if b != nil && b.tx != nil {
			_ = b.tx.Rollback() // bbolt has done it already when Commit failed
		}
		e.opts.Logger.Error("not written: no room", "err", err, "commands", len(batch))
		err = fmt.Errorf("%w: %w; make room on the disk, or raise store.max_size", store.ErrRefused, err)
		e.full.Store(&err)
		answer(batch, err)
		return nil
	default:
		e.fail(batch, err)
		return err
	}
}

// refused says whether a failed commit certainly wrote nothing that a reader
// could see: no room for the file to grow, or for its pages (bbolt writes its
// meta page last).
func refused(err error) bool {
	if errors.Is(err, errNotWritten) {
		return true
	}
	var path *fs.PathError
	if errors.As(err, &path) && path.Op == "write" && errors.Is(err, syscall.ENOSPC) {
		return true
	}
	return errors.Is(err, berrors.ErrMaxSizeReached) || strings.Contains(err.Error(), "file resize error")
}

// errNotWritten: a transaction was given up before its commit.
var errNotWritten = errors.New("given up before the commit")

// run decides every command of a batch over one transaction.
func (e *Engine) run(batch []*request) (b *writing, err error) {
	defer faultsPanic()()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fault while writing: %v", p)
		}
	}()
	tx, err := e.db.Begin(true)
	if err != nil {
		return nil, err
	}
	b = newWriting(e, tx)
	for _, r := range batch {
		if b.bytes > maxBatchBytes {
			r.err = fmt.Errorf("%w: too much was waiting; try again", store.ErrRefused)
			continue
		}
		if r.result, r.err = b.apply(r.cmd); b.broken != nil {
			return b, fmt.Errorf("%w: %w", errNotWritten, b.broken)
		}
	}
	if !b.wrote {
		return b, nil
	}
	return b, b.finish()
}

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

	voters   map[string]uint64 // in this batch: sequence by voterIndexKey
	arrivals map[string]uint64 // in this batch: arrival by row key, 0 when deleted
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
		voters: map[string]uint64{}, arrivals: map[string]uint64{}, receipts: map[uint32]uint64{},
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
	b.voters[string(voterIndexKey(nil, r.Consultation, r.Voter))] = r.Seq
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
	b.arrivals[string(packed)] = b.rows
	b.moves = append(b.moves, movedRow{string(packed), from, b.rows})
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
	b.arrivals[string(packed)] = 0
	b.moves = append(b.moves, movedRow{string(packed), from, 0})
	return b.row.Delete(u64(from))
}

// arrival is where a scattered record is, in this batch or before it.
func (b *writing) arrival(packed []byte) uint64 {
	if at, ok := b.arrivals[string(packed)]; ok {
		return at
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
	for name, value := range map[string][]byte{"head": store.AppendHead(nil, b.tree.Head()), "edge": edge, "last": u64(uint64(b.now.Unix()))} {
		if err := b.meta.Put([]byte(name), value); err != nil {
			return err
		}
	}
	return nil
}

// publish lets readers see what is now on disk.
func (e *Engine) publish(b *writing) {
	if b == nil || !b.wrote {
		return
	}
	e.last = b.now
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range b.adds {
		e.mem.add(&b.adds[i].r, b.adds[i].replaced)
	}
	for _, m := range b.moves {
		switch packed := []byte(m.packed); {
		case m.to == 0:
			e.mem.scattered.remove(packed, uint32(m.from))
		default:
			e.mem.scattered.set(packed, uint32(m.from), uint32(m.to))
		}
	}
	e.mem.tree, e.mem.rows, e.mem.lastAt = b.tree, b.rows, b.now
}

// deciding is the view of a command.
type deciding struct {
	b     *writing
	reads []store.Key
}

// Now is the time of what the command records.
func (d deciding) Now() time.Time { return d.b.now }

// Get reads a declared key, with what this batch has written.
func (d deciding) Get(k store.Key) ([]byte, bool) {
	declared := false
	for _, r := range d.reads {
		declared = declared || r == k
	}
	if !declared {
		panic("a command read " + k.Kind() + " without declaring it")
	}
	return d.b.get(k)
}

func (b *writing) get(k store.Key) ([]byte, bool) {
	kind := k.Kind()
	switch {
	case store.Scattered(kind):
		return b.scattered(k)
	case kind == store.KindVoter, kind == store.KindRecord, kind == store.KindReceipt:
		return derived(k, b.log, b.find)
	}
	v := b.kv.Get([]byte(k))
	return v, v != nil
}

// find looks a derived key up in this batch, then in memory.
func (b *writing) find(kind string, consultation string, voter [16]byte, number uint32) uint64 {
	if kind == store.KindVoter {
		if seq, ok := b.voters[string(voterIndexKey(nil, consultation, voter))]; ok {
			return seq
		}
		return uint64(b.e.mem.findVoter(b.log, consultation, voter))
	}
	if seq, ok := b.receipts[number]; ok {
		return seq
	}
	return b.e.mem.receiptAt(number)
}

func (m *memory) receiptAt(number uint32) uint64 {
	if int(number) < len(m.receipts) {
		return uint64(m.receipts[number])
	}
	return 0
}

// derived reads a key that follows the log.
func derived(k store.Key, log *bbolt.Bucket, find func(kind, consultation string, voter [16]byte, number uint32) uint64) ([]byte, bool) {
	var seq uint64
	switch kind, rest, _ := strings.Cut(string(k), "/"); kind {
	case store.KindVoter:
		slash := strings.LastIndexByte(rest, '/')
		var voter [16]byte
		if slash < 0 || len(rest)-slash-1 != 32 {
			return nil, false
		}
		if _, err := hex.Decode(voter[:], []byte(rest[slash+1:])); err != nil {
			return nil, false
		}
		seq = find(kind, rest[:slash], voter, 0)
	case store.KindReceipt:
		n, ok := decimal(rest)
		if !ok {
			return nil, false
		}
		seq = find(kind, "", [16]byte{}, uint32(n))
	default:
		seq, _ = decimal(rest)
	}
	if seq == 0 {
		return nil, false
	}
	v := log.Get(u64(seq))
	if v == nil {
		return nil, false
	}
	return store.AppendEntry(nil, seq, v), true
}

func decimal(s string) (uint64, bool) {
	n := uint64(0)
	for _, r := range s {
		if r < '0' || r > '9' || n > 1<<40 {
			return 0, false
		}
		n = n*10 + uint64(r-'0')
	}
	return n, s != ""
}
