package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/jamakan/jamakan/cmd/jamakan/clock"
	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/locales"
	"github.com/jamakan/jamakan/store"
	"github.com/jamakan/jamakan/store/backup"
	"github.com/jamakan/jamakan/store/secret"
)

// byTheClock is a backupClock whose copies are a few bytes.
type byTheClock struct {
	*backupClock
	at   time.Time
	fail error
}

func newByTheClock(t *testing.T, folder string, keys *secret.Keys, at time.Time) *byTheClock {
	t.Helper()
	c := &byTheClock{at: at}
	c.backupClock = &backupClock{
		cfg: config.Backup{Folder: folder, Every: 6 * time.Hour, Daily: 3, Weekly: 2}, keys: keys,
		now: func() time.Time { return c.at }, log: slog.New(slog.DiscardHandler),
		write: func(_ context.Context, w io.Writer, _ []string) (backup.Manifest, error) {
			data := []byte("a database")
			sum := sha256.Sum256(data)
			m := backup.Manifest{Created: c.at, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
			if err := backup.Write(w, m, keys, bytes.NewReader(data), nil); err != nil {
				return m, err
			}
			return m, c.fail
		},
	}
	return c
}

func (c *byTheClock) files(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(c.cfg.Folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// Backups come by the clock, old ones go, and while they fail nothing goes and
// it is said.
func TestBackupsByTheClock(t *testing.T) {
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, folder := context.Background(), t.TempDir()
	begun := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	c := newByTheClock(t, folder, keys, begun)
	for ; c.at.Before(begun.AddDate(0, 0, 14)); c.at = c.at.Add(backupLook * 10) {
		c.tick(ctx)
	}
	want := []string{"jamakan-2026-11-08T18-00-00Z.backup", "jamakan-2026-11-13T18-00-00Z.backup", "jamakan-2026-11-14T18-00-00Z.backup", "jamakan-2026-11-15T18-00-00Z.backup"}
	if got := c.files(t); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("after two weeks:\n%s", strings.Join(got, "\n"))
	}
	if c.faults() != "" {
		t.Error(c.faults())
	}
	c.fail = errors.New("input/output error")
	for range 3 * 24 * 12 { // three days of it
		c.tick(ctx)
		c.at = c.at.Add(backupLook * 10)
	}
	if got := c.files(t); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("while backups fail, the folder changed:\n%s", strings.Join(got, "\n"))
	}
	if said := c.faults(); !strings.Contains(said, "failing since 2026-11-16T00:00:00Z") || !strings.Contains(said, "2026-11-15T18:00:00Z") || !strings.Contains(said, "input/output error") {
		t.Errorf("readyz says %q", said)
	}
	c.fail = nil
	c.at = c.at.Add(backupAgain)
	c.tick(ctx)
	if got := c.files(t); c.faults() != "" || len(got) != 3 {
		t.Errorf("mended: %q %v", c.faults(), got)
	}
	// Another start goes on where this one was.
	again := newByTheClock(t, folder, keys, c.at.Add(time.Hour))
	again.tick(ctx)
	if last, _, _ := again.state(); !last.Equal(c.at.Truncate(time.Second)) || len(again.files(t)) != 3 {
		t.Errorf("after a start: last %s, want %s", last, c.at)
	}
}

// A folder that is not there is not made: the disk that should be there is not.
func TestBackupFolderGone(t *testing.T) {
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "usb")
	c := newByTheClock(t, folder, keys, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))
	c.tick(context.Background())
	if _, err := os.Stat(folder); err == nil || !strings.Contains(c.faults(), "is the disk there?") {
		t.Errorf("%v %q", err, c.faults())
	}
}

// The real program makes one at its start, encrypted as configured.
func TestBackupAtStart(t *testing.T) {
	d := newDrill(t)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	cmd, _ := gateway(t, d.bin, data, "JAMAKAN_BACKUP_FOLDER="+d.safe, "JAMAKAN_BACKUP_TO="+id.Recipient().String())
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var made []string
	for end := time.Now().Add(20 * time.Second); len(made) == 0 && time.Now().Before(end); <-tick.C {
		made, _ = filepath.Glob(filepath.Join(d.safe, "jamakan-*.backup"))
	}
	stopGently(t, cmd)
	if len(made) != 1 {
		t.Fatalf("made: %v", made)
	}
	b, err := backup.Open(made[0])
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if m := b.Manifest(); !m.Encrypted || b.Opens([]age.Identity{id}) != nil || b.Whole(context.Background()) != nil {
		t.Errorf("%+v", m)
	}
}

// Everything that the page of the week may say of backups and restores has its
// words.
func TestBrokenHasWords(t *testing.T) {
	at := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	cfg := config.Default()
	cfg.Demo = false
	m := &twoClocks{wall: at}
	h := &house{cfg: cfg, clock: clock.New(m.read, nil)}
	h.now = h.clock.Now
	s := &servers{house: h, backups: newBackupClock(h, nil), restored: &store.Restoration{Made: at.Add(-time.Hour), At: at}}
	all := s.broken()
	h.cfg.Backup.Folder = t.TempDir()
	m.pass(0, 48*time.Hour)
	all = append(all, s.broken()...)
	m.pass(0, -48*time.Hour)
	s.backups.settle(at, errors.New("the disk failed"))
	all = append(all, s.broken()...)
	catalog, err := languages(cfg)
	if err != nil {
		t.Fatal(err)
	}
	words := catalog.Default("fr")
	said := ""
	for _, f := range all {
		if !words.Has(f.Key) {
			t.Errorf("no words for %s", f.Key)
			continue
		}
		var with []locales.Arg
		for i := 0; i+1 < len(f.Pairs); i += 2 {
			with = append(with, locales.Arg{Name: fmt.Sprint(f.Pairs[i]), Value: fmt.Sprint(f.Pairs[i+1])})
		}
		said += words.Text(f.Key, with...) + "\n"
	}
	for _, want := range []string{"backup.folder", "the disk failed", "30/11/2026 05:00", "depuis le 30/11/2026 06:00", "elle dit 02/12/2026 06:00"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in\n%s", want, said)
		}
	}
	s.restored.At = at.Add(-29 * 24 * time.Hour)
	if got := s.broken(); len(got) != 1 {
		t.Errorf("after four weeks: %v", got)
	}
}

// TestABackupOfTheFuture: what a wrong clock made tells nothing of when the next
// one is due, at no start: else each would make another, and none would go.
func TestABackupOfTheFuture(t *testing.T) {
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	folder, now := t.TempDir(), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{now, now.AddDate(0, 1, 0), now.Add(time.Hour), now.Add(2 * time.Hour)} {
		newByTheClock(t, folder, keys, at).tick(context.Background())
	}
	if c := newByTheClock(t, folder, keys, now); len(c.files(t)) != 2 {
		t.Errorf("made: %v", c.files(t))
	}
}
