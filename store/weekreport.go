package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jamakan/jamakan/civic"
)

// ErrWeekAhead: the week has not begun.
var ErrWeekAhead = errors.New("the week has not begun; choose one that has")

// WeekReport is what a week's files say besides its votes: of a closed week as
// it was frozen, of the running one as it is now, provisional. A week that was
// closed before there were reports has an empty one. Nobody changes what it
// holds: another reader may be given the same.
func (b *Book) WeekReport(ctx context.Context, w civic.Week) (civic.Report, error) {
	return b.weekReport(ctx, w, true)
}

// WeekGlance is WeekReport, without the messages of a week that is not closed:
// what the desk's first page needs, as quickly as can be.
func (b *Book) WeekGlance(ctx context.Context, w civic.Week) (civic.Report, error) {
	return b.weekReport(ctx, w, false)
}

func (b *Book) weekReport(ctx context.Context, w civic.Week, messages bool) (civic.Report, error) {
	next, known, err := b.reported(ctx)
	if err != nil {
		return civic.Report{}, err
	}
	if known && w.Before(next) {
		return b.frozenReport(ctx, w)
	}
	now := b.opts.Now().UTC()
	if now.Before(w.Start()) {
		return civic.Report{}, fmt.Errorf("%s: %w", w, ErrWeekAhead)
	}
	asOf := w.End()
	if now.Before(asOf) {
		asOf = now
	}
	r, _, err := b.makeReport(ctx, w, asOf, messages)
	r.Provisional = true
	return r, err
}

func (b *Book) frozenReport(ctx context.Context, w civic.Week) (civic.Report, error) {
	r := civic.Report{Week: w, AsOf: w.End()}
	if last := b.last.Load(); last != nil && last.Week == w {
		return *last, nil
	}
	whole, err := b.thaw(ctx, w)
	if err != nil || whole == nil {
		return r, err
	}
	if err := json.Unmarshal(whole, &r); err != nil {
		return r, fmt.Errorf("report of week %s: %w: %w", w, ErrCorrupt, err)
	}
	b.last.Store(&r)
	return r, nil
}

// makeReport makes a week's report as of a time, from what is stored. The tree is
// the log's at that time, nil when nothing came after it.
func (b *Book) makeReport(ctx context.Context, w civic.Week, asOf time.Time, messages bool) (civic.Report, *Tree, error) {
	content := b.Content()
	r := civic.Report{Week: w, AsOf: asOf, Plans: published(content), Places: content.Around(scopes(content))}
	counts, err := b.Traffic(ctx, w)
	if err != nil {
		return r, nil, err
	}
	r.Traffic = counts.Rows()
	if err := b.engine.View(ctx, func(s Snapshot) (err error) {
		r.Ballots, err = s.Flows(w)
		return err
	}); err != nil {
		return r, nil, err
	}
	if r.Feedback, err = b.feedbackRows(ctx, w, asOf); err != nil {
		return r, nil, err
	}
	if messages {
		if r.Messages, err = b.messageRows(ctx, w, asOf); err != nil {
			return r, nil, err
		}
	}
	head, tree, err := b.logBefore(ctx, w.End())
	r.LogSize, r.LogRoot = head.Size, hex.EncodeToString(head.Root[:])
	return r, tree, err
}

// scopes are the communes of all plans, in order, each once.
func scopes(c *Content) []civic.Code {
	var all []civic.Code
	for i := range c.Plans {
		all = append(all, c.Plans[i].Scope...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// published are the plans without their drafts, which nobody has seen yet.
func published(c *Content) []civic.Plan {
	plans := slices.Clone(c.Plans)
	for i := range plans {
		plans[i].Consultations = slices.DeleteFunc(slices.Clone(plans[i].Consultations), func(c civic.Consultation) bool { return c.Draft })
	}
	return plans
}

// Flows are the ballots cast and changed in each of some weeks, from memory.
func (b *Book) Flows(ctx context.Context, weeks []civic.Week) (all [][]civic.BallotFlow, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		for _, w := range weeks {
			rows, err := s.Flows(w)
			if err != nil {
				return err
			}
			all = append(all, rows)
		}
		return nil
	})
	return all, err
}
