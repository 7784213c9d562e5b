package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/backup"
)

// A backup is made in two steps: a copy of the database beside the data, in
// one read transaction that lasts as long as the disk needs, which is then
// verified; and the file made from that copy, for which a slow reader may take
// all day.

const (
	copyPrefix = "jamakan-copy-"
	// copyReserve is the room that must be left beside a copy: votes need it.
	copyReserve = 32 << 20
)

// errRoom: a disk has no room for a whole database.
var errRoom = errors.New("no room for a whole copy of the database")

// verifiedCopy copies the database and verifies the copy, which has no name
// any more when it returns: it is gone when it is closed, whatever happens.
func (h *house) verifiedCopy(ctx context.Context) (f *os.File, m backup.Manifest, err error) {
	// A full store, above all, must be backed up.
	if err := h.book.FlushTraffic(ctx); err != nil && !errors.Is(err, store.ErrRefused) {
		return nil, m, err
	}
	folder := h.cfg.Backup.Scratch
	if folder == "" {
		folder = h.cfg.Data
	}
	if err := roomFor(folder, h.book.Health().Bytes); err != nil {
		return nil, m, err
	}
	if f, err = os.CreateTemp(folder, copyName(h.cfg.Data)); err != nil {
		return nil, m, fmt.Errorf("the copy that a backup is made from: %w; see backup.scratch", err)
	}
	defer func() {
		_ = os.Remove(f.Name())
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	m.Program, m.Created = version(), h.now().UTC().Truncate(time.Second)
	if err := h.fill(ctx, f, &m); err != nil {
		return f, m, fmt.Errorf("the copy that a backup is made from: %w", err)
	}
	x, err := h.examine(ctx, f.Name())
	if err != nil {
		return f, m, fmt.Errorf("the copy was verified and is not good: %w", err)
	}
	if mine := h.keys.Fingerprint(); x.Fingerprint != mine {
		return f, m, fmt.Errorf("the copy was verified and is not good: it names key %q, this is %s", x.Fingerprint, mine)
	}
	m.Ballots, m.Records, m.Root = x.Ballots, x.Report.Head.Size, hex.EncodeToString(x.Report.Head.Root[:])
	_, err = f.Seek(0, io.SeekStart)
	return f, m, err
}

// fill writes the database into a file.
func (h *house) fill(ctx context.Context, f *os.File, m *backup.Manifest) (err error) {
	sum := sha256.New()
	if m.Bytes, err = h.engine.Backup(ctx, io.MultiWriter(backup.NewGentle(ctx, f), sum)); err != nil {
		return err
	}
	m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil // no sync: the copy need not outlive this process
}

// roomFor says whether a folder has room for so many bytes more.
func roomFor(folder string, bytes int64) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	if free := int64(fs.Bavail) * int64(fs.Bsize); free < bytes+copyReserve {
		return fmt.Errorf("%w: %s has %d MB free, it needs %d; make room, or name another folder in backup.scratch", errRoom, folder, free>>20, (bytes+copyReserve)>>20+1)
	}
	return nil
}

// copyName begins the names of copies of one data folder's database.
func copyName(data string) string { return copyPrefix + shortHash(data) + "-" }

// dropCopies removes copies that a crash left behind. Whoever calls it holds
// the database.
func dropCopies(cfg config.Config) {
	for _, folder := range []string{cfg.Data, cfg.Backup.Scratch} {
		left, _ := filepath.Glob(filepath.Join(folder, copyName(cfg.Data)+"*")) // well formed
		for _, path := range left {
			_ = os.Remove(path)
		}
	}
}

// writeBackup makes a copy and writes the backup of it. Nothing is written
// before the copy is good.
func (h *house) writeBackup(ctx context.Context, w io.Writer, to []string) (backup.Manifest, error) {
	recipients, err := backup.Recipients(to)
	if err != nil {
		return backup.Manifest{}, fmt.Errorf("%w: %w", errUse, err)
	}
	h.copying.Lock()
	f, m, err := h.verifiedCopy(ctx)
	h.copying.Unlock()
	if err != nil {
		return m, err
	}
	defer f.Close()
	m.To = to
	return m, backup.Write(w, m, h.keys, f, recipients)
}
