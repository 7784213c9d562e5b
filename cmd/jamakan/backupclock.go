package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/store/backup"
	"github.com/jamakan/jamakan/store/secret"
)

const (
	// backupLook is how often it is asked whether a backup is due.
	backupLook = 30 * time.Second
	// backupAgain is how long a backup that failed waits at most.
	backupAgain = 10 * time.Minute
	// maxWhy is how many bytes of an error are shown.
	maxWhy = 300
)

// backupClock makes backups when they are due, and lets old ones go.
type backupClock struct {
	cfg   config.Backup
	keys  *secret.Keys
	now   func() time.Time
	log   *slog.Logger
	write func(ctx context.Context, w io.Writer, to []string) (backup.Manifest, error)

	begun bool // the folder was read
	next  time.Time

	mu    sync.Mutex // over what is shown
	last  time.Time  // of the newest good one
	since time.Time  // failing since, zero: not
	why   error
}

func newBackupClock(h *house, log *slog.Logger) *backupClock {
	return &backupClock{cfg: h.cfg.Backup, keys: h.keys, now: h.now, log: log, write: h.writeBackup}
}

// run makes backups until the context ends.
func (b *backupClock) run(ctx context.Context) error {
	if b.cfg.Folder == "" {
		return nil
	}
	tick := time.NewTicker(backupLook)
	defer tick.Stop()
	for {
		b.tick(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// tick makes a backup if one is due.
func (b *backupClock) tick(ctx context.Context) {
	if !b.begun {
		b.begin()
	}
	now := b.now()
	if now.Before(b.next) {
		return
	}
	path, err := b.make(ctx, now)
	if ctx.Err() != nil {
		return
	}
	b.settle(now, err)
	if err != nil {
		b.log.Error("no backup was made; it is tried again", "at", b.next, "err", err)
		return
	}
	// Only now, and only beside this one, are old ones let go.
	gone, err := backup.Prune(b.cfg.Folder, b.keys, path, b.cfg.Daily, b.cfg.Weekly)
	b.log.Info("backup made and verified", "file", path, "old ones deleted", len(gone))
	if err != nil {
		b.log.Error("old backups are not deleted", "err", err)
	}
}

// settle takes the end of a backup.
func (b *backupClock) settle(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.why = err; err == nil {
		b.last, b.since, b.next = now, time.Time{}, now.Add(b.cfg.Every)
		return
	}
	if b.since.IsZero() {
		b.since = now
	}
	b.next = now.Add(min(b.cfg.Every, backupAgain))
}

// begin finds the newest backup of earlier starts, none of the future.
func (b *backupClock) begin() {
	all, err := backup.List(b.cfg.Folder, b.keys)
	if err != nil {
		return // the backup itself says it
	}
	b.begun = true
	now := b.now()
	for _, k := range all {
		if k.At.After(now) {
			continue // made by a clock that was wrong: it tells nothing of when the next is due
		}
		b.mu.Lock()
		b.last, b.next = k.At, k.At.Add(b.cfg.Every)
		b.mu.Unlock()
		return
	}
}

// make makes one. The folder is never made: where a disk should be and is not,
// backups would fill the one that the data is on.
func (b *backupClock) make(ctx context.Context, now time.Time) (string, error) {
	if info, err := os.Stat(b.cfg.Folder); err != nil {
		return "", fmt.Errorf("backup.folder: %w; is the disk there? make the folder on it", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("backup.folder: %s is no folder", b.cfg.Folder)
	}
	path := filepath.Join(b.cfg.Folder, backup.Name(now))
	err := backup.Put(ctx, path, false, func(w io.Writer) error {
		_, err := b.write(ctx, w, b.cfg.To)
		return err
	})
	return path, err
}

// state is what is shown: the last good one, and since when they fail, and why.
func (b *backupClock) state() (last, since time.Time, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.why != nil {
		why = b.why.Error()
		why = why[:min(len(why), maxWhy)]
	}
	return b.last, b.since, why
}

// faults is a line of /readyz when backups fail: the gateway records all the
// same.
func (b *backupClock) faults() string {
	last, since, why := b.state()
	if since.IsZero() {
		return ""
	}
	good := "none"
	if !last.IsZero() {
		good = last.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("backup: failing since %s, the last good one: %s: %s\n", since.UTC().Format(time.RFC3339), good, why)
}

// broken is the same for the desk's page of the week, with what a restore left
// out, for as long as somebody may ask.
func (s *servers) broken() []desk.WeekFault {
	var all []desk.WeekFault
	if said := s.house.clock.Status(); !said.Believed {
		all = append(all, desk.WeekFault{Key: "desk.week.fault.clock", Pairs: []any{"Wall", desk.Moment(said.Wall), "Time", desk.Moment(said.Time)}})
	}
	_, since, why := s.backups.state()
	switch {
	case s.house.cfg.Backup.Folder == "" && !s.house.cfg.Demo:
		all = append(all, desk.WeekFault{Key: "desk.week.fault.backup.none"})
	case !since.IsZero():
		all = append(all, desk.WeekFault{Key: "desk.week.fault.backup", Pairs: []any{"Since", desk.Moment(since), "Why", why}})
	}
	if r := s.restored; r != nil && s.house.now().Sub(r.At) < restoredShown {
		all = append(all, desk.WeekFault{Key: "desk.week.fault.restored", Pairs: []any{"At", desk.Moment(r.At), "Made", desk.Moment(r.Made)}})
	}
	return all
}

// restoredShown is how long the desk says that data was restored.
const restoredShown = 28 * 24 * time.Hour

// readRestored reads what is kept of the last restore.
func (s *servers) readRestored(ctx context.Context) error {
	r, ok, err := s.house.book.LastRestore(ctx)
	if ok {
		s.restored = &r
	}
	return err
}
