package bolt

import "hash/maphash"

// index finds positions by key: open addressing over 64-bit slots, the high
// half a hash of the key, the low half a position from 1. It holds no keys
// and no pointers, 11 to 22 bytes an entry. Two keys may share a hash: whoever
// asks verifies a position against the record there.
//
// It grows a little at a time: while it does, entries are in one of two
// tables, and each new one moves some of the old. No vote waits for millions
// of others to be moved.
type index struct {
	seed  maphash.Seed
	slots []uint64
	old   []uint64 // being emptied into slots; nil when not growing
	moved int      // slots of old that are empty now
	used  int      // slots that are not empty, tombstones included
	live  int
}

// tombstone is a slot whose entry was taken out: a hash without a position.
const tombstone = uint64(0xffffffff) << 32

// moveSome is how many old slots one new entry moves: enough to be done long
// before the new table is full.
const moveSome = 512

func newIndex(expect int) *index {
	size := 1 << 12
	for size*3 < expect*4 {
		size *= 2
	}
	return &index{seed: maphash.MakeSeed(), slots: make([]uint64, size)}
}

func (x *index) hash(key []byte) uint64 { return maphash.Bytes(x.seed, key) >> 32 }

// find returns the position for which is says that it is the key's, or 0.
func (x *index) find(key []byte, is func(position uint32) bool) uint32 {
	h := x.hash(key)
	if p := search(x.slots, h, is); p != 0 || x.old == nil {
		return p
	}
	return search(x.old, h, is)
}

func search(slots []uint64, h uint64, is func(position uint32) bool) uint32 {
	mask := uint64(len(slots) - 1)
	for i := h & mask; slots[i] != 0; i = (i + 1) & mask {
		if s := slots[i]; s>>32 == h && uint32(s) != 0 && is(uint32(s)) {
			return uint32(s)
		}
	}
	return 0
}

// replace puts another slot in place of one; false when it is not there.
func replace(slots []uint64, slot, by uint64) bool {
	if slots == nil {
		return false
	}
	mask := uint64(len(slots) - 1)
	for i := (slot >> 32) & mask; slots[i] != 0; i = (i + 1) & mask {
		if slots[i] == slot {
			slots[i] = by
			return true
		}
	}
	return false
}

// set points a key at a position, in place of old (0 for a new key).
func (x *index) set(key []byte, old, position uint32) {
	h := x.hash(key)
	slot := h<<32 | uint64(position)
	if was := h<<32 | uint64(old); old != 0 && (replace(x.slots, was, slot) || replace(x.old, was, slot)) {
		return
	}
	x.move(moveSome)
	if (x.used+1)*4 > len(x.slots)*3 {
		x.move(len(x.old))
		x.grow()
	}
	x.put(slot)
	x.live++
}

func (x *index) put(slot uint64) {
	mask := uint64(len(x.slots) - 1)
	i := (slot >> 32) & mask
	for x.slots[i] != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = slot
	x.used++
}

// remove takes a key's position out.
func (x *index) remove(key []byte, position uint32) {
	slot := x.hash(key)<<32 | uint64(position)
	if replace(x.slots, slot, tombstone) || replace(x.old, slot, tombstone) {
		x.live--
	}
}

// grow begins a table with room, without the tombstones of this one.
func (x *index) grow() {
	size := len(x.slots)
	if x.live*2 > size {
		size *= 2
	}
	x.old, x.moved = x.slots, 0
	x.slots, x.used = make([]uint64, size), 0
}

// move moves the entries of some old slots. What was moved leaves a tombstone,
// so that the way to those behind it stays open.
func (x *index) move(some int) {
	for ; some > 0 && x.moved < len(x.old); some-- {
		if s := x.old[x.moved]; uint32(s) != 0 {
			x.put(s)
			x.old[x.moved] = tombstone
		}
		x.moved++
	}
	if x.moved >= len(x.old) {
		x.old, x.moved = nil, 0
	}
}
