package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	bbolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// Verify verifies a database that was not stopped cleanly, without opening it
// for use: its pages, the log and its tree, and that every voter counts once.
// One that was stopped cleanly is only opened. ErrCorrupt says what is wrong.
//
// A damaged page may end the process that reads it (a fault in a mapped file
// can't be recovered from in bbolt's own goroutines): it is meant for a
// process of its own, which Options.Verify starts. Whoever calls it sees to it
// that nobody writes: the lock beside the database is not taken.
func Verify(path string, progress func(done, total uint64)) (err error) {
	defer faultsPanic()()
	defer damaged(&err)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := notCut(path); err != nil {
		return err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true})
	if err != nil {
		return unreadable(path, err)
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta())
		if meta == nil || len(meta.Get([]byte("clean"))) == 1 || newer(meta) {
			return nil // new, stopped cleanly, or for Open to refuse
		}
		_, err := verified(path, tx, progress)
		return err
	})
}

func newer(meta *bbolt.Bucket) bool {
	version := meta.Get([]byte("schema"))
	return len(version) > 0 && version[0] > schema
}

// verified reads the whole file, and returns what memory is made of.
func verified(path string, tx *bbolt.Tx, progress func(done, total uint64)) (*memory, error) {
	for err := range tx.Check() {
		return nil, fmt.Errorf("%s: %w: %w; restore the last backup", path, store.ErrCorrupt, err)
	}
	m, err := load(tx, true, progress)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; restore the last backup", path, err)
	}
	return m, nil
}

// once says whether a record is the next of its voter: it replaces the one
// that counted, or is the first.
func (m *memory) once(log *bbolt.Bucket, r *civic.Record) error {
	if counts := uint64(m.findVoter(log, r.Consultation, r.Voter)); counts != r.Replaces {
		return fmt.Errorf("record %d: %w: it replaces record %d, and record %d of its voter counts", r.Seq, store.ErrCorrupt, r.Replaces, counts)
	}
	return nil
}

// unreadable is the error of a file that bbolt does not open.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%s: %w: stop the other program, or use another data folder", path, store.ErrLocked)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%s: %w: %w", path, store.ErrCorrupt, err)
	}
	return fmt.Errorf("the database can't be opened: %w", err)
}
