package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/durable"
)

// create makes a new database where there is none: at first beside its place, whole and
// synced, then under its name, then the folder is synced. A power cut leaves no
// database or an empty one, never a part of one; and no vote is answered that
// a cut could take away together with the file's name (fsync(2): syncing a
// file does not make its name durable).
func create(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() == 0 {
		return fmt.Errorf("%s: %w: the file is empty; restore the last backup, or remove it to begin anew", path, store.ErrCorrupt)
	}
	if err == nil { // its name, too, if the start that made it was killed
		return syncFolder(filepath.Dir(path))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the database can't be read: %w", err)
	}
	beside := path + ".new"
	if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("what is left of a start that was cut short: %w", err)
	}
	db, err := bbolt.Open(beside, 0o600, &bbolt.Options{Timeout: time.Second, NoFreelistSync: true})
	if err != nil {
		return fmt.Errorf("a new database can't be made: %w", err)
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return fmt.Errorf("a new database can't be put in its place: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder durable, but in a mutant that forgets to.
func syncFolder(path string) error {
	if forgetsName {
		return nil
	}
	return durable.SyncFolder(path)
}
