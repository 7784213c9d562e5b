package store

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/jamakan/jamakan/civic"
)

func sample() civic.Record {
	return civic.Record{
		Seq: 7, At: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Kind: civic.Cast, Consultation: "JAM-2026-1",
		Voter: civic.VoterID{1, 2, 3}, Place: "01019901", Group: civic.Group{Channel: civic.ChannelUSSD, Lang: "bm", Sex: civic.Female, Age: civic.From15To35},
		Marks: []civic.Mark{{Option: 3, Value: 1}}, Receipt: 41, Replaces: 2, First: 1, Nonce: [16]byte{9}, Event: [16]byte{8},
	}
}

// TestRecordIsForEver: these bytes are in databases.
func TestRecordIsForEver(t *testing.T) {
	r := sample()
	encoded := AppendRecord(nil, &r)
	const want = "010190a495d8060a4a414d2d323032362d310102030000000000000000000000000008303130313939303101010202626d01" +
		"03022902010900000000000000000000000000000008000000000000000000000000000000"
	if got := hex.EncodeToString(encoded); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	back, err := DecodeRecord(7, encoded)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Error(diff)
	}
	for n := range encoded {
		if _, err := DecodeRecord(7, encoded[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v, want ErrCorrupt", n, err)
		}
	}
}

func TestTreeIsTheStandardOne(t *testing.T) {
	var tree Tree
	var hashes []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			out[i] = hashes[n]
		}
		return out, nil
	})
	for n := range int64(1100) {
		want, err := tlog.TreeHash(n, read)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Head(); got.Root != want || got.Size != uint64(n) {
			t.Fatalf("size %d: root %x, want %x", n, got.Root, want)
		}
		leaf := Leaf(uint32(n), []byte{byte(n), byte(n >> 8)})
		more, err := tlog.StoredHashesForRecordHash(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
		tree.Append(leaf)
	}
}

func FuzzDecodeRecord(f *testing.F) {
	r := sample()
	f.Add(AppendRecord(nil, &r))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRecord(1, b)
		if err == nil {
			if again, err := DecodeRecord(1, AppendRecord(nil, &r)); err != nil || !cmp.Equal(again, r) {
				t.Fatalf("read back: %v", err)
			}
		}
	})
}
