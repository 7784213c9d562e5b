package disk

import (
	"encoding/binary"
	"math/bits"
	"os"
)

// Sector is what a disk writes whole or not at all.
const Sector = 512

// image is a file's bytes, with a sum over its sectors that follows each
// change: two states are the same when size and sum are.
type image struct {
	bytes []byte
	sum   uint64
}

// undo is what a change overwrote.
type undo struct {
	at   int64
	was  []byte
	size int
}

// apply makes a change, and notes how to take it back.
func (m *image) apply(c change, notes *[]undo) {
	if c.data == nil {
		m.resize(int(c.at), notes)
		return
	}
	if end := int(c.at) + len(c.data); end > len(m.bytes) {
		m.resize(end, notes)
	}
	if notes != nil {
		*notes = append(*notes, undo{c.at, append([]byte(nil), m.bytes[c.at:int(c.at)+len(c.data)]...), len(m.bytes)})
	}
	m.put(c.at, c.data)
}

// put overwrites bytes and keeps the sum.
func (m *image) put(at int64, data []byte) {
	from, to := int(at)/Sector*Sector, min((int(at)+len(data)+Sector-1)/Sector*Sector, len(m.bytes))
	m.sum ^= sum(m.bytes[from:to], from)
	copy(m.bytes[at:], data)
	m.sum ^= sum(m.bytes[from:to], from)
}

func (m *image) resize(size int, notes *[]undo) {
	if notes != nil {
		var was []byte
		if size < len(m.bytes) {
			was = append(was, m.bytes[size:]...)
		}
		*notes = append(*notes, undo{int64(size), was, len(m.bytes)})
	}
	if size < len(m.bytes) {
		m.put(int64(size), make([]byte, len(m.bytes)-size)) // zeros do not count in the sum
		m.bytes = m.bytes[:size]
		return
	}
	m.bytes = append(m.bytes, make([]byte, size-len(m.bytes))...)
}

// back takes changes back, the last first.
func (m *image) back(notes []undo) {
	for i := len(notes) - 1; i >= 0; i-- {
		n := notes[i]
		m.resize(n.size, nil)
		if len(n.was) > 0 {
			m.put(n.at, n.was)
		}
	}
}

// sum is a sum over sectors and their places; those of zeros do not count.
func sum(b []byte, at int) (all uint64) {
	for ; len(b) > 0; at += Sector {
		n := min(Sector, len(b))
		h, zero := mix(b[:n])
		if !zero {
			all ^= spread(h ^ spread(uint64(at)+1))
		}
		b = b[n:]
	}
	return all
}

// mix is a sum of one sector; a shorter one counts as filled up with zeros.
func mix(b []byte) (h uint64, zero bool) {
	if len(b) < Sector {
		var whole [Sector]byte
		copy(whole[:], b)
		b = whole[:]
	}
	var any uint64
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		any |= w
		h = bits.RotateLeft64(h^w*0x9E3779B185EBCA87, 31) * 0xC2B2AE3D27D4EB4F
	}
	return h, any == 0
}

func spread(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xFF51AFD7ED558CCD
	h ^= h >> 33
	h *= 0xC4CEB9FE1A85EC53
	return h ^ h>>33
}

// write makes the image a file, with a hole for the zeros at its end.
func (m *image) write(path string) error {
	end := len(m.bytes)
	for end > 0 && m.bytes[end-1] == 0 {
		end--
	}
	if err := os.WriteFile(path, m.bytes[:end], 0o600); err != nil {
		return err
	}
	return os.Truncate(path, int64(len(m.bytes)))
}
