package config

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzLoad reads anything as a configuration: it is refused, or it is one that
// its own rules allow.
func FuzzLoad(f *testing.F) {
	if whole, err := os.ReadFile("../../../config.yaml"); err == nil {
		f.Add(whole)
	}
	for _, s := range []string{"", "listen: :8080\ndemo: false\n", "ussd: {x: {tokens: [sha256:00], networks: [10.0.0.0/99]}}\n", "store: {max_size: 99999999999GB}\n", "a: &a [*a]\n", "sms:\n  y: {generic: {send: 'http://%zz'}}\n"} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path, true, func(string) string { return "" })
		if err != nil || c.Check() != nil {
			return
		}
		if _, err := Networks("proxies", c.Proxies); err != nil {
			t.Errorf("allowed, and then: %v", err)
		}
		for _, s := range []string{c.Store.MaxSize, c.Store.Reserve, c.Store.Mmap} {
			if n, err := Size(s); err != nil || n < 0 {
				t.Errorf("a size of %q: %d %v", s, n, err)
			}
		}
	})
}
