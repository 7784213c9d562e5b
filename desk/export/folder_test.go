package export

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
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

// A writer that was killed leaves its part; the next one takes it away, and
// not that of somebody who is writing.
func TestLeftoversGo(t *testing.T) {
	folder := t.TempDir()
	old, young := filepath.Join(folder, partName+"1"), filepath.Join(folder, partName+"2")
	for path, age := range map[string]time.Duration{old: 2 * leftover, young: 0} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := WriteFile(folder, File{Name: "a.csv", Write: func(io.Writer) error { return nil }}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old part: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the young part: %v", err)
	}
}
