package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jamakan/jamakan/civic"
)

// The log's format is for ever: a record written today is read, and its leaf
// recomputed, by every later version. recordVersion is its first byte.
const recordVersion = 1

// AppendRecord writes a record behind dst: about 100 bytes for one choice.
// Seq is not written: it is the record's key.
func AppendRecord(dst []byte, r *civic.Record) []byte {
	dst = append(dst, recordVersion, byte(r.Kind))
	dst = binary.AppendUvarint(dst, uint64(r.At.Unix()))
	dst = appendText(dst, r.Consultation)
	dst = append(dst, r.Voter[:]...)
	dst = appendText(dst, string(r.Place))
	dst = append(dst, byte(r.Group.Channel), byte(r.Group.Sex), byte(r.Group.Age))
	dst = appendText(dst, r.Group.Lang)
	dst = binary.AppendUvarint(dst, uint64(len(r.Marks)))
	for _, m := range r.Marks {
		dst = binary.AppendUvarint(dst, uint64(m.Option))
		dst = binary.AppendVarint(dst, int64(m.Value))
	}
	dst = binary.AppendUvarint(dst, uint64(r.Receipt))
	dst = binary.AppendUvarint(dst, r.Replaces)
	dst = binary.AppendUvarint(dst, r.First)
	dst = append(dst, r.Nonce[:]...)
	return append(dst, r.Event[:]...)
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// reader takes fields off a record; the first that is missing sets failed.
type reader struct {
	b      []byte
	failed bool
}

func (r *reader) take(n uint64) []byte {
	if uint64(len(r.b)) < n {
		r.failed, r.b = true, nil
		return nil
	}
	field := r.b[:n]
	r.b = r.b[n:]
	return field
}

func (r *reader) byte() byte {
	if f := r.take(1); f != nil {
		return f[0]
	}
	return 0
}

func (r *reader) number() uint64 {
	n, used := binary.Uvarint(r.b)
	if used <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[used:]
	return n
}

func (r *reader) signed() int64 {
	n, used := binary.Varint(r.b)
	if used <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[used:]
	return n
}

func (r *reader) text() string { return string(r.take(r.number())) }

func (r *reader) fixed() (out [16]byte) { copy(out[:], r.take(16)); return out }

// maxMarks is the most options a ballot may mark, in the log.
const maxMarks = 256

// DecodeRecord reads what AppendRecord wrote under a place in the log. Its
// only error is ErrCorrupt, wrapped.
func DecodeRecord(seq uint64, b []byte) (civic.Record, error) {
	r := reader{b: b}
	version, kind := r.byte(), r.byte()
	if version != recordVersion || kind != byte(civic.Cast) && kind != byte(civic.Declare) {
		return civic.Record{}, fmt.Errorf("record %d: %w: version %d, kind %d", seq, ErrCorrupt, version, kind)
	}
	out := civic.Record{Seq: seq, Kind: civic.Kind(kind)}
	out.At = time.Unix(int64(r.number()), 0).UTC()
	out.Consultation = r.text()
	out.Voter = r.fixed()
	out.Place = civic.Code(r.text())
	out.Group.Channel, out.Group.Sex, out.Group.Age = civic.Channel(r.byte()), civic.Sex(r.byte()), civic.Age(r.byte())
	out.Group.Lang = r.text()
	marks := r.number()
	if marks > maxMarks {
		return civic.Record{}, fmt.Errorf("record %d: %w: %d marks", seq, ErrCorrupt, marks)
	}
	out.Marks = make([]civic.Mark, marks)
	for i := range out.Marks {
		out.Marks[i] = civic.Mark{Option: uint16(r.number()), Value: int16(r.signed())}
	}
	out.Receipt, out.Replaces, out.First = uint32(r.number()), r.number(), r.number()
	out.Nonce, out.Event = r.fixed(), r.fixed()
	if r.failed || len(r.b) != 0 {
		return civic.Record{}, fmt.Errorf("record %d: %w: cut or too long", seq, ErrCorrupt)
	}
	return out, nil
}

// Leaf is a record's leaf: it names the receipt's number and commits to the
// whole record, whose secret nonce keeps the choice from being guessed.
func Leaf(receipt uint32, encoded []byte) tlog.Hash {
	var leaf [4 + sha256.Size]byte
	binary.BigEndian.PutUint32(leaf[:4], receipt)
	sum := sha256.Sum256(encoded)
	copy(leaf[4:], sum[:])
	return tlog.RecordHash(leaf[:])
}

// AppendEntry writes a record of the log as derived keys give it: its place in
// the log (8 bytes), then the record.
func AppendEntry(dst []byte, seq uint64, encoded []byte) []byte {
	return append(binary.BigEndian.AppendUint64(dst, seq), encoded...)
}

// DecodeEntry reads what a derived key gave; its only error is ErrCorrupt,
// wrapped.
func DecodeEntry(b []byte) (civic.Record, error) {
	if len(b) < 8 {
		return civic.Record{}, fmt.Errorf("entry: %w: %d bytes", ErrCorrupt, len(b))
	}
	return DecodeRecord(binary.BigEndian.Uint64(b), b[8:])
}
