package store

import "github.com/jamakan/jamakan/civic"

// ClosedBefore is the week before which every week is closed; false when none
// was looked at yet, or while weeks are being closed.
func (b *Book) ClosedBefore() (w civic.Week, ok bool) {
	if !b.closing.TryLock() {
		return w, false
	}
	defer b.closing.Unlock()
	return b.closed.week, b.closed != closed{}
}
