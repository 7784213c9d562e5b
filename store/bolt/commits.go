package bolt

import (
	"time"

	"github.com/jamakan/jamakan/store/meter"
)

// commits are counts of the committer.
type commits struct {
	size *meter.Histogram // commands answered together
	took *meter.Histogram // microseconds, with the sync of the disk
}

func newCommits() commits {
	return commits{
		size: meter.NewHistogram(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, maxBatch),
		took: meter.NewHistogram(500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 5_000_000),
	}
}

func (c *commits) count(commands int, took time.Duration) {
	c.size.Observe(int64(commands))
	c.took.Observe(took.Microseconds())
}

// Commits are how many commands each commit answered together, and how many
// microseconds commits took.
func (e *Engine) Commits() (size, took meter.Seen) {
	return e.commits.size.Seen(), e.commits.took.Seen()
}
