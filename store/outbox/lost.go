package outbox

import (
	"fmt"
	"time"
)

// Lose is a message that waited in data restored from a backup: it may have
// left after the backup was made. Nobody knows, and it never leaves again by
// itself.
func (m Message) Lose(now time.Time) (Message, error) {
	if m.State != Queued && m.State != Claimed {
		return m, fmt.Errorf("%w: lose from %s", ErrStep, m.State)
	}
	m.State, m.Settled, m.Reason = Unknown, now, "restored from a backup: it may have left after that"
	return m, nil
}
