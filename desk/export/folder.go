package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	part, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreGone(os.Remove(part.Name())))
		}
	}()
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
