package bolt

import (
	"bytes"
	"testing"
	"time"
)

// FuzzParseRow reads anything as a row: what is taken is written as it was.
func FuzzParseRow(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendRow(nil, []byte("\x01key"), time.Unix(1, 0), []byte("value")))
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = parseRow(b) })
}
