package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
)

// TestLeftovers: a folder's name is no pattern, and no folder is not this one.
func TestLeftovers(t *testing.T) {
	here, data := t.TempDir(), filepath.Join(t.TempDir(), "x[1]*")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(here)
	cfg := config.Config{Data: data}
	mine, elsewhere, kept := filepath.Join(data, copyName(data)+"1"), filepath.Join(here, copyName(data)+"2"), filepath.Join(data, databaseFile)
	for _, path := range []string{mine, elsewhere, kept} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dropCopies(cfg)
	if isThere(mine) || !isThere(elsewhere) || !isThere(kept) {
		t.Errorf("the copy that was left: %v, a file of the working directory: %v, the database: %v", isThere(mine), isThere(elsewhere), isThere(kept))
	}
}

// TestCalled: what is printed can be typed where it is read.
func TestCalled(t *testing.T) {
	t.Chdir("../..")
	if got := called(); got != "go run ./cmd/jamakan" {
		t.Errorf("in the folder of the source: %q", got)
	}
	t.Chdir(t.TempDir())
	if got := called(); got != "jamakan" {
		t.Errorf("elsewhere: %q", got)
	}
}
