package store

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree of the ballot log as it grows: the complete
// subtrees on its right edge, from which the root is made. It is RFC 6962's
// tree: the root equals tlog.TreeHash of the same leaves.
type Tree struct {
	size uint64
	edge []tlog.Hash // of complete subtrees, the largest first
}

// Size is the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Append adds a leaf.
func (t *Tree) Append(leaf tlog.Hash) {
	h := leaf
	for n := t.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(t.edge[len(t.edge)-1], h)
		t.edge = t.edge[:len(t.edge)-1]
	}
	t.edge = append(t.edge, h)
	t.size++
}

// Head is the tree's size and root.
func (t *Tree) Head() Head {
	h := Head{Size: t.size}
	if t.size == 0 {
		empty, err := tlog.TreeHash(0, nil)
		if err == nil {
			h.Root = empty
		}
		return h
	}
	root := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.edge[i], root)
	}
	h.Root = root
	return h
}

// Clone is a tree that grows on its own.
func (t *Tree) Clone() Tree {
	return Tree{size: t.size, edge: append([]tlog.Hash(nil), t.edge...)}
}

// AppendHead writes a head: size, then root.
func AppendHead(dst []byte, h Head) []byte {
	dst = binary.BigEndian.AppendUint64(dst, h.Size)
	return append(dst, h.Root[:]...)
}

// ParseHead reads what AppendHead wrote; else ErrCorrupt, wrapped.
func ParseHead(b []byte) (Head, error) {
	if len(b) != 8+tlog.HashSize {
		return Head{}, fmt.Errorf("tree head: %w: %d bytes", ErrCorrupt, len(b))
	}
	return Head{Size: binary.BigEndian.Uint64(b), Root: tlog.Hash(b[8:])}, nil
}
