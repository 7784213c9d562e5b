package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// WriteFile writes a file into a folder, which it makes: beside its place
// first, so that no half-written file is ever there. It says where.
func WriteFile(folder string, f File) (path string, err error) {
	name := filepath.FromSlash(f.Name)
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("%q: %w", f.Name, errName)
	}
	path = filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	part, err := os.CreateTemp(filepath.Dir(path), partName+"*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreGone(os.Remove(part.Name())))
		}
	}()
	leftovers(part)
	err = f.Write(part)
	if err == nil {
		err = part.Chmod(0o644)
	}
	if err == nil {
		err = part.Sync() // else a power cut may leave its name to nothing
	}
	if closed := part.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", err
	}
	return path, os.Rename(part.Name(), path)
}

// partName begins the names of files that are being written.
const partName = ".part-"

// leftover is how long nothing was written to a part whose writer is gone.
const leftover = time.Hour

// leftovers removes what writers left that were killed: parts beside this one,
// far older by the file system's own clock. One that stays does no harm.
func leftovers(part *os.File) {
	now, err := part.Stat()
	if err != nil {
		return
	}
	folder := filepath.Dir(part.Name())
	all, _ := os.ReadDir(folder)
	for _, entry := range all {
		if !strings.HasPrefix(entry.Name(), partName) {
			continue
		}
		if old, err := entry.Info(); err == nil && old.Mode().IsRegular() && now.ModTime().Sub(old.ModTime()) > leftover {
			_ = os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}

func ignoreGone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// WriteFolder writes files into a folder.
func WriteFolder(folder string, files []File) error {
	for _, f := range files {
		if _, err := WriteFile(folder, f); err != nil {
			return err
		}
	}
	return nil
}
