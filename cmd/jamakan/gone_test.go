package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/store/secret"
)

// TestGoneDataIsRefused: no gateway begins with an empty database where data
// was: deleted under it, or on a disk that is not mounted. What the refusal
// says to do is done, and works.
func TestGoneDataIsRefused(t *testing.T) {
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Demo, cfg.Data, cfg.Backup.Folder = false, filepath.Join(t.TempDir(), "data"), t.TempDir()
	w := world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(name string) string {
		if name == "JAMAKAN_KEY" {
			return keys.Text()
		}
		return ""
	}}
	open := func() error {
		t.Helper()
		h, err := openHouse(context.Background(), cfg, w, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			return err
		}
		if missing(filepath.Join(cfg.Data, databaseFile)) {
			t.Error("opened, and no file")
		}
		return h.Close()
	}
	refused := func(mend string) {
		t.Helper()
		if err := open(); !errors.Is(err, errGone) || !strings.Contains(err.Error(), mend) {
			t.Errorf("%v, want %q in it", err, mend)
		}
		if !missing(filepath.Join(cfg.Data, databaseFile)) {
			t.Error("a database was made")
		}
	}
	path := filepath.Join(cfg.Data, databaseFile)
	for range 2 { // the first start, and the next
		if err := open(); err != nil {
			t.Fatal(err)
		}
	}

	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	refused("remove " + path + ".lock")
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Errorf("put back: %v", err)
	}

	newByTheClock(t, cfg.Backup.Folder, keys, time.Now()).tick(context.Background())
	cfg.Data = filepath.Join(t.TempDir(), "not mounted")
	refused("is the disk of the data there?")
	if other, err := secret.New(); err != nil {
		t.Fatal(err)
	} else {
		keys = other // backups of others are nobody's data here
	}
	if err := open(); err != nil {
		t.Errorf("beside backups under another key: %v", err)
	}
}
