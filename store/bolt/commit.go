package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"time"

	berrors "go.etcd.io/bbolt/errors"

	"github.com/jamakan/jamakan/store"
)

// Bounds of one batch: what one transaction takes at most.
const (
	maxBatch      = 4096
	maxBatchBytes = 16 << 20
	watchEvery    = time.Second // between two looks at whether the file was moved
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
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	batch := make([]*request, 0, maxBatch)
	for {
		batch = batch[:0]
		select {
		case r := <-e.queue:
			batch = append(batch, r)
		case <-watch.C:
			if err := e.moved(); err != nil {
				e.fail(nil, err)
				return
			}
			continue
		case <-e.stop:
			if batch = e.drain(batch); len(batch) == 0 {
				return
			}
		}
		runtime.Gosched() // turns that are ready to vote join this commit, not the next
		batch = e.spare(e.drain(batch))
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
	begun := e.opts.Now()
	b, err := e.run(batch)
	if err == nil && b.wrote {
		e.expect(b.version())
		if answersEarly && len(b.adds) > 0 {
			e.publish(b)
			answer(batch, nil)
			slowDisk()
			return b.commit()
		}
		err = b.commit()
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
			e.ground.committed()
			e.full.Store(nil)
			e.commits.count(len(batch), e.opts.Now().Sub(begun))
		}
		answer(batch, nil)
		return nil
	case refused(err):
		if b != nil && b.tx != nil {
			_ = b.tx.Rollback() // bbolt has done it already when Commit failed
		}
		e.expect(nil)
		e.opts.Logger.Error("not written: no room", "err", err, "commands", len(batch))
		err = fmt.Errorf("%w: %w; make room on the disk, or raise store.max_size", store.ErrRefused, err)
		e.full.Store(&err)
		answer(batch, err)
		return nil
	case goesOn:
		answer(batch, fmt.Errorf("%w: %w", store.ErrUnknown, err))
		return nil
	default:
		e.fail(batch, err)
		return err
	}
}

// commit writes the transaction. A fault in the mapped file, which it reads,
// is an error like another.
func (b *writing) commit() (err error) {
	defer faultsPanic()()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fault while committing: %v", p)
		}
	}()
	return b.tx.Commit()
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
	if err := e.ground.ensure(tx.Size(), 2*int64(b.bytes)+growLeast, e.free()); err != nil {
		return b, err
	}
	return b, b.finish()
}

// expect says what a transaction holds whose commit may be seen from now on.
func (e *Engine) expect(v *version) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending = v
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
	e.pending.published = true
	e.tip.next.Store(e.pending)
	e.tip, e.pending = e.pending, nil
}
