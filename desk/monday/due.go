package monday

import (
	"time"

	"github.com/jamakan/jamakan/civic"
)

// hour is when the work begins on Monday, in Bamako.
const hour = 6 * time.Hour

// Due are the weeks whose Monday work is owed at a time: from after the last
// one that was done, up to the last one that ended, if it is past six.
func Due(lastDone civic.Week, now time.Time) []civic.Week {
	var weeks []civic.Week
	for w := lastDone.Next(); !now.Before(w.End().Add(hour)); w = w.Next() {
		weeks = append(weeks, w)
	}
	return weeks
}

// Before is the last week whose Monday has passed at a time: where a new
// gateway begins, since it missed nothing.
func Before(now time.Time) civic.Week { return civic.WeekOf(now.Add(-hour)).Prev() }
