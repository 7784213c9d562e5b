package backup

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/jamakan/jamakan/store/secret"
)

// FuzzRead opens anything as a backup: what does not end in an error was made
// whole, and with the key.
func FuzzRead(f *testing.F) {
	keys, err := secret.New()
	if err != nil {
		f.Fatal(err)
	}
	head, err := (&Manifest{Program: "x", Bytes: 3}).header(keys)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(head)
	f.Add(append(append([]byte{}, head...), "abc\nsha256 0000000000000000000000000000000000000000000000000000000000000000\n"...))
	f.Add([]byte("jamakan backup 2\n{}\n\n"))
	f.Add([]byte("jamakan backup 1\n{\"bytes\":-1,\"encrypted\":true}\n00\nage-encryption.org/v1\n"))
	path := filepath.Join(f.TempDir(), "b")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := Open(path)
		if err != nil {
			return
		}
		defer b.Close()
		_, _ = b.Ends()
		whole, genuine := b.Whole(context.Background()), b.Genuine(keys)
		out, err := os.Create(path + ".out")
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if err := b.Extract(context.Background(), io.Writer(out), nil); err == nil && whole == nil && genuine == nil && b.Manifest().Bytes < 0 {
			t.Error("a negative length is a backup")
		}
	})
}
