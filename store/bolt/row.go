package bolt

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/store"
)

// A row is one scattered record under its arrival: the kind and the keyed hash
// in 17 bytes (any other key as it is, behind a zero), the second it was
// written, its value.

func kindByte(kind string) byte {
	switch kind {
	case store.KindCitizen:
		return 1
	case store.KindContact:
		return 2
	case store.KindSession:
		return 3
	case store.KindDone:
		return 4
	case store.KindTalk:
		return 5
	case store.KindHandle:
		return 6
	case store.KindParked:
		return 7
	}
	return 0
}

func kindOf(b byte) string {
	return [...]string{
		"", store.KindCitizen, store.KindContact, store.KindSession, store.KindDone, store.KindTalk, store.KindHandle, store.KindParked,
	}[b]
}

// lastKind is the highest that kindByte returns.
const lastKind = 7

// rowKey packs a scattered key: what the index hashes and rows begin with.
func rowKey(dst []byte, key store.Key) []byte {
	kind, rest, _ := strings.Cut(string(key), "/")
	if k := kindByte(kind); k != 0 && len(rest) == 32 {
		dst = append(dst, k)
		if packed, err := hex.AppendDecode(dst, []byte(rest)); err == nil && strings.ToLower(rest) == rest {
			return packed
		}
		dst = dst[:len(dst)-1]
	}
	dst = append(dst, 0)
	dst = binary.AppendUvarint(dst, uint64(len(key)))
	return append(dst, key...)
}

type row struct {
	packed []byte // of its key
	kind   string
	at     int64 // unix second
	value  []byte
}

func appendRow(dst, packed []byte, at time.Time, value []byte) []byte {
	dst = append(dst, packed...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(at.Unix()))
	return append(dst, value...)
}

func parseRow(b []byte) (row, error) {
	if len(b) == 0 || b[0] > lastKind {
		return row{}, badRow(b)
	}
	n := 17
	kind := ""
	if b[0] == 0 {
		size, used := binary.Uvarint(b[1:])
		if used <= 0 || size > uint64(len(b)) {
			return row{}, badRow(b)
		}
		n = 1 + used + int(size)
		if n > len(b) {
			return row{}, badRow(b)
		}
		kind = store.Key(b[1+used : n]).Kind()
	} else {
		kind = kindOf(b[0])
	}
	if len(b) < n+4 {
		return row{}, badRow(b)
	}
	return row{packed: b[:n], kind: kind, at: int64(binary.BigEndian.Uint32(b[n:])), value: b[n+4:]}, nil
}

func badRow(b []byte) error { return fmt.Errorf("row: %w: %d bytes", store.ErrCorrupt, len(b)) }

// voterIndexKey is what the voter index hashes.
func voterIndexKey(dst []byte, consultation string, voter [16]byte) []byte {
	dst = append(dst, consultation...)
	return append(dst, voter[:]...)
}
