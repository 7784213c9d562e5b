package bolt

import "hash/maphash"

// index finds positions by key: open addressing over 64-bit slots, the high
// half a hash of the key, the low half a position from 1. It holds no keys
// and no pointers, 11 to 22 bytes an entry. Two keys may share a hash: whoever
// asks verifies a position against the record there.
type index struct {
	seed  maphash.Seed
	slots []uint64
	used  int // slots that are not empty, tombstones included
	live  int
}

// tombstone is a slot whose entry was taken out: a hash without a position.
const tombstone = uint64(0xffffffff) << 32

func newIndex(expect int) *index {
	size := 1 << 12
	for size*3 < expect*4 {
		size *= 2
	}
	return &index{seed: maphash.MakeSeed(), slots: make([]uint64, size)}
}

func (x *index) hash(key []byte) uint64 { return maphash.Bytes(x.seed, key) >> 32 }

func (x *index) mask() uint64 { return uint64(len(x.slots) - 1) }

// find returns the position for which is says that it is the key's, or 0.
func (x *index) find(key []byte, is func(position uint32) bool) uint32 {
	h := x.hash(key)
	for i := h & x.mask(); x.slots[i] != 0; i = (i + 1) & x.mask() {
		if s := x.slots[i]; s>>32 == h && uint32(s) != 0 && is(uint32(s)) {
			return uint32(s)
		}
	}
	return 0
}

// set points a key at a position, in place of old (0 for a new key).
func (x *index) set(key []byte, old, position uint32) {
	h := x.hash(key)
	if old != 0 {
		for i := h & x.mask(); x.slots[i] != 0; i = (i + 1) & x.mask() {
			if x.slots[i] == h<<32|uint64(old) {
				x.slots[i] = h<<32 | uint64(position)
				return
			}
		}
	}
	if (x.used+1)*4 > len(x.slots)*3 {
		x.grow()
	}
	x.put(h, position)
	x.live++
}

func (x *index) put(h uint64, position uint32) {
	i := h & x.mask()
	for x.slots[i] != 0 {
		i = (i + 1) & x.mask()
	}
	x.slots[i] = h<<32 | uint64(position)
	x.used++
}

// remove takes a key's position out.
func (x *index) remove(key []byte, position uint32) {
	h := x.hash(key)
	for i := h & x.mask(); x.slots[i] != 0; i = (i + 1) & x.mask() {
		if x.slots[i] == h<<32|uint64(position) {
			x.slots[i] = tombstone
			x.live--
			return
		}
	}
}

// grow makes room, dropping tombstones. The slots hold all it needs: no key
// is read again.
func (x *index) grow() {
	old := x.slots
	size := len(old)
	if x.live*2 > size {
		size *= 2
	}
	x.slots, x.used = make([]uint64, size), 0
	for _, s := range old {
		if uint32(s) != 0 {
			x.put(s>>32, uint32(s))
		}
	}
}
