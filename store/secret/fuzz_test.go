package secret

import (
	"strings"
	"testing"
)

// FuzzFromText reads anything as a master key, as typed from paper: what is
// taken is the key that it is printed as.
func FuzzFromText(f *testing.F) {
	f.Add(strings.Repeat("5a", Size))
	f.Add(" 5A5a-5a5a\n" + strings.Repeat("00", Size-4))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := FromText(text)
		if err != nil {
			return
		}
		again, err := FromText(k.Text())
		if err != nil || again.Fingerprint() != k.Fingerprint() {
			t.Errorf("%q is not the key it says: %v", text, err)
		}
	})
}
