package bolt

import (
	"encoding/hex"
	"strings"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/store"
)

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
	return uint64(m.receipts.at(number))
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
