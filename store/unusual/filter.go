package unusual

import (
	"encoding/binary"
	"hash/maphash"
	"strconv"
	"strings"
)

// filterBits is the size of a filter: at 500 ballots a second, far above a
// national appeal, one question in 100 is answered yes by chance.
const filterBits = 1 << 23

// filter remembers numbers without holding any: two bits each, placed by a
// secret of this process (a Bloom filter).
type filter struct {
	seed maphash.Seed
	bits []uint64
	any  bool
}

func newFilter() *filter { return &filter{seed: maphash.MakeSeed()} }

// places are the two bits of a number.
func (f *filter) places(n int64) (a, b uint64) {
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], uint64(n))
	sum := maphash.Bytes(f.seed, raw[:])
	return sum % filterBits, (sum >> 32) % filterBits
}

func (f *filter) add(n int64) {
	if f.bits == nil {
		f.bits = make([]uint64, filterBits/64) // a megabyte, once somebody votes
	}
	a, b := f.places(n)
	f.bits[a/64] |= 1 << (a % 64)
	f.bits[b/64] |= 1 << (b % 64)
	f.any = true
}

func (f *filter) has(n int64) bool {
	if !f.any {
		return false
	}
	a, b := f.places(n)
	return f.bits[a/64]&(1<<(a%64)) != 0 && f.bits[b/64]&(1<<(b%64)) != 0
}

// clear forgets all, the secret too.
func (f *filter) clear() {
	if f.any {
		clear(f.bits)
	}
	f.seed, f.any = maphash.MakeSeed(), false
}

// reach is how far a neighbour may be.
const reach = 3

// near says whether a neighbour of a number voted in this slot or the last,
// and remembers the number.
func (w *Watch) near(n int64) bool {
	found := false
	for d := int64(1); d <= reach && !found; d++ {
		found = w.seen[0].has(n-d) || w.seen[0].has(n+d) || w.seen[1].has(n-d) || w.seen[1].has(n+d)
	}
	w.seen[0].add(n)
	return found
}

// line is a number's place in the order of numbers.
func line(e164 string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(e164, "+"), 10, 64)
	return n, err == nil
}
