package store

import (
	"encoding/binary"
	"fmt"
	"math/bits"

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

// MarshalBinary writes the tree's size and edge.
func (t *Tree) MarshalBinary() ([]byte, error) {
	b := binary.BigEndian.AppendUint64(nil, t.size)
	for _, h := range t.edge {
		b = append(b, h[:]...)
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote, nothing for an empty tree;
// else ErrCorrupt, wrapped.
func (t *Tree) UnmarshalBinary(b []byte) error {
	*t = Tree{}
	if len(b) == 0 {
		return nil
	}
	if len(b) < 8 || (len(b)-8)%tlog.HashSize != 0 {
		return fmt.Errorf("tree edge: %w: %d bytes", ErrCorrupt, len(b))
	}
	t.size = binary.BigEndian.Uint64(b)
	for b = b[8:]; len(b) > 0; b = b[tlog.HashSize:] {
		t.edge = append(t.edge, tlog.Hash(b[:tlog.HashSize]))
	}
	if bits.OnesCount64(t.size) != len(t.edge) {
		return fmt.Errorf("tree edge: %w: %d subtrees for %d leaves", ErrCorrupt, len(t.edge), t.size)
	}
	return nil
}
