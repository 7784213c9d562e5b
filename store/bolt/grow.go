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
	growLeast = 256 << 10
	growMost  = 4 << 20
	growPart  = 256 << 10 // one write
)

// ground is the file's room for pages to come: written, not only promised. A
// page that is written into a hole needs the file system to find a block and
// to note it, which on a failing or full disk went wrong after the sync had
// said that all was well (docs/faults.md); a page over zeros that are on the
// disk needs nothing but itself. It is made while votes go on: they wait for it
// only when they come faster than the disk takes zeros. It is the committer's.
type ground struct {
	file  *os.File
	size  int64
	most  int64      // the quota; 0: none
	under chan grown // a growth under way; nil: none is
}

// grown is how a growth ended: the size, and what went wrong.
type grown struct {
	size int64
	err  error
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
	return &ground{file: f, size: info.Size(), most: most}, nil
}

// ensure makes the file long enough for what is used and what comes, and
// begins to make it longer before that is needed. A disk without room for it
// is a refusal; one that fails, an unknown outcome.
func (g *ground) ensure(used, coming int64) error {
	if writesIntoHoles {
		return nil
	}
	if g.under != nil {
		select {
		case end := <-g.under:
			if err := g.ended(end, used+coming); err != nil {
				return err
			}
		default:
		}
	}
	if g.under == nil && used+coming+growMost/2 > g.size && (g.most == 0 || g.size < g.most) {
		g.begin(used + coming)
	}
	for g.under != nil && used+coming > g.size {
		if err := g.ended(<-g.under, used+coming); err != nil {
			return err
		}
	}
	return nil
}

// begin lets the file grow, to want at least. A small file doubles.
func (g *ground) begin(want int64) {
	from := g.size
	to := max(want, from+min(max(from, growLeast), growMost))
	if g.most > 0 {
		to = min(to, g.most)
	}
	g.under = make(chan grown, 1)
	go func(end chan<- grown) { end <- grown{to, g.grow(from, to)} }(g.under)
}

// ended takes the end of a growth. That there is no room matters only when it
// is needed.
func (g *ground) ended(end grown, need int64) error {
	g.under = nil
	if end.err == nil {
		g.size = end.size
	} else if !errors.Is(end.err, errNotWritten) || need > g.size {
		return end.err
	}
	return nil
}

// grow writes zeros behind the file's end, and syncs them.
func (g *ground) grow(from, to int64) error {
	zeros := make([]byte, growPart)
	for at := from; at < to; at += growPart {
		if _, err := g.file.WriteAt(zeros[:min(growPart, to-at)], at); err != nil {
			return g.failed(from, err)
		}
	}
	if err := g.file.Sync(); err != nil {
		return fmt.Errorf("the file grew and could not be synced: %w", err)
	}
	return nil
}

// failed is the error of a growth that was not written, with what was taken
// back.
func (g *ground) failed(size int64, err error) error {
	var path *fs.PathError
	if !errors.As(err, &path) || !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EFBIG) {
		return err
	}
	if back := g.file.Truncate(size); back != nil {
		return errors.Join(err, back)
	}
	return fmt.Errorf("%w: %w", errNotWritten, err)
}

// Close waits for a growth under way.
func (g *ground) Close() error {
	if g.under != nil {
		<-g.under // what it gave is of no use any more
	}
	return g.file.Close()
}
