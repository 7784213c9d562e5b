package export

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestWriteFileIsWholeOrNot: at no moment of writing is anything half-written
// under a file's name, whenever the process is killed: what was there before
// stays until the new one is whole.
func TestWriteFileIsWholeOrNot(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a", "b.csv")
	there := func() string {
		raw, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return "nothing"
		}
		return string(raw)
	}
	before := "nothing"
	for _, after := range []string{"first", "second"} {
		f := File{Name: "a/b.csv", Write: func(w io.Writer) error {
			for _, c := range after {
				if got := there(); got != before {
					t.Errorf("in the middle: %q, want %q", got, before)
				}
				if _, err := io.WriteString(w, string(c)); err != nil {
					return err
				}
			}
			return nil
		}}
		if _, err := WriteFile(folder, f); err != nil {
			t.Fatal(err)
		}
		if got := there(); got != after {
			t.Errorf("then: %q, want %q", got, after)
		}
		before = after
	}
	fails := File{Name: "a/b.csv", Write: func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return ErrLeaves
	}}
	if _, err := WriteFile(folder, fails); err == nil {
		t.Error("a file that can't be made was written")
	}
	left, err := os.ReadDir(filepath.Join(folder, "a"))
	if err != nil || len(left) != 1 || there() != "second" {
		t.Errorf("left %v, %q, %v", left, there(), err)
	}
}
