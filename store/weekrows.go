package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/store/outbox"
)

// told is what a week's report reads of a stored opinion: not the text, not
// the way back to who sent it. What the desk adds is absent from opinions it
// never touched.
type told struct {
	At       time.Time            `json:"at"`
	Commune  civic.Code           `json:"commune"`
	Lang     string               `json:"lang"`
	Topic    string               `json:"topic"`
	Channel  civic.Channel        `json:"channel"`
	Status   civic.FeedbackStatus `json:"status"`
	Kind     civic.FeedbackKind   `json:"kind"`
	Project  string               `json:"project"`
	Summary  string               `json:"summary"`
	Seen     time.Time            `json:"seen"`
	Answered time.Time            `json:"answered"`
	Closed   time.Time            `json:"closed"`
}

// row is the opinion in the file of a week, as it stood at a time: an answer
// that came later is not in it.
func (o *told) row(reference string, asOf time.Time) civic.FeedbackRow {
	r := civic.FeedbackRow{
		Reference: reference, At: o.At, Commune: o.Commune, Topic: o.Topic, Project: o.Project, Kind: o.Kind,
		Lang: o.Lang, Channel: o.Channel, Status: o.Status, Answered: o.Answered, Summary: o.Summary,
	}
	if r.Kind == "" {
		if r.Kind = civic.OpinionKind; o.Topic == string(civic.Rumour) {
			r.Kind = civic.Rumour
		}
	}
	later := func(t time.Time) bool { return !t.IsZero() && !t.Before(asOf) }
	if later(o.Answered) {
		r.Answered = time.Time{}
	}
	if o.Status == civic.Replied && later(o.Answered) || o.Status == civic.Shelved && later(o.Closed) || o.Status == civic.Seen && later(o.Seen) {
		if r.Status = civic.Received; !o.Seen.IsZero() && o.Seen.Before(asOf) {
			r.Status = civic.Seen
		}
	}
	return r
}

// belongs says whether an opinion is in a week's file: received, answered or
// closed in it, or still waiting at its end.
func (o *told) belongs(w civic.Week, r civic.FeedbackRow) bool {
	in := func(t time.Time) bool { return !t.Before(w.Start()) && t.Before(w.End()) }
	return o.At.Before(w.End()) && (in(o.At) || r.Status.Waits() || in(r.Answered) || in(o.Closed))
}

// messageRows are the messages handed over in a week, and how many of them had
// arrived at a time, by provider and purpose.
func (b *Book) messageRows(ctx context.Context, w civic.Week, asOf time.Time) ([]civic.MessageRow, error) {
	type key struct {
		provider string
		purpose  outbox.Purpose
	}
	sums := map[key]*civic.MessageRow{}
	costs := map[key]outbox.Money{}
	count := func(m outbox.Message) bool {
		if !m.Handed.Before(asOf) {
			return true
		}
		k := key{m.Provider, m.Purpose}
		row := sums[k]
		if row == nil {
			row = &civic.MessageRow{Provider: m.Provider, Purpose: string(m.Purpose)}
			sums[k] = row
		}
		row.Sent++
		row.Segments += m.Segments
		if m.State == outbox.Delivered && m.Settled.Before(asOf) {
			row.Delivered++
		}
		costs[k], _ = costs[k].Add(m.Cost)
		row.Cost = costs[k].String()
		return true
	}
	if err := b.handedSince(ctx, w.Start(), count); err != nil {
		return nil, err
	}
	rows := make([]civic.MessageRow, 0, len(sums))
	for _, row := range sums {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(x, y civic.MessageRow) int {
		return cmp.Or(cmp.Compare(x.Provider, y.Provider), cmp.Compare(x.Purpose, y.Purpose))
	})
	return rows, nil
}
