package ussd

import "testing"

// FuzzPosition reads anything as a call's kept position.
func FuzzPosition(f *testing.F) {
	f.Add(make([]byte, 40))
	f.Add(append([]byte{1}, make([]byte, 60)...))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = decodePosition(b) })
}
