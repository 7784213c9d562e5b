package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Errors of putting a backup in place.
var (
	// ErrExists: something has the name already.
	ErrExists = errors.New("is there already; give another name, or --overwrite")
	// ErrNoFile: what has the name is no file.
	ErrNoFile = errors.New("is no plain file (a folder, a link, a device): give the name of a new file")
	// ErrBusy: another backup is being written under the name.
	ErrBusy = errors.New("another backup is being written under this name: wait for it, or give another name")
)

// Part is the name of a file that is being written.
func Part(path string) string { return path + ".part" }

// Put makes the file of a backup: fill writes it under another name, where it
// is synced, read back and only then given its own. Whatever fails leaves
// nothing new behind, and what was there before as it was.
func Put(ctx context.Context, path string, overwrite bool, fill func(io.Writer) error) (err error) {
	if err := Free(path, overwrite); err != nil {
		return err
	}
	part, err := takePart(Part(path))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
		err = errors.Join(err, part.Close())
	}()
	if err := fill(NewGentle(ctx, part)); err != nil {
		return err
	}
	if err := part.Sync(); err != nil {
		return fmt.Errorf("%s: %w", part.Name(), err)
	}
	// Without the copy in memory, what is read comes from the disk.
	_ = unix.Fadvise(int(part.Fd()), 0, 0, unix.FADV_DONTNEED)
	if err := readBack(ctx, part.Name()); err != nil {
		return fmt.Errorf("reading back what was written: %w", err)
	}
	if err := Free(path, overwrite); err != nil { // somebody else made it meanwhile
		return err
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return err
	}
	if err := SyncFolder(filepath.Dir(path)); err != nil {
		_ = os.Remove(path)
		return err
	}
	return nil
}

// Free says whether a backup may take the name.
func Free(path string, overwrite bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s %w", path, ErrNoFile)
	case !overwrite:
		return fmt.Errorf("%s %w", path, ErrExists)
	}
	return nil
}

// takePart opens the file being written, alone. One that a crash left behind
// is taken over; its lock died with who held it.
func takePart(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	var mine, there os.FileInfo
	if err == nil {
		mine, err = f.Stat()
	}
	if err == nil {
		there, err = os.Lstat(path)
	}
	switch {
	case err != nil || !os.SameFile(mine, there): // it was finished, or given up, in this moment
		return nil, errors.Join(fmt.Errorf("%s: %w", path, ErrBusy), f.Close())
	case !mine.Mode().IsRegular():
		return nil, errors.Join(fmt.Errorf("%s %w", path, ErrNoFile), f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func readBack(ctx context.Context, path string) error {
	b, err := Open(path)
	if err != nil {
		return err
	}
	return errors.Join(b.Whole(ctx), b.Close())
}

// SyncFolder makes a new name in a folder last.
func SyncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
