package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store"
)

// tell says what was restored, and names the gap.
func (r *restoring) tell(said store.Restoration, aside string) error {
	m := r.b.Manifest()
	at := m.Created.In(civic.Bamako).Format("2006-01-02 15:04:05")
	var b strings.Builder
	fmt.Fprintf(&b, "Restored into %s: %s\n", r.cfg.Data, describe(m))
	if aside != "" {
		fmt.Fprintf(&b, "The data that was there is kept as %s\n", aside)
	}
	fmt.Fprintf(&b, `
The gap: whatever was acknowledged after %[1]s (Bamako) is not in it:
ballots, opinions and their answers, STOP and EFFACER, accounts and everything else done at the desk.
- Who voted since may vote again and counts once. A receipt told since is not known any more, and is never given to anybody else
  unless more than %[2]d receipts and references were told since (then restore again with --skip-receipts).
- Who texted STOP or EFFACER since must be asked, or found in the provider's list: she is written to again.
- Accounts disabled since, or given a new password, are as they were: look at jamakan coordinator list.
`, at, said.Skipped)
	if weeks := weeksClosed(m.Created, r.now()); len(weeks) > 0 {
		fmt.Fprintf(&b, "- Published since: %s. They are made again from less; say it with jamakan correct.\n", strings.Join(weeks, ", "))
	}
	if said.Messages > 0 {
		fmt.Fprintf(&b, "- %d messages waited when the backup was made and may have left since: their fate is unknown, none leaves again by itself (jamakan outbox).\n", said.Messages)
	}
	if len(said.Campaigns) > 0 {
		fmt.Fprintf(&b, "- Messages to many that were leaving are paused: no. %s. Resumed, they go again to who received them after the backup.\n", strings.Join(said.Campaigns, ", "))
	}
	b.WriteString("It is in the journal, and the desk's page of the week says it.\n")
	_, err := fmt.Fprint(r.w.stdout, b.String())
	return err
}

// weeksClosed are the weeks that ended between two times, the last twelve.
func weeksClosed(from, to time.Time) (all []string) {
	for w := civic.WeekOf(from); !w.End().After(to); w = w.Next() {
		all = append(all, w.String())
	}
	return all[max(0, len(all)-12):]
}
