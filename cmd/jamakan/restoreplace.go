package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/backup"
	"github.com/jamakan/jamakan/store/bolt"
)

// restoreName begins the folder in which a restore is prepared.
const restoreName = "restoring-"

// restore prepares the database beside its place, with all that a restored one
// must know, and only then gives it its name.
func (r *restoring) restore(ctx context.Context) (err error) {
	path := filepath.Join(r.cfg.Data, databaseFile)
	made, err := madeFolder(r.cfg.Data)
	if err != nil {
		return fmt.Errorf("the data folder can't be made: %w; give another with --data", err)
	}
	_, before := os.Lstat(path + ".lock")
	lock, err := bolt.Hold(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil && before != nil {
			_ = os.Remove(path + ".lock")
		}
		err = errors.Join(err, lock.Close())
		if err != nil && made {
			_ = os.Remove(r.cfg.Data) // only if it is empty
		}
	}()
	if err := r.place(); err != nil { // now that nobody else can come
		return err
	}
	r.clear()
	folder, err := os.MkdirTemp(r.cfg.Data, restoreName)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	ready := filepath.Join(folder, databaseFile)
	x, err := r.extract(ctx, ready)
	if err != nil {
		return err
	}
	said, err := r.settle(ctx, ready, r.skip(ctx, path, x.Reserved))
	if err != nil {
		return err
	}
	aside, err := r.install(ready, path)
	if err != nil {
		return err
	}
	return r.tell(said, aside)
}

// madeFolder makes a folder and says whether it was missing.
func madeFolder(path string) (made bool, err error) {
	if _, err := os.Stat(path); err == nil {
		return false, nil
	}
	return true, os.MkdirAll(path, 0o700)
}

// restoreCut says whether a restore was killed before it put a database in
// place: whoever starts a gateway now would begin with none.
func restoreCut(cfg config.Config) error {
	left, _ := filepath.Glob(filepath.Join(cfg.Data, restoreName+"*")) // the pattern is well formed
	if _, err := os.Lstat(filepath.Join(cfg.Data, databaseFile)); err == nil || len(left) == 0 {
		return nil
	}
	return fmt.Errorf("a restore was ended before it was done, and there is no database: restore again, or remove %s to begin with an empty one", left[0])
}

// clear removes what an earlier restore left that was killed.
func (r *restoring) clear() {
	left, _ := filepath.Glob(filepath.Join(r.cfg.Data, restoreName+"*")) // the pattern is well formed
	for _, folder := range left {
		_ = os.RemoveAll(folder)
	}
}

// extract writes the database of the backup and verifies it.
func (r *restoring) extract(ctx context.Context, path string) (x bolt.Examined, err error) {
	m := r.b.Manifest()
	if err := roomFor(filepath.Dir(path), m.Bytes); err != nil {
		return x, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return x, err
	}
	err = r.b.Extract(ctx, f, r.identities)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return x, err
	}
	if x, err = r.examine(ctx, path); err != nil {
		return x, err
	}
	root := hex.EncodeToString(x.Report.Head.Root[:])
	if x.Fingerprint != m.Key || x.Ballots != m.Ballots || x.Report.Head.Size != m.Records || root != m.Root {
		return x, fmt.Errorf("%w: its database has %d ballots and root %.16s of key %s, its manifest says %d, %.16s and %s", backup.ErrDamaged, x.Ballots, root, x.Fingerprint, m.Ballots, m.Root, m.Key)
	}
	return x, nil
}

// settle opens the restored database before anybody serves it: messages that
// waited, messages to many, and the numbers of receipts.
func (r *restoring) settle(ctx context.Context, path string, skip uint32) (said store.Restoration, err error) {
	e, err := bolt.Open(bolt.Options{Path: path, Now: r.now})
	if err != nil {
		return said, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	book, err := store.NewBook(e, r.keys, store.BookOptions{Now: r.now})
	if err != nil {
		return said, err
	}
	m := r.b.Manifest()
	said = store.Restoration{Made: m.Created, Ballots: m.Ballots, Skipped: skip}
	if err := e.SkipReceipts(said.Skipped); err != nil {
		return said, err
	}
	return book.AfterRestore(ctx, store.ByCommand, said)
}

// How many receipt numbers are left out: more than could have been told since
// the backup. There are 64 million.
const (
	skipAlways = 1_000_000
	skipSecond = 30
	skipMost   = 8_000_000
)

// skip is the gap behind the numbers below reserved. It grows with time, so
// that the same backup restored again later does not give what was given in
// between; data that is being replaced, where it can still be read, tells
// exactly what was given.
func (r *restoring) skip(ctx context.Context, old string, reserved uint32) uint32 {
	since := max(0, r.now().Sub(r.b.Manifest().Created))
	gap := uint32(min(skipMost, skipAlways+skipSecond*int64(since/time.Second)))
	if r.v.SkipReceipts > 0 {
		gap = r.v.SkipReceipts
	}
	if x, err := r.examine(ctx, old); err == nil && x.Fingerprint == r.keys.Fingerprint() && x.Reserved > reserved {
		gap = max(gap, x.Reserved-reserved+skipAlways)
	}
	return gap
}

// install gives the database its name. One that is there keeps its bytes under
// a dated name, and there is no moment without one.
func (r *restoring) install(ready, path string) (aside string, err error) {
	if _, err := os.Lstat(path); err == nil {
		aside = path + ".replaced-" + r.now().UTC().Format("2006-01-02T15-04-05Z")
		if _, err := os.Lstat(aside); err == nil {
			return "", fmt.Errorf("%s is there already", aside)
		}
		if err := os.Link(path, aside); err != nil {
			if err := os.Rename(path, aside); err != nil { // a disk without links
				return "", err
			}
		}
	}
	if err := os.Rename(ready, path); err != nil {
		return aside, err
	}
	return aside, backup.SyncFolder(r.cfg.Data)
}
