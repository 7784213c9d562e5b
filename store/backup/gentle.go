package backup

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Gentle writes a large file so that votes hardly notice: the disk gets it in
// small portions, and never has more of it before it than one. Else the sync
// of a vote would wait for all of it.
type Gentle struct {
	ctx   context.Context
	f     *os.File
	since int
}

// portion is how many bytes wait for the disk at most.
const portion = 256 << 10

// longestRest bounds a rest: a slow disk is waited for long enough.
const longestRest = 20 * time.Millisecond

// NewGentle writes into a file until the context ends.
func NewGentle(ctx context.Context, f *os.File) *Gentle { return &Gentle{ctx: ctx, f: f} }

// Write writes.
func (g *Gentle) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		if err := g.ctx.Err(); err != nil {
			return n, err
		}
		var some int
		some, err = g.f.Write(p[:min(len(p), portion)])
		n, p = n+some, p[some:]
		if g.since += some; err == nil && g.since >= portion {
			g.since = 0
			begun := time.Now()
			// Not a sync: that would make the file system write what votes wait
			// for too. A disk that can't do it is none the worse.
			_ = unix.SyncFileRange(int(g.f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WAIT_BEFORE|unix.SYNC_FILE_RANGE_WRITE|unix.SYNC_FILE_RANGE_WAIT_AFTER)
			g.rest(time.Since(begun))
		}
	}
	return n, err
}

// rest leaves the disk to others, as long as it was busy with us.
func (g *Gentle) rest(d time.Duration) {
	timer := time.NewTimer(min(d, longestRest))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-g.ctx.Done():
	}
}
