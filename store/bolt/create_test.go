package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jamakan/jamakan/store"
)

// A start that was cut short left a part beside the database's place: the next
// one begins anew. A file that lost all its bytes is never begun anew.
func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jamakan.db")
	if err := os.WriteFile(path+".new", []byte("a part"), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := Open(Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the part is still there: %v", err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Path: path}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("an emptied file: %v, not %v", err, store.ErrCorrupt)
	}
}
