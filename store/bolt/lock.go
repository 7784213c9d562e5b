package bolt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/jamakan/jamakan/store"
)

// takeLock locks a file of its own beside the database, which tells who holds
// it. The database's own lock would not notice that the file was moved away
// and another put in its place.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(lockPath(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the database's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 32))
		err = fmt.Errorf("%s: %w (process %s): stop it, or use another data folder", path, store.ErrLocked, strings.TrimSpace(string(holder)))
		return nil, errors.Join(err, f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := fmt.Fprintln(f, os.Getpid()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Hold locks the database of a path, which need not be there, as an engine
// over it would: nobody opens it until the lock is closed.
func Hold(path string) (io.Closer, error) { return takeLock(path) }

// moved says whether the path leads to another file than the one that is
// open: somebody moved or replaced the database under a running gateway.
func (e *Engine) moved() error {
	at, err := os.Stat(e.opts.Path)
	if err != nil {
		return fmt.Errorf("the database's file is gone: %w; put it back, or restore the last backup", err)
	}
	lockAt, err := e.lock.Stat()
	if err != nil {
		return err
	}
	beside, err := os.Stat(lockPath(e.opts.Path))
	if err != nil || !os.SameFile(lockAt, beside) || e.opened != nil && !os.SameFile(e.opened, at) {
		return errors.New("the database's file was moved or replaced while in use; put the right one in its place, and start again")
	}
	return nil
}
