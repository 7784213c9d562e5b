package store

import "testing"

// FuzzStored reads anything as what the database keeps: a damaged file ends in
// an error.
func FuzzStored(f *testing.F) {
	f.Add([]byte(`{"l":"fr","c":"01019901","m":1}`))
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Add(make([]byte, 40))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _, _ = readProfile(b)
		_, _ = decodeOutcome(b)
		_, _ = DecodeEntry(b)
		_, _ = ParseHead(b)
		var tree Tree
		if tree.UnmarshalBinary(b) == nil {
			_ = tree.Head()
		}
	})
}
