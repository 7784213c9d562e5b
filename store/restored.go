package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// Restoration is what is kept of a restore: what was acknowledged between the
// backup and it is not in the data.
type Restoration struct {
	Made      time.Time `json:"made"` // the backup
	At        time.Time `json:"at"`   // the restore
	Ballots   int       `json:"ballots"`
	Messages  int       `json:"messages"`  // that waited, whose fate nobody knows
	Campaigns []string  `json:"campaigns"` // messages to many that were running, paused
	Skipped   uint32    `json:"skipped"`   // receipt numbers that are never given
}

const keyRestored = Key(KindMeta + "/restored")

// AfterRestore settles data that was just restored, before anybody serves it.
// Every message that waited when the backup was made may have left since: its
// fate is unknown, and it is never handed over again by itself. Messages to
// many that were running are paused. What happened is kept, and the journal
// says it. r.Made, r.Ballots and r.Skipped are given.
func (b *Book) AfterRestore(ctx context.Context, who string, r Restoration) (Restoration, error) {
	var waiting []outbox.Message
	err := b.Letters(ctx, func(m outbox.Message) bool {
		if m.State == outbox.Queued || m.State == outbox.Claimed {
			waiting = append(waiting, m)
		}
		return true
	})
	if err != nil {
		return r, err
	}
	if err := together(ctx, waiting, func(m outbox.Message) error { return b.lose(ctx, m) }); err != nil {
		return r, err
	}
	r.Messages = len(waiting)
	all, err := b.Campaigns(ctx)
	if err != nil {
		return r, err
	}
	for _, c := range all {
		if c.State != civic.CampaignRunning {
			continue
		}
		if err := b.StepCampaign(ctx, who, c.ID, civic.PauseCampaign); err != nil {
			return r, err
		}
		r.Campaigns = append(r.Campaigns, c.ID)
	}
	return b.noteRestore(ctx, who, r)
}

// lose marks a message that waited when the backup was made.
func (b *Book) lose(ctx context.Context, m outbox.Message) error {
	_, err := b.step(ctx, m, nil, func(v View, m outbox.Message) (outbox.Message, []Put, []Key, error) {
		next, err := m.Lose(v.Now())
		return next, nil, nil, err
	})
	return err
}

// noteRestore keeps the fact, and writes it into the journal.
func (b *Book) noteRestore(ctx context.Context, who string, r Restoration) (Restoration, error) {
	seq := b.journalSequence()
	err := b.do(ctx, nil, func(v View) (Change, error) {
		r.At = v.Now()
		kept, err := putJSON(keyRestored, r)
		if err != nil {
			return Change{}, err
		}
		said, err := entry(v, seq, who, "data.restore", r.Made.In(civic.Bamako).Format("02/01/2006 15:04"),
			fmt.Sprintf("ballots %d", r.Ballots), fmt.Sprintf("messages of unknown fate %d", r.Messages),
			fmt.Sprintf("messages to many paused %d", len(r.Campaigns)), fmt.Sprintf("receipt numbers skipped %d", r.Skipped))
		return Change{Put: []Put{kept, said}}, err
	})
	return r, err
}

// LastRestore is what is kept of the last restore; ok is false when the data
// was never restored.
func (b *Book) LastRestore(ctx context.Context) (r Restoration, ok bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, found, err := s.Get(keyRestored)
		if err != nil || !found {
			return err
		}
		ok = true
		if err := json.Unmarshal(v, &r); err != nil {
			return errors.Join(ErrCorrupt, err)
		}
		return nil
	})
	return r, ok, err
}
