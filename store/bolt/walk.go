package bolt

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/jamakan/jamakan/store"
)

// Walk goes through the rows of one kind; see store.Snapshot. It reads the
// transaction only: what was written meanwhile is not in it, and can't be
// missed.
func (s *snapshot) Walk(kind string, after uint64, fn func(place uint64, key store.Key, value []byte) bool) (uint64, error) {
	if !store.Scattered(kind) {
		return 0, fmt.Errorf("%w: %s", store.ErrScan, kind)
	}
	mine := kindByte(kind)
	c := s.tx.Bucket(bucketRow()).Cursor()
	looked := 0
	for k, v := c.Seek(u64(after + 1)); k != nil; k, v = c.Next() {
		place := arrivalOf(k)
		more := true
		if len(v) > 0 && (v[0] == mine || v[0] == 0) { // another kind's row is not even parsed
			r, err := parseRow(v)
			if err != nil {
				return 0, err
			}
			if r.kind == kind {
				more = fn(place, unpackKey(r), bytes.Clone(r.value))
			}
		}
		if looked++; !more || looked == store.WalkMost {
			return place, nil
		}
	}
	return 0, nil
}

// unpackKey is the key that a row was packed from.
func unpackKey(r row) store.Key {
	if r.packed[0] == 0 {
		at := bytes.Index(r.packed, []byte(r.kind+"/"))
		return store.Key(r.packed[at:])
	}
	key := append(make([]byte, 0, 48), r.kind...)
	return store.Key(hex.AppendEncode(append(key, '/'), r.packed[1:]))
}
