package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// shortHash names a long path in 16 characters.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// leftovers are what lies in a folder under names that begin so; none without a
// folder. The folder's own name may hold anything: only the prefix, one of ours,
// is part of a pattern.
func leftovers(folder, prefix string) []string {
	if folder == "" {
		return nil
	}
	names, _ := fs.Glob(os.DirFS(folder), prefix+"*") // well formed
	for i, name := range names {
		names[i] = filepath.Join(folder, name)
	}
	return names
}

// freeBytes is how many bytes may still be written where a folder is.
func freeBytes(folder string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil
}

// counting counts what is written, and tells it.
type counting struct {
	w    io.Writer
	n    int64
	told func(n int64) // nil: nobody
}

// Write writes.
func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	if c.told != nil {
		c.told(c.n)
	}
	return n, err
}

// called is how the program is called by who reads what it prints: from the
// folder of its source as the README does, elsewhere by its name.
func called() string {
	if _, err := os.Stat("cmd/jamakan/main.go"); err == nil {
		return "go run ./cmd/jamakan"
	}
	return "jamakan"
}
