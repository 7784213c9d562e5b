package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Bounds of how the file grows ahead of what is written to it.
const (
	growLeast = 256 << 10 // a small file doubles, from this
	growMost  = 2 << 20   // one commit syncs at most so many zeros besides
	growPart  = 256 << 10 // one write
)

// ground is the file's room for pages to come: written, not only promised. A
// page that is written into a hole needs the file system to find a block and
// to note it, which on a failing or full disk went wrong after the sync had
// said that all was well (docs/faults.md); a page over zeros that are on the
// disk needs nothing but itself.
//
// Zeros are written before they are needed, and a commit's own sync makes them
// certain. All syncs of the file are the committer's, one after the other: one
// that fails is seen before anything is answered.
type ground struct {
	file   *os.File
	synced int64 // the file's length that is on the disk
	size   int64 // with the zeros written since
	most   int64 // the quota; 0: none
}

func openGround(path string, most int64) (*ground, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("the database can't be opened: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &ground{file: f, synced: info.Size(), size: info.Size(), most: most}, nil
}

// ensure makes the file long enough for what is used and what comes, and
// longer before that is needed. A disk without room for it is a refusal,
// unless free pages within the file will do; one that fails, an unknown
// outcome.
func (g *ground) ensure(used, coming, free int64) error {
	need := used + coming
	if writesIntoHoles || need+growMost/2 <= g.size || g.most > 0 && g.size >= g.most {
		return nil
	}
	err := g.grow(max(need, g.size+min(max(g.size, growLeast), growMost)))
	if errors.Is(err, errNotWritten) && (need <= g.synced || coming <= free) {
		return nil
	}
	if err != nil || need <= g.synced { // what is for later waits for a commit's sync
		return err
	}
	if err := g.file.Sync(); err != nil {
		return fmt.Errorf("the file grew and could not be synced: %w", err)
	}
	g.committed()
	return nil
}

// committed is told of a commit that was synced.
func (g *ground) committed() { g.synced = g.size }

// grow writes zeros behind the file's end.
func (g *ground) grow(to int64) error {
	if g.most > 0 {
		to = min(to, g.most)
	}
	zeros := make([]byte, growPart)
	for at := g.size; at < to; at += growPart {
		if _, err := g.file.WriteAt(zeros[:min(growPart, to-at)], at); err != nil {
			return g.failed(err)
		}
	}
	g.size = max(g.size, to)
	return nil
}

// failed is the error of a growth that was not written, with what was taken
// back.
func (g *ground) failed(err error) error {
	var path *fs.PathError
	if !errors.As(err, &path) || !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EFBIG) {
		return err
	}
	if back := g.file.Truncate(g.size); back != nil {
		return errors.Join(err, back)
	}
	return fmt.Errorf("%w: %w", errNotWritten, err)
}

func (g *ground) Close() error { return g.file.Close() }
