package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/store"
)

// Turner says what a record is in a rewritten file.
type Turner interface {
	Turn(k store.Key, v []byte, get func(store.Key) ([]byte, bool, error)) (next store.Key, value []byte, keep bool, err error)
	Add() ([]store.Put, error)
}

// rewriteSome is how many records one transaction of a rewrite holds.
const rewriteSome = 20_000

// Rewrite writes every record, turned, into a new file at to, and syncs it.
// Nothing else of this file is in it: no page that was freed. The ballot log
// is copied as it is. Nobody may write meanwhile.
func (e *Engine) Rewrite(ctx context.Context, to string, turn Turner, progress func(done, total uint64)) (err error) {
	defer faultsPanic()()
	defer damaged(&err)
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("what was left of an earlier rewrite: %w", err)
	}
	db, err := bbolt.Open(to, 0o600, &bbolt.Options{NoSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return fmt.Errorf("the new file: %w", err)
	}
	old, err := e.snapshot()
	if err == nil {
		w := &rewriting{ctx: ctx, e: e, db: db, old: old, turn: turn, progress: progress}
		err = errors.Join(w.all(), old.tx.Rollback()) // of a read transaction
	}
	if err == nil {
		err = db.Sync()
	}
	return errors.Join(err, db.Close(), syncFolder(filepath.Dir(to)))
}

// rewriting is a rewrite under way.
type rewriting struct {
	ctx      context.Context
	e        *Engine
	db       *bbolt.DB
	old      *snapshot
	turn     Turner
	progress func(done, total uint64)
	done     uint64

	tx *bbolt.Tx
	in int // records in tx
}

func (w *rewriting) all() (err error) {
	if w.tx, err = w.db.Begin(true); err != nil {
		return err
	}
	defer func() {
		if err != nil && w.tx != nil {
			_ = w.tx.Rollback() // the file is thrown away
		}
	}()
	for _, name := range [][]byte{bucketMeta(), bucketLog(), bucketRow(), bucketKV()} {
		if _, err := w.tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
		if err := w.bucket(name); err != nil {
			return fmt.Errorf("rewriting %s: %w", name, err)
		}
	}
	if err := w.end(); err != nil {
		return err
	}
	tx := w.tx
	w.tx = nil
	return tx.Commit()
}

// bucket copies one bucket in key order.
func (w *rewriting) bucket(name []byte) error {
	put := w.put
	switch string(name) {
	case string(bucketRow()):
		put = w.row
	case string(bucketKV()):
		put = w.kv
	}
	c := w.old.tx.Bucket(name).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if err := put(name, k, v); err != nil {
			return err
		}
		if err := w.step(); err != nil {
			return err
		}
	}
	return nil
}

// step counts a record, and begins another transaction when this one is full.
func (w *rewriting) step() (err error) {
	w.done++
	if w.in++; w.in < rewriteSome {
		return nil
	}
	w.in = 0
	if w.progress != nil {
		w.progress(w.done, max(w.done, w.e.mem.records+uint64(w.e.mem.scattered.live)))
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	tx := w.tx
	w.tx = nil
	if err := tx.Commit(); err != nil {
		return err
	}
	w.tx, err = w.db.Begin(true)
	return err
}

func (w *rewriting) put(bucket, k, v []byte) error {
	b := w.tx.Bucket(bucket)
	b.FillPercent = appendFill
	return b.Put(k, v)
}

// row turns a scattered record; it keeps its place and its time.
func (w *rewriting) row(bucket, at, v []byte) error {
	r, err := parseRow(v)
	if err != nil {
		return err
	}
	k, value, keep, err := w.turn.Turn(unpackKey(r), r.value, w.old.Get)
	if err != nil || !keep {
		return err
	}
	out := rowKey(nil, k)
	out = binary.BigEndian.AppendUint32(out, uint32(r.at))
	return w.put(bucket, at, append(out, value...))
}

func (w *rewriting) kv(bucket, k, v []byte) error {
	next, value, keep, err := w.turn.Turn(store.Key(k), v, w.old.Get)
	if err != nil || !keep {
		return err
	}
	return w.put(bucket, []byte(next), value)
}

// end writes what the new file has besides, and that it was left cleanly: the
// edge of the tree is the one of the last commit.
func (w *rewriting) end() error {
	add, err := w.turn.Add()
	if err != nil {
		return err
	}
	for _, p := range add {
		if err := w.put(bucketKV(), []byte(p.Key), p.Value); err != nil {
			return err
		}
	}
	if err := w.tx.Bucket(bucketRow()).SetSequence(w.old.tx.Bucket(bucketRow()).Sequence()); err != nil {
		return err
	}
	return w.tx.Bucket(bucketMeta()).Put([]byte("clean"), []byte{1})
}

// Replace puts a file in this one's place, under its lock: whoever opens the
// path finds one or the other, whole. This engine keeps the old file until it
// is closed, and must write nothing more.
func (e *Engine) Replace(by string) error {
	if err := os.Rename(by, e.opts.Path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(e.opts.Path))
}
