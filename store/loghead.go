package store

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// keyLogTree is the tree of the log as a closed week left it: roots of later
// sizes are made from there, not from the first ballot.
const keyLogTree = Key(KindMeta + "/log-tree")

// leavesSome is how many leaves one snapshot reads: none lives long.
const leavesSome = 5000

// Leaves calls fn for the leaves of the ballot log in order, up to a size,
// until fn returns false: its place from 0 (RFC 6962), the receipt as citizens
// read it, and the leaf's hash. Whoever told her sex and age after her vote has
// two leaves with one receipt.
func (b *Book) Leaves(ctx context.Context, upTo uint64, fn func(index uint64, receipt string, leaf [32]byte) bool) error {
	return b.leaves(ctx, 0, upTo, func(index uint64, r civic.Record, leaf [32]byte) bool {
		return fn(index, civic.FormatReceipt(b.keys.Receipt(r.Receipt)), leaf)
	})
}

// leaf is one leaf being handed over, outside of the snapshot it was read in.
type leaf struct {
	record civic.Record
	hash   [32]byte
}

func (b *Book) leaves(ctx context.Context, from, upTo uint64, fn func(uint64, civic.Record, [32]byte) bool) error {
	some := make([]leaf, 0, min(leavesSome, upTo-min(from, upTo)))
	var buf []byte
	for from < upTo && ctx.Err() == nil {
		some = some[:0]
		err := b.engine.View(ctx, func(s Snapshot) error {
			return s.Records(from+1, func(r civic.Record) bool {
				buf = AppendRecord(buf[:0], &r)
				some = append(some, leaf{r, Leaf(r.Receipt, buf)})
				return len(some) < cap(some) && from+uint64(len(some)) < upTo
			})
		})
		if err != nil {
			return err
		}
		if len(some) == 0 {
			return fmt.Errorf("%w: the log has %d records, %d were asked for", ErrBounds, from, upTo)
		}
		for _, l := range some {
			if !fn(from, l.record, l.hash) {
				return nil
			}
			from++
		}
	}
	return ctx.Err()
}

// LogRootAt is the head of the ballot log's tree when it had so many leaves.
func (b *Book) LogRootAt(ctx context.Context, size uint64) (Head, error) {
	tree, err := b.treeAt(ctx, size)
	if err != nil {
		return Head{}, err
	}
	return tree.Head(), nil
}

// treeAt makes the tree of the log's first leaves, from the last closed week's
// when that is not too late.
func (b *Book) treeAt(ctx context.Context, size uint64) (*Tree, error) {
	tree := &Tree{}
	err := b.engine.View(ctx, func(s Snapshot) error {
		if edge, ok, err := s.Get(keyLogTree); err != nil || !ok {
			return err
		} else if err := tree.UnmarshalBinary(edge); err != nil {
			return err
		}
		if tree.Size() > size {
			*tree = Tree{}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = b.leaves(ctx, tree.Size(), size, func(_ uint64, _ civic.Record, leaf [32]byte) bool {
		tree.Append(leaf)
		return true
	})
	return tree, err
}

// logBefore is the head of the log with the records before a time, and its
// tree when it had to be made.
func (b *Book) logBefore(ctx context.Context, end time.Time) (Head, *Tree, error) {
	var now Head
	var size uint64
	err := b.engine.View(ctx, func(s Snapshot) (err error) {
		now = s.Head()
		size, err = sizeBefore(s, now.Size, end)
		return err
	})
	if err != nil || size == now.Size {
		return now, nil, err
	}
	tree, err := b.treeAt(ctx, size)
	if err != nil {
		return Head{}, nil, err
	}
	return tree.Head(), tree, nil
}

// sizeBefore is how many of a log's records come before a time. They are in
// order of time, so a few are looked at.
func sizeBefore(s Snapshot, size uint64, end time.Time) (uint64, error) {
	var failed error
	late := func(seq uint64) bool {
		v, ok, err := s.Get(RecordKey(seq))
		if err == nil && !ok {
			err = fmt.Errorf("record %d: %w: it is not there", seq, ErrCorrupt)
		}
		r, odd := DecodeEntry(v)
		if err = errors.Join(err, odd); err != nil && failed == nil {
			failed = err
		}
		return !r.At.Before(end)
	}
	if size == 0 || !late(size) {
		return size, failed
	}
	n := sort.Search(int(size), func(i int) bool { return late(uint64(i) + 1) })
	return uint64(n), failed
}
