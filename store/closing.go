package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jamakan/jamakan/civic"
)

// ErrWeekOpen: the week is not over; nothing of it is closed or corrected.
var ErrWeekOpen = errors.New("the week is not over")

// keyClosing is the last week that was closed.
const keyClosing = Key(KindMeta + "/closing")

// closed says how far weeks are closed: all before week, with the
// consultations of a revision.
type closed struct {
	week     civic.Week
	revision uint64
}

// CloseWeeks freezes the sheets and the report of every week that ended.
// Closing is itself a command, whose time is in a later week: from then on no
// record can be given a time in the closed one. It costs nothing when nothing
// ended since the last time.
func (b *Book) CloseWeeks(ctx context.Context) error {
	b.closing.Lock()
	defer b.closing.Unlock()
	content := b.Content()
	want := closed{civic.WeekOf(b.opts.Now()), content.Revision}
	if b.closed == want {
		return nil
	}
	if err := errors.Join(b.flushFirst(ctx), b.FlushApart(ctx)); err != nil {
		return err
	}
	unreported, err := b.unreported(ctx, want.week)
	if err != nil {
		return err
	}
	for _, c := range begun(content) {
		for w := civic.WeekOf(c.Opens); w.Before(want.week); w = w.Next() {
			if err := b.closeSheet(ctx, w, c.Code); err != nil {
				return fmt.Errorf("week %s of %s: %w", w, c.Code, err)
			}
		}
	}
	for w := unreported; w.Before(want.week); w = w.Next() {
		if err := b.closeReport(ctx, w); err != nil {
			return fmt.Errorf("report of week %s: %w", w, err)
		}
	}
	b.closed = want
	return nil
}

// begun are the consultations that are no drafts: those that weeks count.
func begun(c *Content) []*civic.Consultation {
	return slices.DeleteFunc(c.Consultations(), func(c *civic.Consultation) bool { return c.Draft })
}

// flushFirst writes what was counted, so that the last minute of a week is in
// its report.
func (b *Book) flushFirst(ctx context.Context) error {
	b.flushing.Lock()
	defer b.flushing.Unlock()
	_, err := b.flush(ctx)
	return err
}

// passed makes sure that the engine's time is behind a week.
func (b *Book) passed(ctx context.Context, w civic.Week) error {
	return b.do(ctx, nil, func(v View) (Change, error) {
		if !w.Ended(v.Now()) {
			return Change{}, ErrWeekOpen
		}
		return Change{Put: []Put{{keyClosing, []byte(w.String())}}}, nil
	})
}

func (b *Book) closeSheet(ctx context.Context, w civic.Week, code string) error {
	key := WeekKey(w, code)
	if there, err := b.has(ctx, key); there || err != nil {
		return err
	}
	if err := b.passed(ctx, w); err != nil {
		return err
	}
	sheet, err := b.sheet(ctx, w, code)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(sheet)
	if err != nil {
		return err
	}
	return b.freezeSheet(ctx, key, encoded)
}

func (b *Book) has(ctx context.Context, key Key) (there bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		_, there, err = s.Get(key)
		return err
	})
	return there, err
}

// reported is the first week whose report is not frozen; not known before the
// first closing.
func (b *Book) reported(ctx context.Context) (next civic.Week, known bool, err error) {
	err = b.engine.View(ctx, func(s Snapshot) error {
		v, ok, err := s.Get(keyReported)
		next, known = weekAt(v, ok)
		return err
	})
	return next, known, err
}

// unreported is the first week whose report is not frozen. At the first
// closing it is chosen, and kept: the week after the last that an earlier
// version closed, else that of the first opening.
func (b *Book) unreported(ctx context.Context, now civic.Week) (civic.Week, error) {
	next, known, err := b.reported(ctx)
	if known || err != nil {
		return next, err
	}
	next = now
	for _, c := range begun(b.Content()) {
		if w := civic.WeekOf(c.Opens); w.Before(next) {
			next = w
		}
	}
	err = b.do(ctx, []Key{keyClosing}, func(v View) (Change, error) {
		if last, ok := weekAt(v.Get(keyClosing)); ok && next.Before(last.Next()) {
			next = last.Next()
		}
		return Change{Put: []Put{{keyReported, []byte(next.String())}}}, nil
	})
	return next, err
}

// closeReport makes and freezes one week's report.
func (b *Book) closeReport(ctx context.Context, w civic.Week) error {
	if err := b.passed(ctx, w); err != nil {
		return err
	}
	r, tree, err := b.makeReport(ctx, w, w.End(), true)
	if err != nil {
		return err
	}
	if r.Apart, err = b.closedApart(ctx, w); err != nil {
		return err
	}
	encoded, err := json.Marshal(r)
	if err != nil {
		return err
	}
	last := Change{Put: []Put{{keyReported, []byte(w.Next().String())}}}
	if tree != nil {
		edge, err := tree.MarshalBinary()
		if err != nil {
			return err
		}
		last.Put = append(last.Put, Put{keyLogTree, edge})
	}
	return b.freeze(ctx, w, encoded, last)
}
