package store

import (
	"context"
	"fmt"

	"github.com/jamakan/jamakan/civic"
)

// frozen is the sheet that was kept when a week closed.
func (b *Book) frozen(ctx context.Context, key Key) (sheet civic.Sheet, ok bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, err := thawSheet(s, key)
		if err != nil || v == nil {
			return err
		}
		ok = true
		if err := readSheet(v, &sheet); err != nil {
			return fmt.Errorf("%s: %w: %w", key, ErrCorrupt, err)
		}
		return nil
	})
	return sheet, ok, err
}

// sheet makes a week's sheet from the counters.
func (b *Book) sheet(ctx context.Context, w civic.Week, code string) (civic.Sheet, error) {
	content := b.Content()
	c, plan := content.Consultation(code)
	if c == nil {
		return civic.Sheet{}, fmt.Errorf("%w: no consultation %q", ErrBounds, code)
	}
	var counts civic.Counts
	if err := b.engine.View(ctx, func(s Snapshot) (err error) {
		counts, err = s.Counts(code)
		return err
	}); err != nil {
		return civic.Sheet{}, err
	}
	s := b.head(w, plan, c)
	s.Rows = counts.Rows(code, w)
	return s, nil
}

// head is a week's sheet without its rows.
func (b *Book) head(w civic.Week, plan *civic.Plan, c *civic.Consultation) civic.Sheet {
	s := civic.Sheet{
		Week: w, PlanCode: plan.Code, PlanTitle: plan.Title, Phase: plan.Phase, Fictional: plan.Fictional, Consultation: *c,
		AsOf: w.End(), Places: b.Content().Around(c.Scope), Population: map[civic.Code]civic.Residents{},
	}
	for _, commune := range c.Scope {
		if r, ok := plan.Population[commune]; ok {
			s.Population[commune] = r
		}
	}
	if now := b.opts.Now().UTC(); !w.Ended(now) {
		s.Provisional, s.AsOf = true, now
	}
	s.State = c.State(s.AsOf)
	return s
}

// Series are the sheets of every consultation from its opening up to a week,
// by week, then by plan: frozen ones as they were, the running week as it is
// now.
func (b *Book) Series(ctx context.Context, upTo civic.Week) ([]civic.Sheet, error) {
	if err := b.notAhead(upTo); err != nil {
		return nil, err
	}
	all := begun(b.Content())
	var series []civic.Sheet
	for w := firstOf(all, upTo); !upTo.Before(w); w = w.Next() {
		if err := b.sheets(ctx, w, all, func(s *civic.Sheet, _ bool) { series = append(series, *s) }); err != nil {
			return nil, err
		}
	}
	return series, nil
}

// Heads are the sheets of one week without their rows, by plan: what a week's
// files say besides what is told of votes.
func (b *Book) Heads(ctx context.Context, w civic.Week) ([]civic.Sheet, error) {
	if err := b.notAhead(w); err != nil {
		return nil, err
	}
	var all []civic.Sheet
	content := b.Content()
	for _, c := range begun(content) {
		if w.Before(civic.WeekOf(c.Opens)) {
			continue
		}
		_, plan := content.Consultation(c.Code)
		head := b.head(w, plan, c)
		if err := b.engine.View(ctx, func(s Snapshot) error {
			raw, err := thawSheet(s, WeekKey(w, c.Code))
			if err != nil || raw == nil {
				return err
			}
			head = civic.Sheet{}
			return readHead(raw, &head)
		}); err != nil {
			return nil, err
		}
		all = append(all, head)
	}
	return all, ctx.Err()
}

// notAhead refuses a week that has not begun: before any week up to it is
// worked out, since a year may be asked for that nobody will live to see.
func (b *Book) notAhead(w civic.Week) error {
	if civic.WeekOf(b.opts.Now()).Before(w) {
		return fmt.Errorf("%s: %w", w, ErrWeekAhead)
	}
	return nil
}

// sheets hands over a week's sheets, and says of each whether it is frozen.
func (b *Book) sheets(ctx context.Context, w civic.Week, all []*civic.Consultation, fn func(s *civic.Sheet, frozen bool)) error {
	for _, c := range all {
		if w.Before(civic.WeekOf(c.Opens)) {
			continue
		}
		sheet, ok, err := b.frozen(ctx, WeekKey(w, c.Code))
		if err == nil && !ok {
			sheet, err = b.sheet(ctx, w, c.Code)
		}
		if err != nil {
			return err
		}
		fn(&sheet, ok)
	}
	return ctx.Err()
}

// Check verifies the engine's data, and that each record answers a
// consultation and an option that there is.
func (b *Book) Check(ctx context.Context, progress func(done, total uint64)) (Report, error) {
	report, err := b.engine.Check(ctx, progress)
	if err != nil {
		return report, err
	}
	content := b.Content()
	err = b.engine.View(ctx, func(s Snapshot) error {
		return s.Records(1, func(r civic.Record) bool {
			c, _ := content.Consultation(r.Consultation)
			if c == nil {
				report.Problems = append(report.Problems, fmt.Sprintf("record %d: no consultation %s", r.Seq, r.Consultation))
				return len(report.Problems) < 100
			}
			if c.Check(r.Marks) != nil || !c.Covers(r.Place) {
				report.Problems = append(report.Problems, fmt.Sprintf("record %d: not a ballot of %s", r.Seq, r.Consultation))
			}
			return len(report.Problems) < 100
		})
	})
	if err != nil {
		return report, err
	}
	apart, err := b.checkApart(ctx)
	report.Problems = append(report.Problems, apart...)
	return report, err
}
